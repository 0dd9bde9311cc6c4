// Night after night gives what one full build gives: facts of any age follow who is known to be who, back to nobody too.
import type pg from "pg";
import { expect, test } from "vitest";
import { load } from "./raw-tables.js";
import { type Cell, type Warehouse, warehousesForTests } from "./warehouse.js";

const { open } = warehousesForTests();

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

async function events(
  client: pg.Client,
  at: string,
  rows: [n: number, user: string, device: string, email?: string][],
) {
  const lines = rows.map(
    ([n, user, device, email]) =>
      `${uuid(n)} | open | 2026-01-0${(n % 9) + 1}T10:00:00Z | 2026-01-0${(n % 9) + 1}T11:00:00Z | ${user} | ${device} | ${n} | ${email ? JSON.stringify({ email }) : "-"}`,
  );
  const head =
    "uuid | event_type | event_time | server_upload_time | user_id | device_id | amplitude_id | user_properties";
  await load(client, "raw_amplitude.events", at, [head, ...lines].join("\n"));
}

const profile = (client: pg.Client, at: string, id: string, email: string) =>
  load(
    client,
    "raw_funnelfox.profiles",
    at,
    `id | created_at | preview | email\n${id} | 2026-01-01T00:00:00Z | false | ${email}`,
  );

const who = (warehouse: Warehouse) =>
  warehouse.table("select right(event_id::text, 2)::int, profile_id, method from analytics.fct_events order by 1");

/** Versions of rows as Postgres tells them apart: a row that was not written keeps its own. */
const versions = async (warehouse: Warehouse) =>
  new Map((await warehouse.table("select event_id::text, xmin::text from analytics.fct_events")) as [string, string][]);

const marts = [
  "identity_links",
  "dim_profiles",
  "fct_charges",
  "revenue_daily",
  "ltv_by_cohort",
  "identity_coverage",
  "reconciliation",
];

async function everything(warehouse: Warehouse): Promise<Record<string, Cell[][]>> {
  const found: Record<string, Cell[][]> = {
    fct_events: await warehouse.table(
      "select event_id::text, event_type, occurred_at::text, uploaded_on, actor_id, profile_id, method from analytics.fct_events order by 1",
    ),
  };
  for (const mart of marts) {
    found[mart] = await warehouse.table(`select (to_jsonb(t) - 'as_of')::text from analytics.${mart} t order by 1`);
  }
  return found;
}

test("a device that is linked, shared and so unlinked, an e-mail that finds a second owner, and a late payment are followed by old facts", async () => {
  const warehouse = await open();
  const { client } = warehouse;
  const build = async (now: string, command?: string[]) => {
    const built = await warehouse.build({ now, ...(command ? { command } : {}) });
    expect(built.failed, built.output).toEqual([]);
  };

  const first = "2026-01-20T06:00:00Z";
  await profile(client, first, "pro_A", "a@x.io");
  await profile(client, first, "B", "b@x.io");
  await events(client, first, [
    [1, "-", "tablet"],
    [2, "-", "phone"],
    [3, "-", "laptop", "A@x.io"],
    [4, "C", "radio"],
  ]);
  await load(
    client,
    "raw_stripe.charges",
    first,
    'id | created | currency | status | customer | amount | amount_captured | captured | billing_details\nch_1 | 2026-01-05T00:00:00Z | usd | succeeded | cus_1 | 900 | 900 | true | {"email": "nobody@x.io"}',
  );
  await build(first);
  expect(await who(warehouse)).toEqual([
    [1, null, null],
    [2, null, null],
    [3, "A", "email"],
    [4, null, null],
  ]);
  const before = await versions(warehouse);

  // A is seen on the tablet, C turns out to be a profile, and A's subscription tells the charge.
  const second = "2026-01-21T06:00:00Z";
  await events(client, second, [[5, "pro_A", "tablet"]]);
  await profile(client, second, "C", "c@x.io");
  await load(
    client,
    "raw_funnelfox.subscriptions",
    second,
    "id | profile_id | psp_id | status | created_at | updated_at | billing_interval | billing_interval_count | price | currency | price_usd\ns1 | pro_A | ch_1 | active | 2026-01-05T00:00:00Z | 2026-01-05T00:00:00Z | month | 1 | 900 | usd | 900",
  );
  await build(second);
  expect(await who(warehouse)).toEqual([
    [1, "A", "device_id"],
    [2, null, null],
    [3, "A", "email"],
    [4, "C", "user_id"],
    [5, "A", "user_id"],
  ]);
  expect(await warehouse.table("select profile_id, method from analytics.fct_charges")).toEqual([["A", "psp_id"]]);
  const after = await versions(warehouse);
  const rewritten = [1, 2, 3, 4].filter((n) => after.get(uuid(n)) !== before.get(uuid(n)));
  expect(rewritten, "only events whose owner changed are written").toEqual([1, 4]);

  // B is seen on the tablet too, gives the same e-mail, and an event comes late with the clock of the batch before.
  const third = "2026-01-22T06:00:00Z";
  await events(client, third, [[6, "B", "tablet"]]);
  await events(client, second, [[7, "-", "phone", "b@x.io"]]);
  await profile(client, third, "B", "a@x.io");
  await build(third);
  expect(await who(warehouse)).toEqual([
    [1, null, null],
    [2, null, null],
    [3, null, null],
    [4, "C", "user_id"],
    [5, "A", "user_id"],
    [6, "B", "user_id"],
    [7, null, null],
  ]);

  const nightly = await everything(warehouse);
  const once = await open();
  for (const table of [
    "raw_stripe.charges",
    "raw_amplitude.events",
    "raw_funnelfox.profiles",
    "raw_funnelfox.subscriptions",
  ]) {
    const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t`);
    for (const { row } of rows) {
      await once.client.query(`insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [row]);
    }
  }
  const built = await once.build({ now: third });
  expect(built.failed, built.output).toEqual([]);
  expect(await everything(once), "a full build of a new warehouse").toEqual(nightly);

  await build(third, ["build", "--exclude-resource-types", "unit_test", "--full-refresh"]);
  expect(await everything(warehouse), "a full refresh").toEqual(nightly);

  // Old events go; the marts and what is known of devices stay.
  await client.query("delete from raw_amplitude.events");
  const fourth = "2026-01-23T06:00:00Z";
  await events(client, fourth, [[8, "-", "tablet"]]);
  await warehouse.build({ now: fourth, env: { PIPELINE_EVENTS_DAYS: "2" } });
  expect(await who(warehouse)).toEqual([
    [1, null, null],
    [2, null, null],
    [3, null, null],
    [4, "C", "user_id"],
    [5, "A", "user_id"],
    [6, "B", "user_id"],
    [7, null, null],
    [8, null, null],
  ]);
  expect(await warehouse.table("select * from analytics.reconciliation where stream = 'events'")).toEqual([]);
}, 900_000);
