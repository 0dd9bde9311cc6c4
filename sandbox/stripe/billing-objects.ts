// Customers, subscriptions, invoices, products and prices as Stripe shows them at a moment (version 2025-03-31.basil).
import type {
  Charge,
  Customer,
  Ms,
  Product,
  Subscription,
  SubscriptionState,
  SubscriptionStatus,
} from "../business/facts.js";
import { stateAt } from "../business/views.js";
import { address, type Glance, type StripeObject, seconds, tail } from "./money-objects.js";

export function customerObject(customer: Customer, { at, live }: Glance): StripeObject {
  if (isDeleted(customer, at)) return { id: customer.id, object: "customer", deleted: true };
  const name = customer.renamed !== null && customer.renamed.at <= at ? customer.renamed.name : customer.name;
  return {
    ...{ id: customer.id, object: "customer", address: address(customer.country), balance: 0 },
    ...{ created: seconds(customer.at), currency: customer.currency, default_source: null, delinquent: false },
    ...{
      description: null,
      discount: null,
      email: customer.email,
      invoice_prefix: tail(customer.id).slice(0, 8).toUpperCase(),
    },
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    ...{ livemode: live, metadata: { source: "funnel ✓" }, name, next_invoice_sequence: 1, phone: null },
    ...{ preferred_locales: [], shipping: null, tax_exempt: "none", test_clock: null },
  };
}

export function isDeleted({ deletedAt }: Customer, at: Ms): boolean {
  return deletedAt !== null && deletedAt <= at;
}

/** A price of Stripe: one for each product, currency, interval and amount that was ever sold. */
export interface Price {
  id: string;
  at: Ms;
  productId: string;
  currency: string;
  state: SubscriptionState;
}

export function priceId(
  { currency }: Pick<Subscription, "currency">,
  state: SubscriptionState,
  product: Product,
): string {
  return `price_${tail(product.stripeId)}${currency}${state.interval}${state.count}x${state.price}`;
}

export function priceObject({ id, at, productId, currency, state }: Price, { live }: Glance): StripeObject {
  return {
    ...{ id, object: "price", active: true, billing_scheme: "per_unit", created: seconds(at), currency },
    ...{ custom_unit_amount: null, livemode: live, lookup_key: null, metadata: {}, nickname: null, product: productId },
    recurring: {
      interval: state.interval,
      interval_count: state.count,
      meter: null,
      trial_period_days: null,
      usage_type: "licensed",
    },
    ...{ tax_behavior: "unspecified", tiers_mode: null, transform_quantity: null, type: "recurring" },
    ...{ unit_amount: state.price, unit_amount_decimal: String(state.price) },
  };
}

export function productObject({ stripeId, at, name }: Product, { live }: Glance): StripeObject {
  return {
    ...{ id: stripeId, object: "product", active: true, attributes: [], created: seconds(at), default_price: null },
    ...{ description: null, images: [], livemode: live, marketing_features: [], metadata: {}, name },
    ...{ package_dimensions: null, shippable: null, statement_descriptor: null, tax_code: null, type: "service" },
    ...{ unit_label: null, updated: seconds(at), url: null },
  };
}

const STATUS: Record<SubscriptionStatus, string> = {
  created: "incomplete",
  trialing: "trialing",
  active: "active",
  paused: "active",
  cancelled: "active",
  expired: "canceled",
  unpaid: "past_due",
};

