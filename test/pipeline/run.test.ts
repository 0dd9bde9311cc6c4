// Whole runs: real processes in the places of Meltano, FunnelFox and dbt, over a real Postgres.
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { fastClock, forever } from "./children.js";
import { postgresForTests } from "./database.js";
import { keys, makeProject, type Project, rehearse, type Scripts } from "./rehearsal.js";

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

describe("a good night", () => {
  it("loads side by side, builds after both, and is recorded with its rows", async () => {
    const db = await database();
    const order = (name: string) =>
      `appendFileSync(LOG, '${name} begins\\n'); setTimeout(() => appendFileSync(LOG, '${name} ends\\n'), 400);`;
    const folder = await project({
      meltano: `${order("meltano")} block('tap-stripe'); plugin('tap-stripe', { event: 'progress', stream: 'charges', rows: 10 });`,
      funnelfox: `${order("funnelfox")} progress('sessions', 5);`,
      dbt: `appendFileSync(LOG, 'dbt begins ' + args.join(' ') + '\\n'); results();`,
    });
    const { outcome, told } = await rehearse({ url: db.url, project: folder });
    expect(outcome).toMatchObject({ status: "succeeded", exitCode: 0, rows: 15, reason: undefined });
    const log = (await readFile(folder.log, "utf8")).trim().split("\n");
    expect(log.slice(0, 2).sort()).toEqual(["funnelfox begins", "meltano begins"]);
    expect(log.slice(2, 4).sort()).toEqual(["funnelfox ends", "meltano ends"]);
    expect(log[4]).toBe("dbt begins build");
    expect(await db.rows(runsSql)).toEqual([{ status: "succeeded", reason: null, rows: 15, dyno: "scheduler.1" }]);
    expect(await db.rows("select step, status, exit_code, rows::int from pipeline.steps order by step")).toEqual([
      { step: "dbt", status: "succeeded", exit_code: 0, rows: 4 },
      { step: "funnelfox", status: "succeeded", exit_code: 0, rows: 5 },
      { step: "meltano", status: "succeeded", exit_code: 0, rows: 10 },
    ]);
    expect(told.filter((line) => /^event=step_started step=dbt pid=\d+$/.test(line))).toHaveLength(1);
    expect(told.every((line) => /^event=|^\w+(\/[\w-]+)? \| /.test(line))).toBe(true);
  });

  it("gives each child its own secrets, the run's id, and nobody's else", async () => {
    const db = await database();
    const dump = "appendFileSync(LOG, JSON.stringify({ name: process.argv[1], ...process.env }) + '\\n');";
    const folder = await project({ meltano: dump, funnelfox: dump, dbt: `${dump} results();` });
    const { outcome } = await rehearse({ url: db.url, project: folder, env: { SLACK_WEBHOOK_URL: "" } });
    const envs = (await readFile(folder.log, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [fox, meltano, dbt] = ["funnelfox.js", "meltano", "dbt"].map((name) =>
      envs.find((env) => env.name.endsWith(name)),
    );
    expect(outcome.status === "succeeded" && outcome.runId).toBe(fox.PIPELINE_RUN_ID);
    expect([fox.FUNNELFOX_API_KEY, fox.TAP_STRIPE_API_KEY, fox.DBT_HOST]).toEqual([
      keys.FUNNELFOX_API_KEY,
      undefined,
      undefined,
    ]);
    expect([meltano.TAP_STRIPE_API_KEY, meltano.FUNNELFOX_API_KEY, meltano.DATABASE_URL]).toEqual([
      keys.TAP_STRIPE_API_KEY,
      undefined,
      undefined,
    ]);
    expect(meltano.MELTANO_CLI_LOG_FORMAT).toBe("json");
    expect(meltano.PATH.startsWith(folder.bin)).toBe(true);
    expect([dbt.DBT_HOST, dbt.FUNNELFOX_API_KEY]).toEqual(["127.0.0.1", undefined]);
  });

  it.each([
    [{ only: ["stripe"] as const }, ["meltano --environment prod run --force tap-stripe target-postgres"]],
    [
      { only: ["amplitude", "dbt"] as const },
      ["meltano --environment prod run --force tap-amplitude target-postgres", "dbt build"],
    ],
    [{ only: ["funnelfox"] as const, since: "2026-01-31" }, ["funnelfox --since 2026-01-31"]],
    [
      { only: ["stripe", "dbt"] as const, fullRefresh: true },
      ["meltano --environment prod run --force --full-refresh tap-stripe target-postgres", "dbt build --full-refresh"],
    ],
    [
      { only: ["stripe"] as const, since: "2026-01-31" },
      ["meltano --environment prod run --force --full-refresh tap-stripe target-postgres 2026-01-31"],
    ],
  ])("does only what it is asked for: %j", async (options, expected) => {
    const db = await database();
    const note = (name: string, more = "") =>
      `appendFileSync(LOG, ['${name}', ...args.filter((arg) => !arg.startsWith('--run-id='))${more}].filter(Boolean).join(' ') + '\\n');`;
    const folder = await project({
      meltano: note("meltano", ", process.env.TAP_STRIPE_START_DATE"),
      funnelfox: note("funnelfox"),
      dbt: `${note("dbt")} results();`,
    });
    expect((await rehearse({ url: db.url, project: folder, options })).outcome.status).toBe("succeeded");
    expect((await readFile(folder.log, "utf8")).trim().split("\n")).toEqual(expected);
  });
});

describe("a night that fails", () => {
  it("in Stripe stops FunnelFox, builds nothing, and names source, key and page", async () => {
    const db = await database();
    const folder = await project({
      meltano: `block('tap-stripe'); plugin('tap-stripe', 'FatalAPIError: 401 Client Error: Unauthorized for path: /v1/charges');
        blockEnd({ success: false, exit_codes: { extractors: 1 } }); process.exitCode = 4;`,
      funnelfox: `progress('sessions', 5); ${forever}`,
      dbt: "appendFileSync(LOG, 'dbt'); results();",
    });
    const { outcome } = await rehearse({ url: db.url, project: folder });
    const reason =
      "Stripe refused the key (401 at /v1/charges): check TAP_STRIPE_API_KEY, from https://dashboard.stripe.com/apikeys";
    expect(outcome).toMatchObject({ status: "failed", exitCode: 4, reason });
    expect(await db.rows(runsSql)).toMatchObject([{ status: "failed", reason }]);
    expect(await db.rows("select step, status, exit_code from pipeline.steps order by step")).toEqual([
      { step: "dbt", status: "skipped", exit_code: null },
      { step: "funnelfox", status: "stopped", exit_code: 143 },
      { step: "meltano", status: "failed", exit_code: 4 },
    ]);
  });

  it("in dbt names the tests, even when dbt itself says that all is well", async () => {
    const db = await database();
    const folder = await project({
      dbt: "results([{ unique_id: 'test.reluvia.unique_charges.1a', status: 'fail', failures: 2 }]);",
    });
    expect((await rehearse({ url: db.url, project: folder })).outcome).toMatchObject({
      status: "failed",
      exitCode: 1,
      reason: "dbt: test unique_charges failed (2 rows)",
    });
    expect(
      await db.rows("select status, detail -> 'failures' as failures from pipeline.steps where step = 'dbt'"),
    ).toEqual([{ status: "failed", failures: [{ kind: "test", name: "unique_charges", status: "fail" }] }]);
  });

  it.each([
    ["", "dbt left no run_results.json"],
    ["results([], '2020-01-01T00:00:00Z');", "dbt left no new run_results.json: the one there is from 2020"],
  ])("when dbt leaves no fresh results", async (dbt, says) => {
    const db = await database();
    const folder = await project({ dbt });
    // What the run before left behind is no result of this one.
    await rehearse({ url: db.url, project: await project() });
    const { outcome } = await rehearse({ url: db.url, project: folder, options: { only: ["dbt"] } });
    expect(outcome).toMatchObject({ status: "failed", exitCode: 1, reason: expect.stringContaining(says) });
  });

  it("tries again what only a lock stood in the way of", async () => {
    const db = await database();
    const folder = await project({
      dbt: `appendFileSync(LOG, args[0] + '\\n');
        if (args[0] === 'build') { results([{ unique_id: 'model.reluvia.a', status: 'error', message: 'canceling statement due to lock timeout' }]); process.exitCode = 1; }
        else results();`,
    });
    const { outcome } = await rehearse({
      url: db.url,
      project: folder,
      options: { only: ["dbt"] },
      deps: { sleep: fastClock(100).sleep },
    });
    expect(outcome.status).toBe("succeeded");
    expect(await readFile(folder.log, "utf8")).toBe("build\nretry\n");
  });

  it("shows no secret, whoever writes it and however it is cut", async () => {
    const db = await database();
    const shout = Object.values(keys)
      .map(
        (key) =>
          `console.log('key=${key}!'); process.stderr.write('half ${key.slice(0, 9)}'); process.stderr.write('${key.slice(9)}\\n');`,
      )
      .join("");
    const password = new URL(db.url).password;
    const folder = await project({
      meltano: `${shout} console.log(${JSON.stringify(db.url)}); say({ event: 'notice', text: 'used ${password}' });`,
      funnelfox: `say({ event: 'failure', text: 'refused ${keys.FUNNELFOX_API_KEY}' }); process.exitCode = 1;`,
    });
    const { outcome, told } = await rehearse({ url: db.url, project: folder });
    const all = JSON.stringify([
      outcome,
      told,
      await db.rows("select * from pipeline.runs"),
      await db.rows("select * from pipeline.steps"),
    ]);
    for (const secret of [...Object.values(keys), password]) expect(all).not.toContain(secret);
    expect(outcome).toMatchObject({ reason: "FunnelFox: refused •••" });
  });
});

describe("what is missing", () => {
  it("is named before anything is touched, all at once", async () => {
    const folder = await project();
    const run = (env: Record<string, string | undefined>, url = "postgres://u:p@127.0.0.1:1/d") =>
      rehearse({ url, project: folder, env });
    await expect(run({ TAP_STRIPE_API_KEY: "", FUNNELFOX_API_KEY: undefined })).rejects.toThrow(
      "TAP_STRIPE_API_KEY, FUNNELFOX_API_KEY are not set",
    );
    await expect(run({ DATABASE_URL: "" })).rejects.toThrow("DATABASE_URL is not set");
    await expect(run({ PIPELINE_EVENTS_DAYS: "x" })).rejects.toThrow("PIPELINE_EVENTS_DAYS");
  });
});

describe("Slack", () => {
  it("hears of a failure and of the recovery, not of every night, and never stops a run", async () => {
    const db = await database();
    const sent: string[] = [];
    let status = 200;
    const fetch = (async (_: unknown, init: RequestInit) => {
      sent.push((JSON.parse(String(init.body)) as { text: string }).text);
      if (status === 0) throw new TypeError("fetch failed");
      return new Response("ok", { status });
    }) as unknown as typeof globalThis.fetch;
    const good = await project();
    const bad = await project({ funnelfox: "process.exitCode = 2;" });
    const night = async (folder: Project) => {
      sent.length = 0;
      const env = { SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T0/B0/secretsecret" };
      const { outcome, told } = await rehearse({ url: db.url, project: folder, env, deps: { fetch } });
      return { code: outcome.exitCode, sent: [...sent], told: told.join("\n") };
    };
    expect(await night(good)).toMatchObject({ code: 0, sent: [] });
    expect(await night(bad)).toMatchObject({
      code: 2,
      sent: [":red_circle: reluvia-dwh: the pipeline failed. FunnelFox ended with exit code 2 without saying why."],
    });
    status = 500;
    const deafSlack = await night(bad);
    expect(deafSlack).toMatchObject({ code: 2, told: expect.stringContaining("Slack answered 500") });
    status = 0;
    expect((await night(good)).sent[0]).toContain("well again");
    status = 200;
    expect(await night(good)).toMatchObject({ code: 0, sent: [] });
    expect(deafSlack.told).not.toContain("secretsecret");
  });
});
