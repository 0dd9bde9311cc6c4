// What is left of the database: storage, connections, retention, vacuum.
import { describe, expect, it } from "vitest";
import { deleteOldEvents, eventsDays } from "../../scripts/pipeline/retention.js";
import { ensureSchemas } from "../../scripts/pipeline/schemas.js";
import { isRestricted, roomLeft, storageLimit } from "../../scripts/pipeline/storage.js";
import { dropReplacedCounts, vacuumChanged } from "../../scripts/pipeline/tidy.js";
import { eventually, postgresForTests } from "./database.js";

const { database } = postgresForTests();
const GB = 1024 ** 3;
const found = (sizeBytes: number, connections = 2, connectionLimit = 20) => ({
  sizeBytes,
  connections,
  connectionLimit,
  writable: true,
});

describe("the plan's storage", () => {
  it.each([
    [{ PIPELINE_STORAGE_LIMIT: "10GB" }, 20, 10 * GB],
    [{ PIPELINE_STORAGE_LIMIT: "512 mb" }, 20, GB / 2],
    [{ PIPELINE_STORAGE_LIMIT: "1000000" }, 20, 1_000_000],
    [{ POSTGRES_PLAN: "essential-1" }, 20, 10 * GB],
    [{ POSTGRES_PLAN: "heroku-postgresql:essential-2" }, 40, 32 * GB],
    [{ POSTGRES_PLAN: "premium-9" }, 20, undefined],
    [{}, 20, GB],
    [{}, 40, 32 * GB],
    [{}, 97, undefined],
  ])("is known from %j or %i connections: %s", (env, connections, bytes) => {
    expect(storageLimit(env, connections)?.bytes).toBe(bytes);
  });

  it.each(["a lot", "0", "-1GB", "1 PB"])("is not taken from nonsense: %s", (text) => {
    expect(() => storageLimit({ PIPELINE_STORAGE_LIMIT: text }, 20)).toThrow("1GB, 512MB");
  });

  it("warns above 90 %, and pauses events at the limit only", () => {
    const limit = { bytes: GB, from: "essential-0" };
    expect(roomLeft(found(0.9 * GB), limit)).toEqual({ eventsPause: false, warnings: [] });
    const filling = roomLeft(found(0.91 * GB), limit);
    expect(filling.eventsPause).toBe(false);
    expect(filling.warnings[0]).toContain("932 MB of 1024 MB (91 %, essential-0): filling up");
    const full = roomLeft(found(GB), limit);
    expect(full.eventsPause).toBe(true);
    expect(full.warnings[0]).toContain("events pause, money is still loaded");
    expect(roomLeft(found(100 * GB), undefined)).toEqual({ eventsPause: false, warnings: [] });
  });

  it("warns when connections are short", () => {
    expect(roomLeft(found(0, 14), undefined).warnings).toEqual([]);
    expect(roomLeft(found(0, 15), undefined).warnings[0]).toContain("Only 5 of 20 connections are left");
  });

  it("tells a restricted login by its error", async () => {
    const { client } = await database();
    const sql = await client();
    await sql.query("create table t (n int); set default_transaction_read_only = on");
    const readOnly = await sql.query("insert into t values (1)").catch((error: unknown) => error);
    expect(isRestricted(readOnly)).toBe(true);
    expect(isRestricted(new Error("x"))).toBe(false);
  });
});

