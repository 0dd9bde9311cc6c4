// Stripe's lists: which there are, what they take, and one page of them.
import type { Account, Entry, Resource } from "./account.js";
import type { StripeError } from "./errors.js";
import type { Glance, StripeObject } from "./money-objects.js";
import { created, matcher, position, unknownParameter, wrongLimit } from "./query.js";

/** One list of the API. A new list is one more entry of LISTS. */
export interface StripeList {
  /** What Stripe calls one item, for "No such charge". */
  item: string;
  /** What a restricted key needs. */
  permission: string;
  /** Query parameters besides those that every list takes; `created` stands for `created[gte]` and its like too. */
  parameters: string[];
}

/**
 * The lists that the sandbox serves, by path below /v1 (Stripe API, Charges > List all charges, and its like). Parameters of Stripe's that are
 * not imitated are left out, so that they are refused rather than ignored.
 */
export const LISTS: Record<Resource | "events", StripeList> = {
  charges: list("charge", "charge_read", "created customer payment_intent transfer_group"),
  refunds: list("refund", "charge_read", "created charge payment_intent"),
  customers: list("customer", "customer_read", "created email"),
  subscriptions: list("subscription", "subscription_read", "created customer status collection_method"),
  invoices: list("invoice", "invoice_read", "created customer status collection_method"),
  invoice_payments: list("invoice_payment", "invoice_read", "invoice payment status"),
  disputes: list("dispute", "dispute_read", "created charge payment_intent"),
  payment_intents: list("payment_intent", "payment_intent_read", "created customer"),
  balance_transactions: list("balance_transaction", "balance_read", "created currency source type"),
  products: list("product", "product_read", "created active"),
  prices: list("price", "plan_read", "created active currency product type"),
  events: list("event", "event_read", "created type types"),
};

function list(item: string, permission: string, parameters: string): StripeList {
  return { item, permission, parameters: parameters.split(" ") };
}

export type Page = { object: "list"; data: StripeObject[]; has_more: boolean; url: string };

/**
 * One page, newest first (Stripe API, Pagination). `expand` is not judged here.
 * @param entries the whole list, oldest first, with the place of each id
 */
export function page(
  name: Resource | "events",
  entries: Entry[],
  places: Map<string, number>,
  query: URLSearchParams,
  glance: Glance,
): { body: Page } | { error: StripeError } {
  const { item, parameters } = LISTS[name];
  const wrong = unknownParameter(query, parameters) ?? wrongLimit(query.get("limit") ?? "10");
  if (wrong) return { error: wrong };
  const times = created(query);
  if ("error" in times) return times;
  const match = matcher(name, query);
  if ("error" in match) return match;
  const { after, before, error } = position(query, places, item);
  if (error) return { error };
  const inTime = ({ at }: Entry): boolean => {
    const second = Math.floor(at / 1000);
    return second >= times.from && second <= times.to;
  };
  const fits = (entry: Entry): boolean =>
    inTime(entry) && !(entry.deletedAt !== undefined && entry.deletedAt <= glance.at) && match.fits(entry, glance);
  const limit = Number(query.get("limit") ?? "10");
  const found: Entry[] = [];
  // Newest is last; ending_before walks the other way, towards newer ones, and is turned round again.
  const step = before === undefined ? -1 : 1;
  let at = before !== undefined ? before + 1 : (after ?? firstAbove(entries, times.to)) - 1;
  for (; found.length <= limit; at += step) {
    const entry = entries[at];
    if (entry === undefined || (step === -1 && Math.floor(entry.at / 1000) < times.from)) break;
    if (fits(entry)) found.push(entry);
  }
  const shown = found.slice(0, limit);
  if (step === 1) shown.reverse();
  const data = shown.map((entry) => entry.look(glance));
  return { body: { object: "list", data, has_more: found.length > limit, url: `/v1/${name}` } };
}

/** The place of the first entry that is younger than that second. */
function firstAbove(entries: Entry[], second: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Math.floor((entries[middle]?.at ?? 0) / 1000) <= second) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The entry of that id, deleted ones too. */
export function find(account: Account, name: Resource, id: string): Entry | undefined {
  const place = account.places[name].get(id);
  return place === undefined ? undefined : account.entries[name][place];
}
