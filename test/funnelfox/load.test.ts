// Nights of FunnelFox into a real PostgreSQL: first load, second run, a day forward, full refresh.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fake, fakeFunnelfox, type Item, NOW, sessions, subscriptions, transactions } from "./fake.js";
import { contents, databases, listener, load, type World } from "./world.js";

const newDatabase = databases();
const DAY = 86_400_000;
let fake: Fake;
let world: World;

beforeEach(async () => {
  fake = await fakeFunnelfox();
  world = await newDatabase();
});
afterEach(async () => {
  await fake.close();
});

function company(): void {
  fake.lists.funnels = [
    { id: "F1", title: "Quiz", alias: "quiz", type: "default", version: 3, environment: "production", tags: ["a"] },
  ];
  fake.lists.products = [{ id: "D1", name: "Plan", status: "active" }];
  fake.lists.sessions = sessions(3_000);
  fake.lists.profiles = sessions(1_200).map(({ id, created_at }) => ({
    id: `pro_${id}`,
    created_at,
    preview: false,
    email: `${id}@example.com`,
  }));
  fake.lists.subscriptions = subscriptions(700);
  fake.lists.transactions = transactions(900);
}

const count = async (table: string, where = "true") =>
  Number((await world.rows<{ n: string }>(`select count(*) as n from raw_funnelfox.${table} where ${where}`))[0]?.n);
const asked = (list: string) => fake.requests.filter((url) => url.pathname.endsWith(`/${list}`)).length;

describe("the first load", () => {
  it("brings every list into its table", async () => {
    company();
    const tell = listener();
    const result = await load(world, fake, { tell });
    expect(result).toMatchObject({ rows: 5_802, changed: 5_802, streams: { sessions: 3_000, transactions: 900 } });
    expect(tell.counts).toMatchObject({
      funnels: 1,
      products: 1,
      profiles: 1_200,
      sessions: 3_000,
      subscriptions: 700,
      transactions: 900,
    });
    expect(tell.notices).toEqual([]);
    const [row] = await world.rows(
      "select *, created_at::text as at from raw_funnelfox.subscriptions order by id limit 1",
    );
    expect(row).toMatchObject({
      ...{ id: fake.lists.subscriptions?.[0]?.id, psp_id: null, status: "active", price: "999", currency: "USD" },
      ...{
        at: "2026-11-25 01:00:00+00",
        profile_email: "p0@example.com",
        profile_preview: false,
        product_name: "Plan",
        _extra: null,
      },
    });
    expect(String(row?.profile_id)).toMatch(/^pro_/);
  });

  it("builds empty tables for a project that has nothing yet", async () => {
    expect(await load(world, fake)).toMatchObject({ rows: 0, changed: 0 });
    expect(await contents(world)).toMatchObject({ sessions: [], subscriptions: [] });
    // And what comes later is found.
    fake.lists.subscriptions = subscriptions(3, NOW - 10 * DAY);
    expect(await load(world, fake, { at: NOW + DAY })).toMatchObject({ changed: 3 });
  });

  it("leaves neither a staging table nor a lock behind", async () => {
    company();
    await load(world, fake);
    expect(await world.rows("select tablename from pg_tables where tablename like '%staging%'")).toEqual([]);
    expect(await world.rows("select 1 from pg_locks where locktype = 'advisory'")).toEqual([]);
  });

  it("adds the columns that a table of an earlier version lacks", async () => {
    await world.rows("create schema raw_funnelfox");
    await world.rows("create table raw_funnelfox.products (id text primary key, name text)");
    fake.lists.products = [{ id: "D1", name: "Plan", status: "active" }];
    await load(world, fake);
    expect(await world.rows("select id, status, _loaded_at is not null as loaded from raw_funnelfox.products")).toEqual(
      [{ id: "D1", status: "active", loaded: true }],
    );
  });

  it("takes the last of two rows with one id, wherever they stand", async () => {
    const list = sessions(1_500);
    list.splice(700, 0, { ...list[3], city: "Wien" });
    list.splice(10, 0, { ...list[9], city: "Bern" });
    fake.lists.sessions = list;
    for (const batchRows of [20_000, 500]) {
      const other = await newDatabase();
      await load(other, fake, { batchRows });
      const rows = await other.rows(
        "select city, count(*)::int as n from raw_funnelfox.sessions group by city order by city",
      );
      expect(rows).toContainEqual({ city: "Wien", n: 1 });
      expect(rows).toContainEqual({ city: "Bern", n: 1 });
      expect(rows.reduce((sum, { n }) => sum + Number(n), 0)).toBe(1_500);
    }
  });
});

