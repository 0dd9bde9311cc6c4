// Charges and what hangs on them as Stripe shows them at a moment, in the shape of version 2025-03-31.basil.
import type { Charge, Dispute, Ms, Refund } from "../business/facts.js";
import { DAY } from "../business/time.js";
import {
  type BalanceEntry,
  balanceId,
  balanceOf,
  capturedAt,
  disputeStatus,
  disputesAt,
  isVoid,
  refundedAt,
  refundStatus,
} from "../business/views.js";

export type StripeObject = { id: string; object: string } & Record<string, unknown>;

/** When it is looked at, and with which kind of key. */
export interface Glance {
  at: Ms;
  live: boolean;
}

export const seconds = (at: Ms): number => Math.floor(at / 1000);
/** The part of an id that follows its prefix. */
export const tail = (id: string): string => id.slice(id.indexOf("_") + 1);

/** Days after which a reservation that was not captured lapses (Stripe, Place a hold on a payment method). */
const HOLD_DAYS = 7;

export function chargeObject(charge: Charge, { at, live }: Glance): StripeObject {
  const [captured, refunded] = [capturedAt(charge, at), refundedAt(charge, at)];
  const card = { brand: "visa", country: "DE", exp_month: 12, exp_year: 2030, funding: "credit", last4: "4242" };
  return {
    ...{ id: charge.id, object: "charge", amount: charge.amount, amount_captured: captured, amount_refunded: refunded },
    ...{ application: null, application_fee: null, application_fee_amount: null },
    balance_transaction: captured > 0 ? balanceId(charge.id) : null,
    billing_details: { address: address("DE"), email: charge.billingEmail, name: null, phone: null, tax_id: null },
    ...{ calculated_statement_descriptor: "RELUVIA", captured: captured > 0, created: seconds(charge.at) },
    ...{ currency: charge.currency, customer: charge.customerId, description: charge.description },
    ...{
      destination: null,
      dispute: null,
      disputed: disputesAt(charge, at).length > 0,
      failure_balance_transaction: null,
    },
    failure_code: charge.failed ? "card_declined" : null,
    failure_message: charge.failed ? "Your card was declined." : null,
    ...{ fraud_details: {}, livemode: live, metadata: {}, on_behalf_of: null, order: null },
    outcome: { network_status: charge.failed ? "declined_by_network" : "approved_by_network", type: "authorized" },
    ...{ paid: !charge.failed, payment_intent: charge.intentId, payment_method: `pm_${tail(charge.id)}` },
    payment_method_details: { card, type: "card" },
    ...{ radar_options: {}, receipt_email: charge.receiptEmail, receipt_number: null },
    receipt_url: `https://pay.stripe.com/receipts/${tail(charge.id)}`,
    ...{ refunded: captured > 0 && refunded >= captured, review: null, shipping: null, source_transfer: null },
    ...{
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      status: charge.failed ? "failed" : "succeeded",
    },
    ...{ transfer_data: null, transfer_group: null },
  };
}

export function address(country: string | null): object {
  return { city: null, country, line1: null, line2: null, postal_code: null, state: null };
}

/** When a reservation that nobody captured lapses; undefined when it is none. */
export function lapsesAt(charge: Charge): Ms | undefined {
  return !charge.failed && charge.capture === null ? charge.at + HOLD_DAYS * DAY : undefined;
}

export function intentObject(charge: Charge, { at, live }: Glance): StripeObject {
  const received = capturedAt(charge, at);
  const lapse = lapsesAt(charge);
  const isCanceled = lapse !== undefined && lapse <= at;
  const isReserved = !charge.failed && charge.capture?.at !== charge.at;
  const waiting = charge.failed ? "requires_payment_method" : "requires_capture";
  const status = isCanceled ? "canceled" : received > 0 ? "succeeded" : waiting;
  return {
    ...{ id: charge.intentId, object: "payment_intent", amount: charge.amount },
    amount_capturable: status === "requires_capture" ? charge.amount : 0,
    ...{ amount_details: { tip: {} }, amount_received: received, application: null, application_fee_amount: null },
    ...{ automatic_payment_methods: null, canceled_at: isCanceled ? seconds(lapse) : null },
    cancellation_reason: isCanceled ? "automatic" : null,
    ...{ capture_method: isReserved ? "manual" : "automatic", client_secret: `${charge.intentId}_secret_x` },
    ...{ confirmation_method: "automatic", created: seconds(charge.at), currency: charge.currency },
    ...{ customer: charge.customerId, description: charge.description },
    last_payment_error: charge.failed ? { code: "card_declined", type: "card_error" } : null,
    ...{ latest_charge: charge.id, livemode: live, metadata: {}, next_action: null, on_behalf_of: null },
    ...{ payment_method: `pm_${tail(charge.id)}`, payment_method_types: ["card"], processing: null },
    ...{ receipt_email: charge.receiptEmail, review: null, setup_future_usage: null, shipping: null, source: null },
    ...{
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      status,
      transfer_data: null,
      transfer_group: null,
    },
  };
}

export function refundObject(charge: Charge, refund: Refund, { at }: Glance): StripeObject {
  const status = refundStatus(refund, at);
  return {
    ...{ id: refund.id, object: "refund", amount: refund.amount, balance_transaction: balanceId(refund.id) },
    ...{ charge: charge.id, created: seconds(refund.at), currency: charge.currency },
    destination_details: { card: { type: "refund" }, type: "card" },
    ...(status === "failed" ? { failure_reason: "expired_or_canceled_card" } : {}),
    ...(isVoid(status) ? { failure_balance_transaction: `txn_2${tail(refund.id)}` } : {}),
    ...{ metadata: {}, payment_intent: charge.intentId, reason: refund.reason, receipt_number: null },
    ...{ source_transfer_reversal: null, status, transfer_reversal: null },
  };
}

export function disputeObject(charge: Charge, dispute: Dispute, glance: Glance): StripeObject {
  const status = disputeStatus(dispute, glance.at);
  const entries = balanceOf(charge, glance.at).filter(({ source }) => source === dispute.id);
  return {
    ...{ id: dispute.id, object: "dispute", amount: dispute.amount },
    balance_transactions: entries.map((entry) => balanceObject(entry, glance)),
    ...{ charge: charge.id, created: seconds(dispute.at), currency: charge.currency, evidence: {} },
    evidence_details: {
      due_by: seconds(dispute.at + 9 * DAY),
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    ...{ is_charge_refundable: status.startsWith("warning_"), livemode: glance.live, metadata: {} },
    payment_intent: charge.intentId,
    payment_method_details: {
      card: { brand: "visa", case_type: "chargeback", network_reason_code: "10.4" },
      type: "card",
    },
    ...{ reason: dispute.reason, status },
  };
}

/** Days until money of a sale can be paid out; what is taken back is gone at once. */
const PENDING_DAYS = 4;

export function balanceObject(entry: BalanceEntry, { at }: Glance): StripeObject {
  const { id, amount, fee, currency, type, category, source, rate } = entry;
  const available = type === "charge" ? entry.at + PENDING_DAYS * DAY : entry.at;
  return {
    ...{
      id,
      object: "balance_transaction",
      amount,
      available_on: seconds(available),
      created: seconds(entry.at),
      currency,
    },
    ...{ description: null, exchange_rate: rate === 1 ? null : rate, fee },
    fee_details:
      fee === 0 ? [] : [{ amount: fee, application: null, currency, description: "Stripe fees", type: "stripe_fee" }],
    ...{
      net: amount - fee,
      reporting_category: category,
      source,
      status: available <= at ? "available" : "pending",
      type,
    },
  };
}
