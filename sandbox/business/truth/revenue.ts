// Stripe's money by day and currency.

import type { Charge, Ms } from "../facts.js";
import { dayOf } from "../time.js";
import {
  balanceOf,
  capturedAt,
  disputeStatus,
  disputesAt,
  isChargeback,
  isVoid,
  refundStatus,
  refundsAt,
} from "../views.js";
import type { Known } from "./known.js";
import type { RevenueDailyRow } from "./rows.js";

/** Money in or out: what, when, how much. */
export interface Movement {
  kind: "gross" | "refunds" | "disputes";
  at: Ms;
  amount: number;
}

/** What counts of a charge at `at`: captured on the day it was created, refunds and lost or open chargebacks on their own days. */
export function movementsOf(charge: Charge, at: Ms): Movement[] {
  const list: Movement[] = [{ kind: "gross", at: charge.at, amount: capturedAt(charge, at) }];
  for (const refund of refundsAt(charge, at)) {
    if (!isVoid(refundStatus(refund, at))) list.push({ kind: "refunds", at: refund.at, amount: refund.amount });
  }
  for (const dispute of disputesAt(charge, at).filter(isChargeback)) {
    if (disputeStatus(dispute, at) !== "won") list.push({ kind: "disputes", at: dispute.at, amount: dispute.amount });
  }
  return list.filter(({ amount }) => amount !== 0);
}

export function revenueDaily({ charges, at }: Known): RevenueDailyRow[] {
  const rows = new Map<string, RevenueDailyRow>();
  const rowOf = (when: Ms, currency: string): RevenueDailyRow => {
    const day = dayOf(when);
    const found = rows.get(`${day} ${currency}`);
    if (found !== undefined) return found;
    const made = { day, currency, gross: 0, refunds: 0, disputes: 0, net: 0, fees: 0 };
    rows.set(`${day} ${currency}`, made);
    return made;
  };
  for (const charge of charges) {
    for (const { kind, at: when, amount } of movementsOf(charge, at)) rowOf(when, charge.currency)[kind] += amount;
    for (const { fee, at: when, currency } of balanceOf(charge, at)) if (fee !== 0) rowOf(when, currency).fees += fee;
  }
  for (const row of rows.values()) row.net = row.gross - row.refunds - row.disputes;
  return [...rows.values()].sort((a, b) => (a.day + a.currency < b.day + b.currency ? -1 : 1));
}
