// What of a fact can be seen at a moment; services and expected answers look through the same glass.
import type {
  Charge,
  Dispute,
  DisputeStatus,
  Ms,
  Refund,
  RefundStatus,
  Subscription,
  SubscriptionState,
} from "./facts.js";

/** The last state begun by `at`; undefined before the subscription was there. */
export function stateAt({ states }: Subscription, at: Ms): SubscriptionState | undefined {
  let found: SubscriptionState | undefined;
  for (const state of states) {
    if (state.at > at) break;
    found = state;
  }
  return found;
}

export function refundStatus({ statuses }: Refund, at: Ms): RefundStatus {
  return statuses.filter((one) => one.at <= at).at(-1)?.status ?? "pending";
}

export function disputeStatus({ statuses }: Dispute, at: Ms): DisputeStatus {
  return statuses.filter((one) => one.at <= at).at(-1)?.status ?? "needs_response";
}

/** Refunds that were asked for by `at`. */
export function refundsAt({ refunds }: Charge, at: Ms): Refund[] {
  return refunds.filter((refund) => refund.at <= at);
}

export function disputesAt({ disputes }: Charge, at: Ms): Dispute[] {
  return disputes.filter((dispute) => dispute.at <= at);
}

/** Money captured by `at`, in minor units. */
export function capturedAt({ capture }: Charge, at: Ms): number {
  return capture !== null && capture.at <= at ? capture.amount : 0;
}

/** Money given back by `at`: refunds neither failed nor cancelled. */
export function refundedAt(charge: Charge, at: Ms): number {
  return refundsAt(charge, at)
    .filter((refund) => !isVoid(refundStatus(refund, at)))
    .reduce((sum, { amount }) => sum + amount, 0);
}

export function isVoid(status: RefundStatus): boolean {
  return status === "failed" || status === "canceled";
}

/** Whether money was taken back by the bank; a warning is a question only. */
export function isChargeback({ statuses }: Dispute): boolean {
  return !(statuses[0]?.status ?? "").startsWith("warning_");
}

/** A movement of the account's balance, in minor units of the settlement currency. */
export interface BalanceEntry {
  id: string;
  at: Ms;
  type: "charge" | "refund" | "refund_failure" | "adjustment";
  category: "charge" | "refund" | "refund_failure" | "dispute" | "dispute_reversal";
  source: string;
  amount: number;
  fee: number;
  currency: string;
  rate: number;
}

/** Fee of a chargeback in minor units of the settlement currency; not given back when it is won. */
export const DISPUTE_FEE = 1500;

/** The balance's movements that a charge caused by `at`. */
export function balanceOf(charge: Charge, at: Ms): BalanceEntry[] {
  const { currency, rate } = charge.settlement;
  const list: BalanceEntry[] = [];
  const add = (
    entry: Omit<BalanceEntry, "id" | "currency" | "rate" | "amount">,
    amount: number,
    suffix: string,
  ): void => {
    const id = `txn_${suffix}${entry.source.slice(entry.source.indexOf("_") + 1)}`;
    if (entry.at <= at) list.push({ ...entry, id, amount: Math.round(amount * rate), currency, rate });
  };
  const { capture, settlement } = charge;
  if (capture === null) return list;
  add(
    { at: capture.at, type: "charge", category: "charge", source: charge.id, fee: settlement.fee },
    capture.amount,
    "1",
  );
  for (const refund of charge.refunds) {
    const entry = { source: refund.id, fee: 0 };
    add({ ...entry, at: refund.at, type: "refund", category: "refund" }, -refund.amount, "1");
    const end = refund.statuses.at(-1);
    if (end !== undefined && isVoid(end.status)) {
      add({ ...entry, at: end.at, type: "refund_failure", category: "refund_failure" }, refund.amount, "2");
    }
  }
  for (const dispute of charge.disputes.filter(isChargeback)) {
    const entry = { source: dispute.id, type: "adjustment" as const };
    add({ ...entry, at: dispute.at, category: "dispute", fee: DISPUTE_FEE }, -dispute.amount, "1");
    const end = dispute.statuses.at(-1);
    if (end?.status === "won") add({ ...entry, at: end.at, category: "dispute_reversal", fee: 0 }, dispute.amount, "2");
  }
  return list;
}

/** The id of the movement that a charge, refund or dispute caused first. */
export function balanceId(source: string): string {
  return `txn_1${source.slice(source.indexOf("_") + 1)}`;
}