describe("the second run", () => {
  it("writes nothing where nothing has changed", async () => {
    company();
    await load(world, fake);
    const before = await world.rows("select xmin::text, _loaded_at from raw_funnelfox.sessions order by id");
    expect(await load(world, fake, { at: NOW + 60_000 })).toMatchObject({ changed: 0 });
    expect(await load(world, fake, { at: NOW + 120_000, fullRefresh: true })).toMatchObject({
      rows: 5_802,
      changed: 0,
    });
    expect(await world.rows("select xmin::text, _loaded_at from raw_funnelfox.sessions order by id")).toEqual(before);
  });

  it("sets _loaded_at of changed rows only", async () => {
    company();
    await load(world, fake);
    const [first] = await world.rows<{ at: string }>(
      "select max(_loaded_at)::text as at from raw_funnelfox.subscriptions",
    );
    const changed = fake.lists.subscriptions?.[5] as Item;
    Object.assign(changed, { status: "cancelled", updated_at: new Date(NOW + 3_600_000).toISOString() });
    expect(await load(world, fake, { at: NOW + DAY })).toMatchObject({ changed: 1 });
    expect(
      await world.rows("select id, status from raw_funnelfox.subscriptions where _loaded_at > $1", [first?.at]),
    ).toEqual([{ id: changed.id, status: "cancelled" }]);
  });

  it("asks for what was updated since the last rows, less an overlap", async () => {
    company();
    await load(world, fake);
    fake.requests.length = 0;
    await load(world, fake, { at: NOW + DAY });
    const filters = (list: string) =>
      fake.requests
        .filter((url) => url.pathname.endsWith(list))
        .map((url) => url.searchParams.get("filter[updated_at.from]"));
    // The last subscription was updated at 01:00, the crawl began at 02:00.
    expect(filters("/subscriptions")).toEqual(["2026-11-25T00:00:00Z"]);
    expect(filters("/transactions")).toEqual(["2026-11-25T00:00:00Z"]);
  });

  it("reads a transaction again that was touched without showing it", async () => {
    company();
    await load(world, fake);
    const old = fake.lists.transactions?.at(-1) as Item;
    old.price_usd = 777;
    fake.touched.set(old.id, new Date(NOW + 1_000).toISOString());
    await load(world, fake, { at: NOW + DAY });
    expect(await world.rows("select price_usd from raw_funnelfox.transactions where id = $1", [old.id])).toEqual([
      { price_usd: "777" },
    ]);
  });
});

