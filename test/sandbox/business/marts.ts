// Marts read back in the form of the expected answers, and what the two differ in.
import type { Truth } from "../../../sandbox/business/truth/index.js";

type Rows = <T extends Record<string, unknown>>(sql: string) => Promise<T[]>;
type Table = Exclude<keyof Truth, "totals">;

/** Columns whose all being 0 makes a row say nothing; marts may have it or not. */
const FIGURES: Partial<Record<Table, string[]>> = {
  revenue_daily: ["gross", "refunds", "disputes", "net", "fees"],
  mrr_monthly: ["starting_mrr", "ending_mrr", "active_subscriptions"],
  reconciliation: ["raw_count", "mart_count", "excluded_count"],
};

/** Not compared: what was seen on the wire depends on which days the runs read whole, and only some streams are reckoned here. */
const LEFT_OUT = new Set(["source_count", "source_amount"]);

/** Rows that only the mart has and rows that only the expected answers have, as text; both empty when they are equal. */
export async function differences(
  rows: Rows,
  table: Table,
  truth: Truth,
): Promise<{ mart: string[]; truth: string[] }> {
  const expected: Record<string, unknown>[] = truth[table].map((row) => ({ ...row }));
  const columns = Object.keys(expected[0] ?? {}).filter((name) => !LEFT_OUT.has(name));
  if (columns.length === 0) throw new Error(`No rows of ${table} are expected, so nothing can be compared.`);
  const streams = new Set(expected.map(({ stream }) => stream));
  const found = (await rows<Record<string, unknown>>(`select to_jsonb(mart) as row from analytics.${table} as mart`))
    .map(({ row }) => row as Record<string, unknown>)
    .filter(({ stream }) => table !== "reconciliation" || streams.has(stream));
  const text = (row: Record<string, unknown>): string => columns.map((name) => `${name}=${plain(row[name])}`).join(" ");
  const says = (row: Record<string, unknown>): boolean =>
    (FIGURES[table] ?? [""]).some((name) => name === "" || Number(row[name] ?? 0) !== 0);
  const [inMart, inTruth] = [found.filter(says).map(text), expected.map(text)];
  return { mart: without(inMart, inTruth), truth: without(inTruth, inMart) };
}

/** Numbers to nine digits, since a database rounds shares elsewhere. */
function plain(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(9))) : String(value);
}

/** Texts that the other list does not have as often. */
function without(list: string[], other: string[]): string[] {
  const left = new Map<string, number>();
  for (const one of other) left.set(one, (left.get(one) ?? 0) + 1);
  return list.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}
