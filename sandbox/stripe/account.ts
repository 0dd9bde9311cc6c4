// The pretended account's objects by resource, newest last, rendered only when they are asked for.
import type { Business, Charge, Customer, Ms } from "../business/facts.js";
import { balanceOf, disputesAt, refundsAt, stateAt } from "../business/views.js";
import * as billing from "./billing-objects.js";
import type { Glance, StripeObject } from "./money-objects.js";
import * as money from "./money-objects.js";

export type Resource =
  | "charges"
  | "customers"
  | "subscriptions"
  | "invoices"
  | "invoice_payments"
  | "refunds"
  | "disputes"
  | "payment_intents"
  | "balance_transactions"
  | "products"
  | "prices";

/** One object: what lists need to find it, and how it looks at a moment. */
export interface Entry {
  id: string;
  at: Ms;
  /** From then on it is in no list; asked for by id it says that it was deleted. */
  deletedAt?: Ms;
  look(glance: Glance): StripeObject;
}

export interface Account {
  now: Ms;
  entries: Record<Resource, Entry[]>;
  /** Place in its resource's entries, by id. */
  places: Record<Resource, Map<string, number>>;
  /** Refunds of a charge and payments of an invoice, which come only when expanded. */
  inside: { refunds: Map<string, Entry[]>; payments: Map<string, Entry[]> };
}

/** The account as of the business's clock; made anew only when that has moved. */
export function accountOf(business: Business): () => Account {
  let last: Account | undefined;
  return () => {
    const now = business.now().getTime();
    if (last?.now !== now) last = open(business, now);
    return last;
  };
}

function open(business: Business, now: Ms): Account {
  const { charges, customers, products } = business.facts();
  const paying = charges.filter(({ invoice }) => invoice !== null);
  const mails = new Map(customers.map((one): [string, Customer] => [one.id, one]));
  const lists: Record<Resource, Entry[]> = {
    charges: charges.map((one) => ({ id: one.id, at: one.at, look: (glance) => money.chargeObject(one, glance) })),
    payment_intents: charges.map((one) => ({
      id: one.intentId,
      at: one.at,
      look: (glance) => money.intentObject(one, glance),
    })),
    refunds: charges.flatMap((charge) =>
      refundsAt(charge, now).map(({ id, at }, index) => ({ id, at, look: lookAtRefund(charge, index) })),
    ),
    disputes: charges.flatMap((charge) =>
      disputesAt(charge, now).map((one) => ({
        ...one,
        look: (glance: Glance) => money.disputeObject(charge, one, glance),
      })),
    ),
    balance_transactions: charges.flatMap((charge) =>
      balanceOf(charge, now).map((one) => ({
        id: one.id,
        at: one.at,
        look: (glance: Glance) => money.balanceObject(one, glance),
      })),
    ),
    customers: customers.map((one) => ({
      ...{ id: one.id, at: one.at, look: (glance: Glance) => billing.customerObject(one, glance) },
      ...(one.deletedAt === null ? {} : { deletedAt: one.deletedAt }),
    })),
    invoices: paying.map((one) => ({
      ...{ id: one.invoice?.id ?? "", at: one.at },
      look: (glance: Glance) => billing.invoiceObject(one, mails.get(one.customerId ?? "")?.email ?? null, glance),
    })),
    invoice_payments: paying.map((one) => {
      const look = (glance: Glance): StripeObject => billing.invoicePaymentObject(one, glance);
      return { id: look({ at: now, live: true }).id, at: one.at, look };
    }),
    products: products.map((one) => ({
      id: one.stripeId,
      at: one.at,
      look: (glance) => billing.productObject(one, glance),
    })),
    ...subscribed(business, now, paying),
  };
  const places = {} as Account["places"];
  for (const [name, list] of Object.entries(lists) as [Resource, Entry[]][]) {
    list.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    places[name] = new Map(list.map(({ id }, index) => [id, index]));
  }
  const inside: Account["inside"] = { refunds: new Map(), payments: new Map() };
  for (const entry of lists.refunds) push(inside.refunds, String(entry.look({ at: now, live: true }).charge), entry);
  for (const entry of lists.invoice_payments) push(inside.payments, `in_${money.tail(entry.id)}`, entry);
  return { now, entries: lists, places, inside };
}

function lookAtRefund(charge: Charge, index: number): Entry["look"] {
  return (glance) => {
    const refund = charge.refunds[index];
    if (refund === undefined) throw new Error("A refund that is listed is there.");
    return money.refundObject(charge, refund, glance);
  };
}

/** Subscriptions, and the prices that any of them ever had. */
function subscribed(
  business: Business,
  now: Ms,
  paying: Charge[],
): Pick<Record<Resource, Entry[]>, "subscriptions" | "prices"> {
  const { subscriptions, products } = business.facts();
  const product = new Map(products.map((one) => [one.id, one]));
  const invoices = new Map<string, Charge[]>();
  for (const charge of paying) push(invoices, charge.invoice?.subscriptionId ?? "", charge);
  const prices = new Map<string, billing.Price>();
  const list: Entry[] = [];
  for (const one of subscriptions.filter(({ stripe }) => stripe !== null)) {
    for (const state of one.states.filter(({ at }) => at <= now)) {
      const sold = product.get(state.productId);
      if (sold === undefined) continue;
      const id = billing.priceId(one, state, sold);
      const known = prices.get(id);
      const at = Math.min(state.at, known?.at ?? state.at);
      prices.set(id, { id, at, productId: sold.stripeId, currency: one.currency, state });
    }
    const look = (glance: Glance): StripeObject => {
      const state = stateAt(one, glance.at) ?? one.states[0];
      const sold = product.get(state?.productId ?? "");
      const price = state && sold ? prices.get(billing.priceId(one, state, sold)) : undefined;
      if (price === undefined) throw new Error(`Subscription ${one.id} has no price.`);
      // An invoice shows with the change of state that it brought about, so that no change comes without an event.
      const until = state?.at ?? one.at;
      const latest = (invoices.get(one.stripe?.id ?? "") ?? []).filter(({ at }) => at <= until).at(-1);
      return billing.subscriptionObject(one, price, latest?.invoice?.id ?? null, glance);
    };
    list.push({ id: one.stripe?.id ?? "", at: one.at, look });
  }
  const priced = [...prices.values()].map((one) => ({
    id: one.id,
    at: one.at,
    look: (glance: Glance) => billing.priceObject(one, glance),
  }));
  return { subscriptions: list, prices: priced };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
