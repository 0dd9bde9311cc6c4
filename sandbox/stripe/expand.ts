// `expand`: ids in an answer become the objects they name (Stripe API, Expanding responses).
import type { Account, Entry, Resource } from "./account.js";
import { type StripeError, stripeError } from "./errors.js";
import { LISTS } from "./lists.js";
import { type Glance, type StripeObject, tail } from "./money-objects.js";

/** Which properties of an object can be expanded, into objects of which list. */
const EXPANDABLE: Record<string, Record<string, Resource[]>> = {
  charge: {
    balance_transaction: ["balance_transactions"],
    customer: ["customers"],
    payment_intent: ["payment_intents"],
    refunds: ["refunds"],
  },
  refund: { balance_transaction: ["balance_transactions"], charge: ["charges"], payment_intent: ["payment_intents"] },
  dispute: { charge: ["charges"], payment_intent: ["payment_intents"] },
  payment_intent: { customer: ["customers"], latest_charge: ["charges"] },
  balance_transaction: { source: ["charges", "refunds", "disputes"] },
  subscription: { customer: ["customers"], latest_invoice: ["invoices"] },
  invoice: { customer: ["customers"], payments: ["invoice_payments"] },
  invoice_payment: { invoice: ["invoices"] },
  price: { product: ["products"] },
  product: {},
  customer: {},
  event: {},
};
const DEEPEST = 4;

export interface ExpandDeps {
  account: Account;
  glance: Glance;
  /** The refusal when the key may not read that, else undefined. */
  lacking(permission: string): StripeError | undefined;
}

/** The paths of `expand[]`, or Stripe's 400. @param inList whether they must begin with `data.` */
export function expandPaths(query: URLSearchParams, inList: boolean): { paths: string[][] } | { error: StripeError } {
  const paths: string[][] = [];
  for (const [name, value] of query) {
    if (!/^expand(\[\d*\])?$/.test(name)) continue;
    const parts = value.split(".");
    if (parts.length > DEEPEST) {
      const message = "You cannot expand more than 4 levels of a property.";
      return { error: stripeError(400, message, { param: "expand" }) };
    }
    if (inList && parts.shift() !== "data") return { error: notExpandable(value) };
    if (parts.length > 0) paths.push(parts);
  }
  return { paths };
}

/** Expands one path in the object, in place. Stripe's refusal when it cannot be. */
export function expand(object: StripeObject, [name, ...rest]: string[], deps: ExpandDeps): StripeError | undefined {
  if (name === undefined) return undefined;
  const resources = EXPANDABLE[object.object]?.[name];
  if (resources === undefined) return notExpandable(name);
  const refused = resources
    .map((resource) => deps.lacking(LISTS[resource].permission))
    .find((one) => one !== undefined);
  if (refused !== undefined) return refused;
  if (name === "refunds" || name === "payments") return expandList(object, name, rest, deps);
  const id = object[name];
  if (typeof id === "string") {
    const found = resources.map((resource) => entryOf(deps.account, resource, id)).find((one) => one !== undefined);
    if (found !== undefined) object[name] = found.look(deps.glance);
  }
  const value = object[name];
  return isObject(value) && rest.length > 0 ? expand(value, rest, deps) : undefined;
}

/** Lists within an object show their first ten. */
function expandList(
  object: StripeObject,
  name: "refunds" | "payments",
  rest: string[],
  deps: ExpandDeps,
): StripeError | undefined {
  const all = [...(deps.account.inside[name].get(object.id) ?? [])].reverse();
  const data = all.slice(0, 10).map((entry) => entry.look(deps.glance));
  const url =
    name === "refunds" ? `/v1/charges/${object.id}/refunds` : `/v1/invoice_payments?invoice=in_${tail(object.id)}`;
  object[name] = { object: "list", data, has_more: all.length > 10, url };
  const inner = rest[0] === "data" ? rest.slice(1) : rest;
  for (const one of data) {
    const error = inner.length > 0 ? expand(one, inner, deps) : undefined;
    if (error !== undefined) return error;
  }
  return undefined;
}

function entryOf(account: Account, resource: Resource, id: string): Entry | undefined {
  const place = account.places[resource].get(id);
  return place === undefined ? undefined : account.entries[resource][place];
}

function notExpandable(name: string): StripeError {
  return stripeError(400, `This property cannot be expanded (${name}).`, { param: "expand" });
}

function isObject(value: unknown): value is StripeObject {
  return typeof value === "object" && value !== null && "object" in value;
}