describe("stopping early", () => {
  const later = (many: number) => [...sessions(many, NOW + DAY - 3_600_000, DAY / 100, 20_000), ...sessions(20_000)];

  it("ends at known pages when the list has proven to be newest first", async () => {
    fake.lists.sessions = sessions(20_000);
    await load(world, fake);
    fake.lists.sessions = later(90);
    fake.requests.length = 0;
    const result = await load(world, fake, { at: NOW + DAY });
    expect(result.changed).toBe(90);
    expect(asked("sessions")).toBeLessThan(15);
    expect(await count("sessions")).toBe(20_090);
  });

  it("reads on to the end when the order is another one", async () => {
    fake.lists.sessions = sessions(6_000);
    await load(world, fake);
    // Oldest first: the new ones stand at the end, and whoever stops early never sees them.
    fake.lists.sessions = [...sessions(90, NOW + DAY - 3_600_000, DAY / 100, 6_000), ...sessions(6_000)].reverse();
    await load(world, fake, { at: NOW + DAY });
    expect(await count("sessions")).toBe(6_090);
  });

  it("reads on after a single row out of order", async () => {
    fake.lists.sessions = sessions(6_000);
    await load(world, fake);
    const list = sessions(6_000);
    const [stray] = list.splice(100, 1);
    fake.lists.sessions = [
      ...list.slice(0, 30),
      stray as Item,
      ...list.slice(30, 5_998),
      ...sessions(1, NOW - 300 * DAY, DAY, 7_000),
    ];
    await load(world, fake, { at: NOW + DAY });
    expect(await count("sessions", "created_at < '2026-02-01'")).toBe(1);
  });

  it("reads again what was young at the last run, so that fields filled later are seen", async () => {
    fake.lists.sessions = sessions(9_000);
    await load(world, fake);
    const young = fake.lists.sessions[15] as Item;
    young.city = "Graz";
    await load(world, fake, { at: NOW + DAY });
    expect(await count("sessions", "city = 'Graz'")).toBe(1);
  });

  it("does not take the rows of a run that was broken off for a known past", async () => {
    fake.lists.sessions = sessions(4_000);
    await load(world, fake, { batchRows: 500 });
    // A week of new ones, of which a run loads the first few and then breaks off.
    fake.lists.sessions = [...sessions(5_000, NOW + 7 * DAY - 3_600_000, DAY / 800, 4_000), ...sessions(4_000)];
    const controller = new AbortController();
    fake.faults.push((_, __, url) => {
      if (url.pathname.endsWith("/sessions") && asked("sessions") > 14) controller.abort(new Error("stopped"));
      return false;
    });
    await expect(load(world, fake, { at: NOW + 7 * DAY, batchRows: 500, signal: controller.signal })).rejects.toThrow(
      "stopped",
    );
    fake.faults.length = 0;
    const loaded = await count("sessions");
    expect(loaded).toBeGreaterThan(4_000);
    expect(loaded).toBeLessThan(9_000);
    // Two days later, when the place it had reached is too old to go on from.
    await load(world, fake, { at: NOW + 9 * DAY, batchRows: 500 });
    expect(await count("sessions")).toBe(9_000);
  });

  it("--since reads further back, --full-refresh all", async () => {
    fake.lists.sessions = sessions(14_000);
    await load(world, fake);
    const old = fake.lists.sessions[4_000] as Item;
    const oldest = fake.lists.sessions[13_999] as Item;
    old.city = "Linz";
    oldest.city = "Linz";
    await load(world, fake, { at: NOW + DAY });
    expect(await count("sessions", "city = 'Linz'")).toBe(0);
    await load(world, fake, { at: NOW + DAY, since: NOW - 45 * DAY });
    expect(await count("sessions", "city = 'Linz'")).toBe(1);
    await load(world, fake, { at: NOW + DAY, fullRefresh: true });
    expect(await count("sessions", "city = 'Linz'")).toBe(2);
  });
});

describe("what was seen on the wire", () => {
  const days = (stream: string) =>
    world.rows<{ day: string; n: number; amount: string | null; currency: string }>(
      `select day::text, source_count::int as n, source_amount::text as amount, currency from pipeline.stream_counts
       where stream = $1 and complete order by run_id, day, currency`,
      [stream],
    );

  it("is counted by created day, with money by currency, for days that were read whole", async () => {
    company();
    await load(world, fake);
    const truth = new Map<string, { n: number; amount: number }>();
    for (const { created_at, currency, price } of fake.lists.transactions ?? []) {
      const name = `${String(created_at).slice(0, 10)} ${String(currency).toLowerCase()}`;
      const sum = truth.get(name) ?? { n: 0, amount: 0 };
      truth.set(name, { n: sum.n + 1, amount: sum.amount + Number(price) });
    }
    const rows = await days("transactions");
    expect(rows.map(({ day }) => day)).not.toContain("2026-11-25");
    expect(rows.length).toBeGreaterThan(40);
    for (const { day, currency, n, amount } of rows)
      expect({ n, amount: Number(amount) }).toEqual(truth.get(`${day} ${currency}`));
    expect(await days("subscriptions")).toContainEqual({ day: "2026-11-20", n: 20, amount: null, currency: "" });
    expect(await days("sessions")).toContainEqual({ day: "2026-11-20", n: 100, amount: null, currency: "" });
  });

  it("is counted for the night's whole day by a run that stops early or asks for updates", async () => {
    fake.lists.sessions = sessions(9_000);
    fake.lists.transactions = transactions(300);
    await load(world, fake);
    await world.rows("truncate pipeline.stream_counts");
    fake.lists.sessions = [...sessions(100, NOW + DAY - 3_600_000, DAY / 100, 9_000), ...sessions(9_000)];
    fake.lists.transactions = [
      ...transactions(20, NOW + DAY - 3_600_000).map((one) => ({ ...one, id: `new ${one.id}` })),
      ...transactions(300),
    ];
    await load(world, fake, { at: NOW + DAY });
    expect(await days("sessions")).toContainEqual({ day: "2026-11-25", n: 100, amount: null, currency: "" });
    expect(await days("transactions")).toEqual([{ day: "2026-11-25", n: 20, amount: "10000", currency: "eur" }]);
  });
});

