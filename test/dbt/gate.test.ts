// What keeps yesterday's marts: a test that fails on an intermediate model, a reader that holds a mart.
import { expect, test } from "vitest";
import { close } from "../../scripts/postgres/connect.js";
import { firstNight, loadFirstNight, loadSecondNight, secondNight } from "./company.js";
import { load } from "./raw-tables.js";
import { type Cell, type Warehouse, warehousesForTests } from "./warehouse.js";

const { open } = warehousesForTests();

async function everyMart(warehouse: Warehouse): Promise<Record<string, Cell[][]>> {
  const names = await warehouse.table(
    "select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'r'",
  );
  const found: Record<string, Cell[][]> = {};
  for (const [name] of names)
    found[String(name)] = await warehouse.table(`select t::text from analytics.${name} t order by 1`);
  return found;
}

test("a figure that cannot be right stops every mart, is named, and the next good night goes on", async () => {
  const warehouse = await open();
  await loadFirstNight(warehouse.client);
  const good = await warehouse.build({ now: firstNight });
  expect(good.failed, good.output).toEqual([]);
  const yesterday = await everyMart(warehouse);
  expect(Object.keys(yesterday)).toHaveLength(13);

  await loadSecondNight(warehouse.client);
  const interval = (value: string) =>
    load(
      warehouse.client,
      "raw_funnelfox.subscriptions",
      secondNight,
      `id | profile_id | status | created_at | updated_at | billing_interval | billing_interval_count | price | currency | price_usd\ns_new | B | active | 2026-03-01T00:00:00Z | 2026-03-01T00:00:00Z | ${value} | 1 | 500 | usd | 500`,
    );
  await interval("fortnight");
  const bad = await warehouse.build({ now: secondNight });
  expect(bad.ok).toBe(false);
  expect(bad.failed).toEqual(["accepted_values_int_subscriptions_billing_interval__day__week__month__year"]);
  for (const mart of Object.keys(yesterday)) expect(bad.skipped).toContain(mart);
  expect(await everyMart(warehouse)).toEqual(yesterday);
  expect(
    await warehouse.table("select run_id, status from analytics.pipeline_runs order by 1"),
    "runs show all the same",
  ).toEqual([
    ["one", "failed"],
    ["two", "running"],
  ]);

  await interval("week");
  const mended = await warehouse.build({ now: secondNight });
  expect(mended.failed, mended.output).toEqual([]);
  expect(
    await warehouse.table(
      "select subscription_id, mrr from analytics.fct_subscriptions where subscription_id = 's_new'",
    ),
  ).toEqual([["s_new", 2174]]);
}, 600_000);

test("a reader that holds a mart makes its model fail in time, and a retry builds what is left", async () => {
  const warehouse = await open();
  const first = await warehouse.build({ now: firstNight });
  expect(first.failed, first.output).toEqual([]);
  await loadFirstNight(warehouse.client);
  const reader = await warehouse.connect();
  try {
    await reader.query("begin");
    await reader.query("select count(*) from analytics.revenue_daily");
    const held = await warehouse.build({ now: secondNight, env: { DBT_LOCK_TIMEOUT: "1s" } });
    expect(held.ok).toBe(false);
    expect(held.failed).toEqual(["revenue_daily"]);
    expect(held.output).toContain("lock timeout");
    expect((await reader.query("select count(*)::int as rows from analytics.revenue_daily")).rows).toEqual([
      { rows: 0 },
    ]);
    await reader.query("commit");
  } finally {
    await close(reader);
  }
  const again = await warehouse.build({ now: secondNight, command: ["retry"] });
  expect(again.failed, again.output).toEqual([]);
  expect(await warehouse.table("select count(*) from analytics.revenue_daily")).toEqual([[7]]);
}, 600_000);
