// What happened in the account within the last 30 days, as /v1/events tells it: each change with the object as it was then.
import { createHash } from "node:crypto";
import type { Business, Charge, Ms } from "../business/facts.js";
import { DAY } from "../business/time.js";
import type { Account, Entry, Resource } from "./account.js";
import { lapsesAt, seconds } from "./money-objects.js";

/** Days that Stripe keeps events (Stripe API, List all events). */
const KEPT_DAYS = 30;
/** The account's own version, in which events are written whatever a request asks for. */
const ACCOUNT_VERSION = "2024-06-20";

interface Happening {
  at: Ms;
  type: string;
  resource: Resource;
  id: string;
}

/** Events of the last 30 days, oldest first. */
export function historyOf(business: Business, account: Account): Entry[] {
  const { now } = account;
  const list = happenings(business).filter(({ at }) => at <= now && at >= now - KEPT_DAYS * DAY);
  const entries = list.flatMap(({ at, type, resource, id }): Entry[] => {
    const place = account.places[resource].get(id);
    const object = place === undefined ? undefined : account.entries[resource][place];
    if (object === undefined) return [];
    const event = `evt_${createHash("md5").update(`${type} ${id} ${at}`).digest("hex").slice(0, 24)}`;
    // A deletion shows the object as it was before.
    const seen = type.endsWith(".deleted") && resource === "customers" ? at - 1 : at;
    const look: Entry["look"] = ({ live }) => ({
      ...{ id: event, object: "event", api_version: ACCOUNT_VERSION, created: seconds(at) },
      ...{ data: { object: object.look({ at: seen, live }) }, livemode: live, pending_webhooks: 0 },
      ...{ request: { id: null, idempotency_key: null }, type },
    });
    return [{ id: event, at, look }];
  });
  return entries.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function happenings(business: Business): Happening[] {
  const { charges, customers, subscriptions, products } = business.facts();
  const list: Happening[] = [];
  const add = (at: Ms, type: string, resource: Resource, id: string): void =>
    void list.push({ at, type, resource, id });
  for (const one of customers) {
    add(one.at, "customer.created", "customers", one.id);
    if (one.renamed !== null) add(one.renamed.at, "customer.updated", "customers", one.id);
    if (one.deletedAt !== null) add(one.deletedAt, "customer.deleted", "customers", one.id);
  }
  for (const { stripe, states } of subscriptions) {
    if (stripe === null) continue;
    for (const [index, { at, status }] of states.entries()) {
      const what = index === 0 ? "created" : status === "expired" ? "deleted" : "updated";
      add(at, `customer.subscription.${what}`, "subscriptions", stripe.id);
    }
  }
  for (const { at, stripeId } of products) add(at, "product.created", "products", stripeId);
  for (const charge of charges) ofCharge(charge, add);
  return list;
}

/** A dispute changes its charge without an event of the charge; so does a refund that fails. */
function ofCharge(charge: Charge, add: (at: Ms, type: string, resource: Resource, id: string) => void): void {
  const { at, id, intentId, invoice, capture, failed } = charge;
  add(at, "payment_intent.created", "payment_intents", intentId);
  add(at, failed ? "charge.failed" : "charge.succeeded", "charges", id);
  if (failed) add(at, "payment_intent.payment_failed", "payment_intents", intentId);
  else if (capture?.at === at) add(at, "payment_intent.succeeded", "payment_intents", intentId);
  else add(at, "payment_intent.amount_capturable_updated", "payment_intents", intentId);
  if (capture !== null && capture.at > at) {
    add(capture.at, "charge.captured", "charges", id);
    add(capture.at, "payment_intent.succeeded", "payment_intents", intentId);
  }
  const lapse = lapsesAt(charge);
  if (lapse !== undefined) add(lapse, "payment_intent.canceled", "payment_intents", intentId);
  if (invoice !== null) {
    add(at, "invoice.created", "invoices", invoice.id);
    add(at, failed ? "invoice.payment_failed" : "invoice.paid", "invoices", invoice.id);
  }
  for (const refund of charge.refunds) {
    add(refund.at, "charge.refunded", "charges", id);
    add(refund.at, "refund.created", "refunds", refund.id);
    for (const later of refund.statuses.slice(1)) {
      add(later.at, later.status === "failed" ? "refund.failed" : "refund.updated", "refunds", refund.id);
      add(later.at, "charge.refund.updated", "refunds", refund.id);
    }
  }
  for (const dispute of charge.disputes) {
    for (const [index, state] of dispute.statuses.entries()) {
      const isLast = index === dispute.statuses.length - 1 && index > 0;
      add(
        state.at,
        `charge.dispute.${index === 0 ? "created" : isLast ? "closed" : "updated"}`,
        "disputes",
        dispute.id,
      );
    }
  }
}
