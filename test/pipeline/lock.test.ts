// One run at a time, over a real Postgres.
import { afterEach, describe, expect, it } from "vitest";
import { realSleep } from "../../scripts/common/retry.js";
import { Secret } from "../../scripts/common/secret.js";
import { type Lock, type LockResult, takeLock } from "../../scripts/pipeline/lock.js";
import { beginRun } from "../../scripts/pipeline/runs.js";
import { ensureSchemas } from "../../scripts/pipeline/schemas.js";
import { eventually, postgresForTests } from "./database.js";

const { database } = postgresForTests();
const locks: Lock[] = [];
afterEach(async () => {
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
});

async function take(url: string, runId: string, staleMs?: number): Promise<LockResult> {
  const result = await takeLock(new Secret(url), runId, { env: {}, sleep: realSleep, now: Date.now, staleMs });
  if (result.kind === "held") locks.push(result.lock);
  return result;
}

async function held(url: string, runId: string, staleMs?: number): Promise<Lock> {
  const result = await take(url, runId, staleMs);
  if (result.kind !== "held") throw new Error("somebody else has it");
  return result.lock;
}

describe("the lock of a run", () => {
  it("is given once, and the second run hears who has it, even before there is any record", async () => {
    const { url } = await database();
    await held(url, "first");
    const second = await take(url, "second");
    expect(second).toMatchObject({ kind: "busy", holder: { runId: "first", dyno: undefined } });
    expect(second.kind === "busy" && second.holder.silentMs).toBeLessThan(10_000);
  });

  it("says dyno, beginning and last heartbeat of the holder from its record", async () => {
    const { url, rows } = await database();
    const lock = await held(url, "first");
    await ensureSchemas(lock.client);
    await beginRun(lock.client, { runId: "first", release: "v7", dyno: "scheduler.12" });
    await rows(
      "update pipeline.runs set heartbeat_at = now() - interval '90 seconds', started_at = '2026-11-24T02:00Z'",
    );
    const second = await take(url, "second");
    if (second.kind !== "busy") throw new Error("taken twice");
    expect(second.holder).toMatchObject({ runId: "first", dyno: "scheduler.12", since: new Date("2026-11-24T02:00Z") });
    expect(Math.round(second.holder.silentMs / 1000)).toBeGreaterThanOrEqual(90);
    expect(second.holder.silentMs).toBeLessThan(120_000);
  });

  it("is free again when its holder lets go, or dies", async () => {
    const { url, rows } = await database();
    await (await held(url, "first")).release();
    await held(url, "second");
    await rows("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%second'");
    await held(url, "third");
  });

  it("is taken from a holder whose heartbeat is older than five minutes, whose connection is ended", async () => {
    const { url, rows } = await database();
    const first = await held(url, "first");
    await ensureSchemas(first.client);
    await beginRun(first.client, { runId: "first", release: undefined, dyno: undefined });
    const lost = new Promise((resolve) => first.onLost(resolve));
    await rows("update pipeline.runs set heartbeat_at = now() - interval '5 minutes 1 second'");
    const second = await held(url, "second");
    expect(second.ended).toMatchObject({ runId: "first" });
    expect(await lost).toBeInstanceOf(Error);
    await second.client.query("select 1");
  });

  it("is taken from a holder without a record that has said nothing for as long", async () => {
    const { url } = await database();
    await held(url, "first");
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await held(url, "second", 100)).ended).toMatchObject({ runId: "first" });
  });

  it("is not lost by being given back", async () => {
    const { url } = await database();
    const lock = await held(url, "first");
    let told = 0;
    lock.onLost(() => {
      told += 1;
    });
    await lock.release();
    expect(told).toBe(0);
  });

  it("tells its loss once, also to whoever asks late", async () => {
    const { url, rows } = await database();
    const lock = await held(url, "first");
    await rows("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%first'");
    await eventually(async () => ((await take(url, "second")).kind === "held" ? true : undefined));
    let told = 0;
    await new Promise<void>((resolve) =>
      lock.onLost(() => {
        told += 1;
        resolve();
      }),
    );
    expect(told).toBe(1);
  });

  it("of one database is no business of another", async () => {
    await held((await database()).url, "first");
    await held((await database()).url, "second");
  });

  it("goes to exactly one of many that come at once", async () => {
    const { url } = await database();
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => take(url, `run ${n}`)));
    expect(results.filter(({ kind }) => kind === "held")).toHaveLength(1);
  });
});
