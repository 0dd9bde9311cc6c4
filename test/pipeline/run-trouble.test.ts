// Whole runs that are stopped, that meet another, or whose database has had enough.
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { StopReason } from "../../scripts/pipeline/types.js";
import { deaf, forever } from "./children.js";
import { eventually, postgresForTests } from "./database.js";
import { makeProject, type Project, rehearse, type Scripts } from "./rehearsal.js";

const { database } = postgresForTests();
const projects: { remove(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(projects.splice(0).map((project) => project.remove()));
});

async function project(scripts: Scripts = {}): Promise<Project> {
  const made = await makeProject(scripts);
  projects.push(made);
  return made;
}

const runsSql = "select status, reason, rows::int, dyno from pipeline.runs order by started_at";

describe("a run that is stopped", () => {
  it("by SIGTERM ends its children, says so, and leaves with 143", async () => {
    const db = await database();
    const stop = new AbortController();
    const folder = await project({ meltano: `block('tap-stripe'); ${forever}`, funnelfox: forever });
    let started = 0;
    const { outcome } = await rehearse({
      url: db.url,
      project: folder,
      deps: { stop: stop.signal },
      onLine: (line) => {
        if (line.startsWith("event=step_started") && ++started === 2)
          stop.abort({ kind: "signal", signal: "SIGTERM" } satisfies StopReason);
      },
    });
    expect(outcome).toMatchObject({
      status: "failed",
      exitCode: 143,
      reason: expect.stringContaining("Stopped by SIGTERM"),
    });
    expect(await db.rows("select step, status from pipeline.steps order by step")).toEqual([
      { step: "dbt", status: "skipped" },
      { step: "funnelfox", status: "stopped" },
      { step: "meltano", status: "stopped" },
    ]);
  });

  it("by its 23 hours is partial when state moved, and a failure when nothing did", async () => {
    const db = await database();
    const folder = await project({ meltano: `console.log('loading'); ${forever}`, funnelfox: "" });
    const run = (onLine?: (line: string) => void) =>
      rehearse({ url: db.url, project: folder, deps: { longestRunMs: 1_500 }, ...(onLine ? { onLine } : {}) });
    const still = await run();
    expect(still.outcome).toMatchObject({
      status: "failed",
      exitCode: 1,
      reason: expect.stringContaining("nothing had moved"),
    });
    const moved = await run((line) => {
      if (line.includes("loading"))
        void db.rows("insert into pipeline.cursors (source, stream, value) values ('funnelfox', 'x', '1')");
    });
    expect(moved.outcome).toMatchObject({ status: "partial", exitCode: 0 });
    expect((await db.rows<{ status: string }>(runsSql)).map(({ status }) => status)).toEqual(["failed", "partial"]);
  });

  it("by the loss of its lock fails, and writes its record over another connection", async () => {
    const db = await database();
    const folder = await project({ meltano: `console.log('loading'); ${forever}`, funnelfox: "" });
    const { outcome } = await rehearse({
      url: db.url,
      project: folder,
      onLine: (line) => {
        if (line.includes("loading"))
          void db.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'reluvia pipeline ________-%'",
          );
      },
    });
    expect(outcome).toMatchObject({
      status: "failed",
      exitCode: 1,
      reason: expect.stringContaining("run's lock was lost"),
    });
    expect(await db.rows(runsSql)).toMatchObject([
      { status: "failed", reason: expect.stringContaining("run's lock was lost") },
    ]);
  });
});

describe("runs that meet", () => {
  it("leave the second one out, which says who is at work", async () => {
    const db = await database();
    const folder = await project({ meltano: `console.log('loading'); ${forever}`, funnelfox: "" });
    const stop = new AbortController();
    let loading = false;
    const first = rehearse({
      url: db.url,
      project: folder,
      deps: { stop: stop.signal, newRunId: () => "first" },
      onLine: (line) => {
        loading ||= line.includes("loading");
      },
    });
    await eventually(() => loading || undefined);
    const second = await rehearse({ url: db.url, project: folder });
    expect(second.outcome).toMatchObject({
      status: "skipped",
      exitCode: 0,
      holder: { runId: "first", dyno: "scheduler.1" },
    });
    stop.abort({ kind: "signal", signal: "SIGINT" } satisfies StopReason);
    expect((await first).outcome.exitCode).toBe(130);
    expect(await db.rows("select run_id from pipeline.runs")).toEqual([{ run_id: "first" }]);
  });

  it("find a dead one crashed", async () => {
    const db = await database();
    await rehearse({ url: db.url, project: await project() });
    await db.rows(
      "insert into pipeline.runs (run_id, dyno, heartbeat_at) values ('dead', 'run.9', now() - interval '1 hour')",
    );
    await db.rows("insert into pipeline.steps (run_id, step) values ('dead', 'meltano')");
    const { outcome, told } = await rehearse({ url: db.url, project: await project() });
    expect(outcome.status).toBe("succeeded");
    expect(told.join("\n")).toContain("Run dead on run.9 ended without a word in meltano.");
    expect(await db.rows("select status from pipeline.runs where run_id = 'dead'")).toEqual([{ status: "crashed" }]);
  });
});

describe("a database that has had enough", () => {
  it("at its limit takes money and no events", async () => {
    const db = await database();
    const folder = await project({ meltano: "appendFileSync(LOG, args.join(' '));" });
    const { outcome } = await rehearse({ url: db.url, project: folder, env: { PIPELINE_STORAGE_LIMIT: "1MB" } });
    expect(outcome).toMatchObject({ status: "succeeded", notices: [expect.stringContaining("events pause")] });
    expect(await readFile(folder.log, "utf8")).toMatch(/ tap-stripe target-postgres$/);
    const only = await rehearse({
      url: db.url,
      project: folder,
      options: { only: ["amplitude"] },
      env: { PIPELINE_STORAGE_LIMIT: "1MB" },
    });
    expect(only.outcome).toMatchObject({ status: "succeeded", steps: [{ step: "meltano", status: "skipped" }] });
  });

  it("restricted by Heroku is named, though nothing can be recorded", async () => {
    const db = await database();
    const folder = await project();
    await rehearse({ url: db.url, project: folder });
    await db.rows("revoke insert, update on all tables in schema pipeline from current_user");
    const { outcome } = await rehearse({ url: db.url, project: folder });
    expect(outcome).toMatchObject({
      status: "failed",
      exitCode: 1,
      reason: expect.stringContaining("Heroku has restricted the database"),
    });
  });

  it("gone says where it was looked for", async () => {
    const { outcome } = await rehearse({ url: "postgres://u:p@127.0.0.1:1/d", project: await project() });
    expect(outcome).toMatchObject({
      status: "failed",
      exitCode: 3,
      reason: expect.stringContaining("127.0.0.1:1/d cannot be reached"),
    });
  });
});

describe("a stop that meets a child that hears nothing", () => {
  it("is over in less than 25 seconds", async () => {
    const db = await database();
    const stop = new AbortController();
    const folder = await project({ meltano: `console.log('loading'); ${deaf}`, funnelfox: "" });
    let at = 0;
    const { outcome } = await rehearse({
      url: db.url,
      project: folder,
      deps: { stop: stop.signal },
      onLine: (line) => {
        if (!line.includes("loading")) return;
        at = Date.now();
        stop.abort({ kind: "signal", signal: "SIGTERM" } satisfies StopReason);
      },
    });
    expect(outcome.exitCode).toBe(143);
    expect(Date.now() - at).toBeLessThan(25_000);
  });
});