describe("PIPELINE_EVENTS_DAYS", () => {
  it("keeps all events unless it is a number of days", () => {
    expect(eventsDays({})).toBeUndefined();
    expect(eventsDays({ PIPELINE_EVENTS_DAYS: " " })).toBeUndefined();
    expect(eventsDays({ PIPELINE_EVENTS_DAYS: "90" })).toBe(90);
  });

  it.each(["6", "0", "-30", "ninety", "30.5"])("is refused as %s", (text) => {
    expect(() => eventsDays({ PIPELINE_EVENTS_DAYS: text })).toThrow("whole number of days, 7 or more");
  });

  it("deletes what is old and held by the marts as it is, in batches, and nothing else", async () => {
    const { client, rows } = await database();
    const sql = await client();
    await sql.query(`
      create schema raw_amplitude; create schema analytics; create schema intermediate;
      create table raw_amplitude.events (uuid uuid primary key, server_upload_time timestamptz, _loaded_at timestamptz);
      create table analytics.fct_events (event_id uuid, loaded_at timestamptz, actor_id text);
      create table intermediate.int_event_actors (actor_id text);
      insert into intermediate.int_event_actors values ('known');
      insert into raw_amplitude.events
        select gen_random_uuid(), timestamptz '2026-10-01T12:00Z' + n * interval '1 hour', '2026-11-01' from generate_series(0, 99) n;
      insert into analytics.fct_events select uuid, _loaded_at, 'known' from raw_amplitude.events`);
    // Changed since the marts were built, not in the marts at all, on a device that the maps do not hold.
    await sql.query(`
      update raw_amplitude.events set _loaded_at = '2026-11-02' where server_upload_time = '2026-10-01T12:00Z';
      delete from analytics.fct_events f using raw_amplitude.events e where e.uuid = f.event_id and e.server_upload_time = '2026-10-01T13:00Z';
      update analytics.fct_events f set actor_id = 'unknown' from raw_amplitude.events e where e.uuid = f.event_id and e.server_upload_time = '2026-10-01T14:00Z'`);
    const cutoff = new Date("2026-10-03T00:00Z");
    expect(await deleteOldEvents(sql, cutoff, () => true, 5)).toBe(33);
    const left = await rows<{ old: number; young: number }>(
      `select count(*) filter (where server_upload_time < $1)::int as old, count(*) filter (where server_upload_time >= $1)::int as young
       from raw_amplitude.events`,
      [cutoff],
    );
    expect(left).toEqual([{ old: 3, young: 64 }]);
    expect(await deleteOldEvents(sql, cutoff, () => true, 5)).toBe(0);
  });

  it("stops between batches, and does nothing where there are no marts yet", async () => {
    const { client } = await database();
    expect(await deleteOldEvents(await client(), new Date(), () => true)).toBe(0);
  });
});

describe("vacuum after a load", () => {
  it("takes tables of which more than a tenth has changed, and only those", async () => {
    const { client, rows } = await database();
    const sql = await client();
    // What a session has changed counts from its end at the latest, and a loader's has ended.
    await rows(`
      create schema raw_stripe;
      create table raw_stripe.many as select n from generate_series(1, 2000) n;
      create table raw_stripe.few as select n from generate_series(1, 2000) n;
      create table raw_stripe."Odd name" as select 1 as n`);
    const counted = (changed: number) =>
      eventually(async () => {
        const [row] = await rows<{ n: number }>(
          "select sum(n_mod_since_analyze)::int as n from pg_stat_user_tables where schemaname = 'raw_stripe'",
        );
        return row?.n === changed ? true : undefined;
      });
    await counted(4_001);
    expect(await vacuumChanged(sql, ["raw_stripe"], 0)).toHaveLength(3);
    await rows("update raw_stripe.many set n = n where n <= 300; update raw_stripe.few set n = n where n <= 100");
    await counted(400);
    expect(await vacuumChanged(sql, ["raw_stripe"], 50)).toEqual(["raw_stripe.many"]);
    expect(await vacuumChanged(sql, ["raw_stripe"], 150)).toEqual([]);
  });
});

describe("counts of the wire", () => {
  it("are dropped when they are old and a later whole count of the day has replaced them", async () => {
    const { client, rows } = await database();
    const sql = await client();
    await ensureSchemas(sql);
    await rows(`
      insert into pipeline.stream_counts (run_id, source, stream, day, source_count, complete, recorded_at) values
        ('old', 'stripe', 'charges', '2026-01-01', 1, true, now() - interval '40 days'),
        ('new', 'stripe', 'charges', '2026-01-01', 2, true, now() - interval '2 days'),
        ('old', 'stripe', 'charges', '2026-01-02', 1, true, now() - interval '40 days'),
        ('half', 'stripe', 'charges', '2026-01-02', 2, false, now()),
        ('old', 'stripe', 'refunds', '2026-01-01', 1, true, now() - interval '40 days'),
        ('young', 'stripe', 'disputes', '2026-01-01', 1, true, now() - interval '20 days'),
        ('new', 'stripe', 'disputes', '2026-01-01', 1, true, now())`);
    expect(await dropReplacedCounts(sql)).toBe(1);
    expect(
      await rows("select run_id from pipeline.stream_counts where stream = 'charges' and day = '2026-01-01'"),
    ).toEqual([{ run_id: "new" }]);
  });
});
