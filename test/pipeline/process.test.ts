// The command itself as a process: its last line, its exit code, signals, kills, and what is left afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { built, root } from "../support/built.js";
import { alive, forever } from "./children.js";
import { eventually, postgresForTests } from "./database.js";
import { keys, makeProject, type Project, type Scripts } from "./rehearsal.js";

const { database } = postgresForTests();
beforeAll(built);
const projects: { remove(): Promise<void> }[] = [];
const processes: ChildProcess[] = [];
afterEach(async () => {
  for (const one of processes.splice(0)) one.kill("SIGKILL");
  await Promise.all(projects.splice(0).map((project) => project.remove()));
});

async function project(scripts: Scripts = {}): Promise<Project> {
  const made = await makeProject(scripts);
  projects.push(made);
  return made;
}

interface Command {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** The command over a folder that stands in for the project. */
function pipeline(url: string, { root: folder, bin }: Project, args: readonly string[] = []): Command {
  const script = `
    import { pipelineMain } from ${JSON.stringify(`${root}/dist/scripts/pipeline/main.js`)};
    process.exitCode = await pipelineMain(${JSON.stringify(args)}, { root: ${JSON.stringify(folder)}, python: async () => ${JSON.stringify(bin)} });`;
  return run(["--input-type=module", "-e", script], { DATABASE_URL: url, ...keys });
}

function run(argv: readonly string[], env: Readonly<Record<string, string>>): Command {
  const child = spawn(process.execPath, [...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  processes.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += String(text);
  });
  child.stderr.on("data", (text) => {
    stderr += String(text);
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Writes its process id where the test finds it, and stays. */
const stays = (name: string) => `appendFileSync(LOG, '${name} ' + process.pid + '\\n'); ${forever}`;

async function pidsOf({ log }: Project, count: number): Promise<number[]> {
  return eventually(async () => {
    const lines = (await readFile(log, "utf8").catch(() => "")).trim().split("\n");
    return lines.length >= count && lines[0] !== "" ? lines.map((line) => Number(line.split(" ")[1])) : undefined;
  });
}

describe("the command", () => {
  it("ends a good run with one line on stdout and exit code 0", async () => {
    const { url } = await database();
    const { code, stdout, stderr } = await pipeline(url, await project()).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PIPELINE_OK rows=25 seconds=[\d.]+ run_id=[\w-]{36}\n$/);
    expect(stderr).not.toContain("PIPELINE_");
  });

  it("ends a failed one with its reason as the last line and the child's exit code", async () => {
    const { url } = await database();
    const folder = await project({
      funnelfox: "say({ event: 'failure', text: 'FunnelFox refused the key (401)' }); process.exitCode = 9;",
    });
    const { code, stdout } = await pipeline(url, folder).ended;
    expect([code, stdout]).toEqual([
      9,
      "PIPELINE_FAILED: FunnelFox refused the key (401); see FunnelFox > Project settings > API\n",
    ]);
  });

  it("prints one document with --json, and its last line on stderr", async () => {
    const { url } = await database();
    const { code, stdout, stderr } = await pipeline(url, await project(), ["--json", "--only", "funnelfox"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      command: "pipeline",
      status: "succeeded",
      reason: null,
      rows: 5,
      steps: [{ step: "funnelfox", status: "succeeded", exitCode: 0, rows: 5, streams: { "funnelfox sessions": 5 } }],
    });
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^PIPELINE_OK /);
  });

  it("refuses what it does not know, also as a document, and touches nothing", async () => {
    const { code, stdout } = await run([`${root}/dist/scripts/pipeline.js`, "--onyl"], {}).ended;
    expect(code).toBe(64);
    expect(stdout).toMatch(/^PIPELINE_FAILED: There is a flag/);
    const asked = await run([`${root}/dist/scripts/pipeline.js`, "--json"], {}).ended;
    expect(asked.code).toBe(64);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("DATABASE_URL"),
    });
    const help = await run([`${root}/dist/scripts/pipeline.js`, "--help"], {}).ended;
    expect([help.code, help.stdout.split("\n")[0]]).toEqual([0, "Usage: npm run pipeline -- [flags]"]);
  });

  it("holds one connection of its own while children run, and little memory", async () => {
    const db = await database();
    const folder = await project({ meltano: stays("meltano"), funnelfox: "" });
    const command = pipeline(db.url, folder);
    await pidsOf(folder, 1);
    const own = await db.rows(
      "select count(*)::int as n from pg_stat_activity where application_name like 'reluvia pipeline%'",
    );
    expect(own).toEqual([{ n: 1 }]);
    const maps = await readFile(`/proc/${command.process.pid}/status`, "utf8").catch(() => "VmRSS: 0 kB");
    expect(Number(/VmRSS:\s+(\d+)/.exec(maps)?.[1])).toBeLessThan(110_000);
    command.process.kill("SIGTERM");
    await command.ended;
  });
});

