// What the profiles of a month have brought so far, month by month.
import { addMonths, monthOf, monthsBetween, startOf } from "../time.js";
import { capturedAt } from "../views.js";
import type { Known } from "./known.js";
import { movementsOf } from "./revenue.js";
import type { IdentityLinkRow, LtvRow } from "./rows.js";

interface Cohort {
  month: string;
  currency: string;
  customers: Set<string>;
  /** Net by months since the cohort's. */
  net: Map<number, number>;
}

/** @param links the charges' links, in the charges' order */
export function ltvByCohort({ charges, at }: Known, links: IdentityLinkRow[]): LtvRow[] {
  const owner = new Map(links.map(({ source_id, profile_id }) => [source_id, profile_id]));
  const joined = new Map<string, string>();
  const captured = new Map<string, { all: number; unlinked: number }>();
  for (const charge of charges) {
    const amount = capturedAt(charge, at);
    if (amount === 0) continue;
    const [profile, month] = [owner.get(charge.id) ?? null, monthOf(charge.at)];
    const share = captured.get(`${month} ${charge.currency}`) ?? { all: 0, unlinked: 0 };
    share.all += amount;
    if (profile === null) share.unlinked += amount;
    else if (!joined.has(profile)) joined.set(profile, month);
    captured.set(`${month} ${charge.currency}`, share);
  }
  const cohorts = new Map<string, Cohort>();
  for (const charge of charges) {
    const profile = owner.get(charge.id) ?? null;
    const month = joined.get(profile ?? "");
    if (profile === null || month === undefined) continue;
    const key = `${month} ${charge.currency}`;
    const cohort = cohorts.get(key) ?? { month, currency: charge.currency, customers: new Set(), net: new Map() };
    cohorts.set(key, cohort);
    for (const { kind, at: when, amount } of movementsOf(charge, at)) {
      if (kind === "gross") cohort.customers.add(profile);
      const since = monthsBetween(month, monthOf(when));
      cohort.net.set(since, (cohort.net.get(since) ?? 0) + (kind === "gross" ? amount : -amount));
    }
  }
  return [...cohorts.values()].flatMap((cohort) => rowsOf(cohort, at, captured)).sort(inOrder);
}

function rowsOf(
  { month, currency, customers, net }: Cohort,
  at: number,
  captured: Map<string, { all: number; unlinked: number }>,
): LtvRow[] {
  const rows: LtvRow[] = [];
  const share = captured.get(`${month} ${currency}`);
  const unlinked_share = share === undefined || share.all === 0 ? 0 : share.unlinked / share.all;
  let cumulative_net = 0;
  // A month is complete once the next one has begun.
  for (let since = 0; customers.size > 0 && startOf(addMonths(month, since + 1)) <= at; since += 1) {
    cumulative_net += net.get(since) ?? 0;
    const ltv = cumulative_net / customers.size;
    rows.push({
      cohort_month: month,
      months_since: since,
      currency,
      customers: customers.size,
      cumulative_net,
      ltv,
      unlinked_share,
    });
  }
  return rows;
}

function inOrder(a: LtvRow, b: LtvRow): number {
  const text = (row: LtvRow): string => `${row.cohort_month} ${row.currency}`;
  if (text(a) !== text(b)) return text(a) < text(b) ? -1 : 1;
  return a.months_since - b.months_since;
}