/** @param latest the newest invoice by then */
export function subscriptionObject(
  one: Subscription,
  price: Price,
  latest: string | null,
  glance: Glance,
): StripeObject {
  const state = stateAt(one, glance.at);
  const { id, customerId } = one.stripe ?? { id: "", customerId: "" };
  const status = STATUS[state?.status ?? "created"];
  const start = seconds(state?.periodStart ?? one.at);
  const end = seconds(state?.periodEnd ?? one.at);
  const leaves = one.states.find((each) => each.status === "cancelled" && each.at <= glance.at);
  const trial = one.states.find((each) => each.status === "trialing" && each.at <= glance.at);
  const item = {
    ...{ id: `si_${tail(id)}`, object: "subscription_item", created: seconds(one.at) },
    ...{ current_period_start: start, current_period_end: end, discounts: [], metadata: {} },
    ...{ price: priceObject(price, glance), quantity: 1, subscription: id, tax_rates: [] },
  };
  const isLeaving = state?.status === "cancelled";
  const endedAt = state?.status === "expired" ? seconds(state.at) : null;
  return {
    ...{ id, object: "subscription", application: null, application_fee_percent: null },
    ...{ automatic_tax: { enabled: false }, billing_cycle_anchor: start, cancel_at: isLeaving ? end : null },
    ...{ cancel_at_period_end: isLeaving, canceled_at: isLeaving && leaves ? seconds(leaves.at) : endedAt },
    cancellation_details: { comment: null, feedback: null, reason: isLeaving ? "cancellation_requested" : null },
    ...{
      collection_method: "charge_automatically",
      created: seconds(one.at),
      currency: one.currency,
      customer: customerId,
    },
    ...{ days_until_due: null, default_payment_method: null, default_source: null, description: null, discounts: [] },
    ...{
      ended_at: endedAt,
      items: { object: "list", data: [item], has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    },
    ...{
      latest_invoice: latest,
      livemode: glance.live,
      metadata: { funnelfox: one.id },
      next_pending_invoice_item_invoice: null,
    },
    ...{
      on_behalf_of: null,
      pause_collection: state?.status === "paused" ? { behavior: "void", resumes_at: null } : null,
    },
    ...{ pending_setup_intent: null, pending_update: null, schedule: null, start_date: seconds(one.at), status },
    ...{ test_clock: null, transfer_data: null, trial_end: trial?.periodEnd ? seconds(trial.periodEnd) : null },
    trial_start: trial ? seconds(trial.periodStart) : null,
  };
}

export function invoiceObject(charge: Charge, email: string | null, { live }: Glance): StripeObject {
  const { id = "", subscriptionId = "", reason = "subscription_cycle" } = charge.invoice ?? {};
  const [paid, created] = [charge.failed ? 0 : charge.amount, seconds(charge.at)];
  const line = {
    ...{ id: `il_${tail(id)}`, object: "line_item", amount: charge.amount, currency: charge.currency },
    ...{
      description: charge.description,
      invoice: id,
      livemode: live,
      period: { start: created, end: created },
      quantity: 1,
    },
  };
  return {
    ...{
      id,
      object: "invoice",
      account_country: "DE",
      account_name: "Reluvia",
      amount_due: charge.amount,
      amount_paid: paid,
    },
    ...{
      amount_overpaid: 0,
      amount_remaining: charge.amount - paid,
      amount_shipping: 0,
      attempt_count: 1,
      attempted: true,
    },
    ...{
      auto_advance: false,
      automatic_tax: { enabled: false },
      billing_reason: reason,
      collection_method: "charge_automatically",
    },
    ...{ created, currency: charge.currency, customer: charge.customerId, customer_email: email, customer_name: null },
    ...{ default_payment_method: null, description: null, due_date: null, effective_at: created, ending_balance: 0 },
    ...{ hosted_invoice_url: `https://invoice.stripe.com/i/${tail(id)}`, invoice_pdf: null },
    lines: { object: "list", data: [line], has_more: false, url: `/v1/invoices/${id}/lines` },
    ...{ livemode: live, metadata: {}, next_payment_attempt: null, number: tail(id).slice(0, 12).toUpperCase() },
    parent: { type: "subscription_details", subscription_details: { metadata: {}, subscription: subscriptionId } },
    ...{ period_end: created, period_start: created, starting_balance: 0, status: charge.failed ? "open" : "paid" },
    status_transitions: { finalized_at: created, paid_at: charge.failed ? null : created },
    ...{ subtotal: charge.amount, total: charge.amount, webhooks_delivered_at: created },
  };
}

/** What ties an invoice to its payment since basil took `invoice.charge` and `charge.invoice` away. */
export function invoicePaymentObject(charge: Charge, { live }: Glance): StripeObject {
  const created = seconds(charge.at);
  return {
    ...{
      id: `inpay_${tail(charge.invoice?.id ?? "")}`,
      object: "invoice_payment",
      amount_paid: charge.failed ? null : charge.amount,
    },
    ...{ amount_requested: charge.amount, created, currency: charge.currency, invoice: charge.invoice?.id ?? null },
    ...{ is_default: true, livemode: live, payment: { type: "payment_intent", payment_intent: charge.intentId } },
    status: charge.failed ? "open" : "paid",
    status_transitions: { canceled_at: null, paid_at: charge.failed ? null : created },
  };
}