describe("signals", () => {
  it("are handled once however often they come: children end, the record is written, one last line", async () => {
    const db = await database();
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 1500)); ${stays("meltano")}`;
    const folder = await project({ meltano: slow, funnelfox: stays("funnelfox") });
    const command = pipeline(db.url, folder);
    const pids = await pidsOf(folder, 2);
    for (let n = 0; n < 5; n += 1) {
      command.process.kill(n % 2 ? "SIGINT" : "SIGTERM");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { code, stdout } = await command.ended;
    expect(code).toBe(143);
    expect(stdout.match(/PIPELINE_/g)).toHaveLength(1);
    expect(stdout).toMatch(/^PIPELINE_FAILED: Stopped by SIGTERM/);
    expect(pids.map(alive)).toEqual([false, false]);
    expect(await db.rows("select status from pipeline.runs")).toEqual([{ status: "failed" }]);
    expect(
      await db.rows("select count(*)::int as n from pg_stat_activity where application_name like 'reluvia pipeline%'"),
    ).toEqual([{ n: 0 }]);
  });

  it("of Ctrl-C end it with 130", async () => {
    const { url } = await database();
    const folder = await project({ meltano: stays("meltano"), funnelfox: "" });
    const command = pipeline(url, folder);
    await pidsOf(folder, 1);
    command.process.kill("SIGINT");
    expect((await command.ended).code).toBe(130);
  });
});

describe("kills", () => {
  it("of the run leave no child, and the next run finds it crashed and does the work", async () => {
    const db = await database();
    const folder = await project({ meltano: stays("meltano"), funnelfox: stays("funnelfox") });
    const command = pipeline(db.url, folder);
    const pids = await pidsOf(folder, 2);
    command.process.kill("SIGKILL");
    await command.ended;
    await eventually(() => (pids.some(alive) ? undefined : true));
    const { code, stderr } = await pipeline(db.url, await project()).ended;
    expect(code).toBe(0);
    expect(stderr).toContain("ended without a word in funnelfox and meltano");
    expect(await db.rows("select status from pipeline.runs order by started_at")).toEqual([
      { status: "crashed" },
      { status: "succeeded" },
    ]);
  });

  it.each(["meltano", "funnelfox"])("of %s fail the run with a reason, and stop the other", async (name) => {
    const { url } = await database();
    const folder = await project({ meltano: stays("meltano"), funnelfox: stays("funnelfox") });
    const command = pipeline(url, folder);
    const pids = await pidsOf(folder, 2);
    const lines = (await readFile(folder.log, "utf8")).trim().split("\n");
    process.kill(Number(lines.find((line) => line.startsWith(name))?.split(" ")[1]), "SIGKILL");
    const { code, stdout } = await command.ended;
    expect(code).toBe(137);
    expect(stdout).toMatch(/^PIPELINE_FAILED: .*was killed, most often for want of memory/);
    expect(pids.map(alive)).toEqual([false, false]);
  });

  it("of dbt fail the run, since there are no results", async () => {
    const { url } = await database();
    const folder = await project({ dbt: stays("dbt") });
    const command = pipeline(url, folder);
    const [pid = 0] = await pidsOf(folder, 1);
    process.kill(pid, "SIGKILL");
    const { code, stdout } = await command.ended;
    expect([code, stdout.startsWith("PIPELINE_FAILED: dbt: was killed")]).toEqual([137, true]);
  });

  it("of the database's session in the middle are named", async () => {
    const db = await database();
    const folder = await project({ meltano: stays("meltano"), funnelfox: "" });
    const command = pipeline(db.url, folder);
    await pidsOf(folder, 1);
    await db.rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'reluvia pipeline%'",
    );
    const { code, stdout } = await command.ended;
    expect([code, stdout.startsWith("PIPELINE_FAILED: The connection that holds the run's lock was lost")]).toEqual([
      1,
      true,
    ]);
  });
});
