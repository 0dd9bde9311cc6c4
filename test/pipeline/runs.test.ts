// Schemas and records of runs, over a real Postgres.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beginRun,
  beginStep,
  endRun,
  endStep,
  heartbeat,
  markCrashed,
  previousRun,
  type RunEnd,
  stateMark,
} from "../../scripts/pipeline/runs.js";
import { ensureSchemas, schemas } from "../../scripts/pipeline/schemas.js";
import { fastClock } from "./children.js";
import { eventually, postgresForTests } from "./database.js";

const { database } = postgresForTests();

async function ready() {
  const db = await database();
  const client = await db.client();
  await ensureSchemas(client);
  const begin = (runId: string) => beginRun(client, { runId, release: "v1", dyno: "run.1" });
  return { ...db, sql: client, begin };
}

const end = (status: RunEnd["status"], reason?: string): RunEnd => ({ status, reason, rows: 10, detail: {} });

describe("the warehouse's schemas", () => {
  it("are made once, also by several at once", async () => {
    const { client, rows } = await database();
    const clients = await Promise.all(Array.from({ length: 5 }, client));
    await Promise.all(clients.map(ensureSchemas));
    const found = await rows<{ name: string }>("select nspname as name from pg_namespace where nspname = any($1)", [
      [...schemas],
    ]);
    expect(found.map(({ name }) => name).sort()).toEqual([...schemas].sort());
  });

  it("are not written again when they are there, so that a restricted login gets by", async () => {
    const { sql } = await ready();
    await sql.query("set default_transaction_read_only = on");
    await ensureSchemas(sql);
  });

  it("are completed when one is missing", async () => {
    const { sql } = await ready();
    await sql.query("drop table pipeline.cursors; drop schema analytics");
    await ensureSchemas(sql);
    await sql.query("select * from pipeline.cursors");
  });
});

describe("a run's record", () => {
  it("tells the run and its steps from beginning to end", async () => {
    const { sql, begin, rows } = await ready();
    await begin("a");
    await beginStep(sql, "a", "meltano");
    await endStep(sql, "a", "meltano", {
      status: "succeeded",
      exitCode: 0,
      rows: 10,
      detail: { streams: { "stripe charges": 10 }, notices: ["a NUL \u0000 and a backslash \\u0000 é"] },
    });
    expect(await endRun(sql, "a", end("succeeded"))).toBe(true);
    expect(await rows("select run_id, status, release, dyno, rows::int, reason from pipeline.runs")).toEqual([
      { run_id: "a", status: "succeeded", release: "v1", dyno: "run.1", rows: 10, reason: null },
    ]);
    expect(await rows("select step, status, exit_code, rows::int, detail from pipeline.steps")).toEqual([
      {
        step: "meltano",
        status: "succeeded",
        exit_code: 0,
        rows: 10,
        detail: { streams: { "stripe charges": 10 }, notices: ["a NUL  and a backslash \\u0000 é"] },
      },
    ]);
  });

  it("is ended once, whatever comes after", async () => {
    const { sql, begin, rows } = await ready();
    const status = fc.constantFrom<RunEnd["status"]>("succeeded", "partial", "failed", "crashed");
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(status, { minLength: 1, maxLength: 4 }), async (ends) => {
        const id = `run ${n++}`;
        await begin(id);
        const took = [];
        for (const one of ends) took.push(await endRun(sql, id, end(one)));
        expect(took).toEqual(ends.map((_, index) => index === 0));
        expect(await rows("select status from pipeline.runs where run_id = $1", [id])).toEqual([{ status: ends[0] }]);
      }),
      { numRuns: 20 },
    );
  });

  it("closes steps that were still under way", async () => {
    const { sql, begin, rows } = await ready();
    await begin("a");
    await beginStep(sql, "a", "funnelfox");
    await endRun(sql, "a", end("failed", "why"));
    expect(await rows("select status from pipeline.steps")).toEqual([{ status: "stopped" }]);
  });

  it("of a killed run is found crashed by the next, with its last sign of life and its steps", async () => {
    const { sql, begin, rows } = await ready();
    await begin("dead");
    await beginStep(sql, "dead", "meltano");
    await beginStep(sql, "dead", "funnelfox");
    await endStep(sql, "dead", "funnelfox", { status: "succeeded", exitCode: 0, rows: 1, detail: {} });
    await rows("update pipeline.runs set heartbeat_at = '2026-11-24T03:00Z'");
    await begin("fine");
    await endRun(sql, "fine", end("succeeded"));
    await begin("next");
    expect(await markCrashed(sql, "next")).toEqual([
      { runId: "dead", dyno: "run.1", lastSign: new Date("2026-11-24T03:00Z"), steps: ["meltano"] },
    ]);
    expect(await rows("select run_id, status, finished_at from pipeline.runs order by run_id")).toMatchObject([
      { run_id: "dead", status: "crashed", finished_at: new Date("2026-11-24T03:00Z") },
      { run_id: "fine", status: "succeeded" },
      { run_id: "next", status: "running" },
    ]);
    expect(await rows("select step, status from pipeline.steps order by step")).toEqual([
      { step: "funnelfox", status: "succeeded" },
      { step: "meltano", status: "crashed" },
    ]);
    expect(await markCrashed(sql, "next")).toEqual([]);
  });

  it("knows how the run before it ended", async () => {
    const { sql, begin } = await ready();
    await begin("a");
    expect(await previousRun(sql, "a")).toBeUndefined();
    await endRun(sql, "a", end("failed", "why"));
    await begin("b");
    expect(await previousRun(sql, "b")).toMatchObject({ status: "failed" });
  });
});

describe("a heartbeat", () => {
  it("moves on until it is stopped", async () => {
    const { sql, begin, rows } = await ready();
    await begin("a");
    await rows("update pipeline.runs set heartbeat_at = '2020-01-01'");
    const lost: unknown[] = [];
    const heart = heartbeat(sql, "a", (error) => lost.push(error), fastClock(200).sleep);
    await eventually(async () => {
      const [row] = await rows<{ moved: boolean }>("select heartbeat_at > '2025-01-01' as moved from pipeline.runs");
      return row?.moved ? true : undefined;
    });
    heart.stop();
    expect(lost).toEqual([]);
  });

  it("tells when another run has taken this one for dead", async () => {
    const { sql, begin, rows } = await ready();
    await begin("a");
    await rows("update pipeline.runs set status = 'crashed'");
    const error = await new Promise((resolve) => heartbeat(sql, "a", resolve, fastClock(200).sleep));
    expect(String(error)).toContain("took this one for dead");
  });

  it("tells when the connection is gone", async () => {
    const { sql, begin, rows } = await ready();
    await begin("a");
    const lost = new Promise((resolve) => heartbeat(sql, "a", resolve, fastClock(100).sleep));
    await rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'a test' and datname = current_database()",
    );
    expect(await lost).toBeInstanceOf(Error);
  });
});

describe("what the next run goes on from", () => {
  it("has a mark that changes with every cursor and every state of Meltano", async () => {
    const { sql, rows } = await ready();
    const empty = await stateMark(sql);
    await rows("insert into pipeline.cursors (source, stream, value) values ('funnelfox', 'sessions', '{}')");
    const one = await stateMark(sql);
    expect(one).not.toBe(empty);
    await rows("create table meltano.state (state_id text, completed_state text)");
    const table = await stateMark(sql);
    await rows("insert into meltano.state values ('a', '{}')");
    const two = await stateMark(sql);
    expect(new Set([empty, one, table, two]).size).toBe(4);
    expect(await stateMark(sql)).toBe(two);
  });
});