describe("single sessions", () => {
  const detail = (item: Item, replies: unknown = []): Item => ({
    id: item.id,
    created_at: Math.floor(Date.parse(String(item.created_at)) / 1000),
    funnel_id: item.funnel_id,
    profile_id: item.profile_id,
    query_params: { utm_source: "google", utm_id: 12 },
    replies,
    new_field: 1,
  });

  it("are read oldest first, so many a night, and each only once", async () => {
    fake.lists.sessions = sessions(50);
    for (const [index, item] of fake.lists.sessions.entries())
      fake.details.set(String(item.id), detail(item, index === 49 ? replies : []));
    expect((await load(world, fake, { details: 20 })).streams).toMatchObject({
      session_details: 20,
      session_replies: 5,
    });
    const oldest = fake.lists.sessions.slice(30).map(({ id }) => id);
    expect(
      (await world.rows("select id from raw_funnelfox.session_details order by id desc")).map(({ id }) => id),
    ).toEqual(oldest);
    fake.requests.length = 0;
    await load(world, fake, { details: 20, at: NOW + 60_000 });
    expect(fake.requests.filter(({ pathname }) => pathname.includes("/sessions/"))).toHaveLength(20);
    expect(await count("session_details")).toBe(40);
  });

  const replies = [
    { element_id: "e1", screen_id: "s1", value: "yes" },
    { element_id: "e2", screen_id: "s1", value: 17 },
    { element_id: "e2", screen_id: "s1", value: ["last"], more: 1 },
    { element_id: "e3", value: null },
    {},
    "no object",
  ];

  it("bring their UTM values, their time from UNIX seconds, and replies by session, screen and element", async () => {
    fake.lists.sessions = sessions(1);
    const [item] = fake.lists.sessions as [Item];
    fake.details.set(String(item.id), detail(item, replies));
    const tell = listener();
    await load(world, fake, { details: 5, tell });
    expect(await world.rows("select created_at, query_params, _extra from raw_funnelfox.session_details")).toEqual([
      {
        created_at: new Date(String(item.created_at)),
        query_params: { utm_source: "google", utm_id: 12 },
        _extra: { new_field: 1 },
      },
    ]);
    expect(
      await world.rows(
        "select session_id, screen_id, element_id, value, _extra from raw_funnelfox.session_replies order by screen_id, element_id",
      ),
    ).toEqual([
      { session_id: item.id, screen_id: "", element_id: "", value: null, _extra: null },
      { session_id: item.id, screen_id: "", element_id: "e3", value: null, _extra: null },
      { session_id: item.id, screen_id: "s1", element_id: "e1", value: "yes", _extra: null },
      { session_id: item.id, screen_id: "s1", element_id: "e2", value: ["last"], _extra: { more: 1 } },
    ]);
    expect(tell.notices).toEqual(["1 replies were no objects and were left out."]);
  });

  it("that are old, still under way, or gone do not hold up the others", async () => {
    fake.lists.sessions = [
      ...sessions(2, NOW - 60_000, 60_000, 10),
      ...sessions(2, NOW - 2 * DAY, DAY, 5),
      ...sessions(2, NOW - 40 * DAY, DAY),
    ];
    const kept = fake.lists.sessions[2] as Item;
    fake.details.set(String(kept.id), detail(kept));
    const tell = listener();
    await load(world, fake, { details: 100, tell });
    expect(await world.rows("select id from raw_funnelfox.session_details")).toEqual([{ id: kept.id }]);
    expect(tell.notices).toEqual(["1 sessions are listed but cannot be read one by one (404)."]);
  });
});
