// Monthly recurring revenue: what each subscription is worth a month, and how that moved from month end to month end.
import type { Interval, Ms, Subscription, SubscriptionState } from "../facts.js";
import { addMonths, monthOf, startOf } from "../time.js";
import { stateAt } from "../views.js";
import type { Known } from "./known.js";
import type { MrrMonthlyRow } from "./rows.js";

/** Months of an interval as a fraction: a year has 365.25 days and 12 months. */
const MONTHS: Record<Interval, readonly [bigint, bigint]> = {
  day: [1200n, 36_525n],
  week: [8400n, 36_525n],
  month: [1n, 1n],
  year: [12n, 1n],
};

/** The price over the months of its period, rounded half up to whole minor units. */
export function monthly(price: number, { interval, count }: Pick<SubscriptionState, "interval" | "count">): number {
  const [months, of] = MONTHS[interval];
  const [over, under] = [BigInt(price) * of, months * BigInt(count)];
  return Number((2n * over + under) / (2n * under));
}

interface Standing {
  /** By profile and currency, only what is above 0. */
  mrr: Map<string, number>;
  subscriptions: Map<string, number>;
  usd: Map<string, number>;
}

/**
 * Months up to the running one. A month end that no snapshot came before is made up from what the first snapshot saw, and says so.
 * @param snapshots moments of the runs that looked at the subscriptions, in any order; the one at `known.at` is added
 */
export function mrrMonthly(known: Known, snapshots: Ms[]): MrrMonthlyRow[] {
  const { at, subscriptions } = known;
  const taken = [...snapshots.filter((one) => one < at), at].sort((a, b) => a - b);
  const first = Math.min(...subscriptions.map((one) => one.at));
  if (!Number.isFinite(first)) return [];
  const rows: MrrMonthlyRow[] = [];
  const before = new Set<string>();
  let start: Standing = { mrr: new Map(), subscriptions: new Map(), usd: new Map() };
  for (let month = monthOf(first); month <= monthOf(at); month = addMonths(month, 1)) {
    const monthEnd = Math.min(startOf(addMonths(month, 1)), at);
    const seen = taken.filter((one) => one <= monthEnd).at(-1);
    const end = standing(subscriptions, seen, taken[0] ?? at, monthEnd);
    rows.push(...movement(month, start, end, before, seen === undefined));
    for (const key of end.mrr.keys()) before.add(key);
    start = end;
  }
  return rows;
}

function standing(subscriptions: Subscription[], seen: Ms | undefined, firstSeen: Ms, end: Ms): Standing {
  const sum: Standing = { mrr: new Map(), subscriptions: new Map(), usd: new Map() };
  const add = (map: Map<string, number>, key: string, amount: number): void =>
    void map.set(key, (map.get(key) ?? 0) + amount);
  for (const one of subscriptions) {
    const state = stateAt(one, seen ?? firstSeen);
    if (state === undefined || !(seen === undefined ? stoodThen(one, state, end) : counts(state, end))) continue;
    const worth = monthly(state.price, state);
    if (worth > 0) add(sum.mrr, `${one.currency} ${one.profileId}`, worth);
    add(sum.subscriptions, one.currency, 1);
    add(sum.usd, one.currency, monthly(state.priceUsd, state));
  }
  return sum;
}

/** Active, or cancelled with paid time left. */
function counts({ status, periodEnd }: SubscriptionState, end: Ms): boolean {
  return status === "active" || (status === "cancelled" && periodEnd !== null && periodEnd > end);
}

/** Whether a subscription counted at a month end that nobody looked at, judged by what was seen of it later. */
function stoodThen({ at }: Subscription, { status, periodEnd }: SubscriptionState, end: Ms): boolean {
  if (at >= end) return false;
  if (status === "active") return true;
  return (status === "cancelled" || status === "expired") && periodEnd !== null && periodEnd > end;
}

function movement(
  month: string,
  start: Standing,
  end: Standing,
  before: Set<string>,
  isMadeUp: boolean,
): MrrMonthlyRow[] {
  const rows = new Map<string, MrrMonthlyRow>();
  const keys = new Set([...start.mrr.keys(), ...end.mrr.keys()]);
  const currencies = new Set([...keys].map((key) => key.slice(0, key.indexOf(" "))));
  for (const currency of [...currencies, ...end.subscriptions.keys()].sort()) {
    rows.set(currency, {
      ...{ month, currency, starting_mrr: 0, new_mrr: 0, reactivation_mrr: 0, expansion_mrr: 0, contraction_mrr: 0 },
      ...{ churned_mrr: 0, ending_mrr: 0, active_subscriptions: end.subscriptions.get(currency) ?? 0 },
      ...{ ending_mrr_usd: end.usd.get(currency) ?? 0, is_reconstructed: isMadeUp },
    });
  }
  for (const key of keys) {
    const row = rows.get(key.slice(0, key.indexOf(" ")));
    if (row === undefined) continue;
    const [was, is] = [start.mrr.get(key) ?? 0, end.mrr.get(key) ?? 0];
    row.starting_mrr += was;
    row.ending_mrr += is;
    if (was === 0) row[before.has(key) ? "reactivation_mrr" : "new_mrr"] += is;
    else if (is === 0) row.churned_mrr += was;
    else if (is > was) row.expansion_mrr += is - was;
    else row.contraction_mrr += was - is;
  }
  return [...rows.values()];
}
