// A first night on which no source has said anything yet.
import { expect, test } from "vitest";
import { declaredTables } from "./raw-tables.js";
import { warehousesForTests } from "./warehouse.js";

const { open } = warehousesForTests();

test("everything builds, unit tests and all, before any loader has made a table, and once more on the empty tables", async () => {
  const warehouse = await open({ rawTables: false });
  const first = await warehouse.build({ now: "2026-01-15T06:00:00Z", command: ["build"] });
  expect(first.failed, first.output).toEqual([]);
  expect(first.ok).toBe(true);
  for (const { name, columns } of declaredTables()) {
    const found = await warehouse.table(
      `select attname, format_type(atttypid, null) from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 order by attnum`,
    );
    const types: Record<string, string> = { timestamptz: "timestamp with time zone" };
    expect(found, name).toEqual(columns.map((column) => [column.name, types[column.data_type] ?? column.data_type]));
  }
  const names = await warehouse.table(
    "select table_name, table_type from information_schema.tables where table_schema = 'analytics' order by 1",
  );
  expect(names.map(([name]) => name)).toEqual([
    ...["dim_profiles", "fct_charges", "fct_events", "fct_sessions", "fct_subscriptions", "funnel_conversion"],
    ...["identity_coverage", "identity_links", "ltv_by_cohort", "mrr_monthly", "pipeline_runs", "reconciliation"],
    ...["revenue_daily", "storage_daily"],
  ]);
  for (const [name] of names.filter(([one]) => one !== "storage_daily")) {
    expect(await warehouse.table(`select * from analytics.${name}`), String(name)).toEqual([]);
  }

  const schemas = await warehouse.table(
    "select distinct table_schema from information_schema.tables where table_schema not like 'pg\\_%' and table_schema <> 'information_schema' order by 1",
  );
  expect(schemas.flat()).toEqual([
    ...[
      "analytics",
      "intermediate",
      "pipeline",
      "raw_amplitude",
      "raw_funnelfox",
      "raw_stripe",
      "snapshots",
      "staging",
    ],
  ]);
  const second = await warehouse.build({ now: "2026-01-16T06:00:00Z", command: ["build", "--full-refresh"] });
  expect(second.failed, second.output).toEqual([]);
}, 400_000);

test("a loader's table that lacks a column gets it, and keeps its rows and its own columns", async () => {
  const warehouse = await open({ rawTables: false });
  await warehouse.client.query(
    "create table raw_stripe.charges (id text primary key, created timestamptz, currency text, amount bigint, own_column text)",
  );
  await warehouse.client.query("insert into raw_stripe.charges values ('ch_1', '2026-01-01', 'usd', 5, 'kept')");
  const { ok, output } = await warehouse.build({
    now: "2026-01-15T06:00:00Z",
    command: ["build", "--select", "stg_stripe__charges", "--indirect-selection", "cautious"],
  });
  expect(ok, output).toBe(true);
  expect(await warehouse.table("select id, own_column, amount_captured from raw_stripe.charges")).toEqual([
    ["ch_1", "kept", null],
  ]);
  expect(await warehouse.table("select charge_id, amount, amount_captured from staging.stg_stripe__charges")).toEqual([
    ["ch_1", 5, 0],
  ]);
}, 200_000);
