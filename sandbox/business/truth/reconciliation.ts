// How many rows, and how much money, each stream has by the day its rows were created.

import type { Ms } from "../facts.js";
import { dayOf } from "../time.js";
import { type BalanceEntry, balanceOf, disputesAt, refundsAt, stateAt } from "../views.js";
import type { Known } from "./known.js";
import type { ReconciliationRow } from "./rows.js";

interface Item {
  at: Ms;
  amount?: number;
  /** Whether a mart shows it; absent where no mart shows the stream row by row. */
  inMart?: boolean;
}

/**
 * One row for each source, stream and day. Deleted customers are left out: who never saw them cannot count them.
 * @param events distinct events by day of upload
 */
export function reconciliation(known: Known, events: Map<string, number>): ReconciliationRow[] {
  const { at, facts, profiles, subscriptions } = known;
  const real = new Set(subscriptions.map(({ id }) => id));
  const of = (source: "stripe" | "funnelfox", stream: string, items: Item[]): ReconciliationRow[] =>
    daily(source, stream, items);
  const charges = facts.charges;
  const balance: BalanceEntry[] = charges.flatMap((charge) => balanceOf(charge, at));
  const rows = [
    ...of(
      "stripe",
      "charges",
      charges.map((one) => ({ at: one.at, amount: one.amount, inMart: true })),
    ),
    ...of(
      "stripe",
      "refunds",
      charges.flatMap((one) => refundsAt(one, at).map(({ at: when, amount }) => ({ at: when, amount }))),
    ),
    ...of(
      "stripe",
      "disputes",
      charges.flatMap((one) => disputesAt(one, at).map(({ at: when, amount }) => ({ at: when, amount }))),
    ),
    ...of(
      "stripe",
      "balance_transactions",
      balance.map(({ at: when, amount }) => ({ at: when, amount })),
    ),
    ...of(
      "stripe",
      "customers",
      facts.customers.filter(({ deletedAt }) => deletedAt === null || deletedAt > at),
    ),
    ...of(
      "funnelfox",
      "profiles",
      facts.profiles.map(({ at: when, id }) => ({ at: when, inMart: profiles.has(id) })),
    ),
    ...of(
      "funnelfox",
      "sessions",
      facts.sessions.map((one) => ({ at: one.at, inMart: profiles.has(one.profileId) })),
    ),
    ...of(
      "funnelfox",
      "subscriptions",
      facts.subscriptions
        .filter((one) => stateAt(one, at))
        .map(({ at: when, id }) => ({ at: when, inMart: real.has(id) })),
    ),
    ...of(
      "funnelfox",
      "transactions",
      facts.transactions.map(({ at: when, price }) => ({ at: when, amount: price })),
    ),
  ];
  const uploads = [...events]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, count]) => ({
      ...{ source: "amplitude" as const, stream: "events", day },
      ...{ source_count: count, raw_count: count, mart_count: count, excluded_count: 0 },
      ...{ source_amount: null, raw_amount: null, mart_amount: null, excluded_amount: null },
    }));
  return [...rows, ...uploads];
}

function daily(source: ReconciliationRow["source"], stream: string, items: Item[]): ReconciliationRow[] {
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const day = dayOf(item.at);
    const list = days.get(day);
    if (list === undefined) days.set(day, [item]);
    else list.push(item);
  }
  const sum = (list: Item[]): number => list.reduce((total, { amount = 0 }) => total + amount, 0);
  return [...days.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, list]) => {
      const shown = list.some(({ inMart }) => inMart !== undefined);
      const [inMart, out] = [list.filter((one) => one.inMart === true), list.filter((one) => one.inMart === false)];
      const hasMoney = list.some(({ amount }) => amount !== undefined);
      return {
        ...{ source, stream, day, source_count: list.length, raw_count: list.length },
        ...{ mart_count: shown ? inMart.length : null, excluded_count: shown ? out.length : null },
        ...{ source_amount: hasMoney ? sum(list) : null, raw_amount: hasMoney ? sum(list) : null },
        ...{
          mart_amount: hasMoney && shown ? sum(inMart) : null,
          excluded_amount: hasMoney && shown ? sum(out) : null,
        },
      };
    });
}
