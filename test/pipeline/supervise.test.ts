// Children side by side: real processes, their signals, failures, time-outs and leftovers.
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { realSleep } from "../../scripts/common/retry.js";
import { startChild } from "../../scripts/pipeline/child.js";
import { type Job, type SuperviseDeps, supervise } from "../../scripts/pipeline/supervise.js";
import type { StopReason } from "../../scripts/pipeline/types.js";
import { built, root } from "../support/built.js";
import { alive, deaf, fastClock, forever, job } from "./children.js";
import { eventually } from "./database.js";

interface Told {
  readonly lines: string[];
  readonly pids: Record<string, number>;
}

function run(jobs: readonly Job[], deps: Partial<SuperviseDeps> = {}) {
  const told: Told = { lines: [], pids: {} };
  const done = supervise(jobs, {
    now: Date.now,
    sleep: realSleep,
    stop: new AbortController().signal,
    onLine: (name, line) => told.lines.push(`${name}: ${line}`),
    onStart: (name, pid) => {
      if (pid !== undefined) told.pids[name] = pid;
    },
    ...deps,
  });
  return { done, told };
}

const stopReason: StopReason = { kind: "signal", signal: "SIGTERM" };

describe("children that do well", () => {
  it("run at the same time and are all waited for", async () => {
    const { done, told } = run([
      job("a", "setTimeout(() => console.log('a ends'), 200)"),
      job("b", "console.error('b é ✓ says'); setTimeout(() => {}, 100)"),
    ]);
    const { ended, firstFailure, stopped } = await done;
    expect(ended.map(({ name, outcome, exitCode }) => [name, outcome, exitCode])).toEqual([
      ["b", "succeeded", 0],
      ["a", "succeeded", 0],
    ]);
    expect([firstFailure, stopped]).toEqual([undefined, undefined]);
    expect(told.lines.sort()).toEqual(["a: a ends", "b: b é ✓ says"]);
    const [b, a] = ended;
    expect(a && b && a.startedAt < b.finishedAt).toBe(true);
  });

  it("have all that they said read, also what came just before the end", async () => {
    const { done, told } = run([job("a", "for (let n = 0; n < 20000; n++) console.log(n)")]);
    await done;
    expect(told.lines).toHaveLength(20_000);
    expect(told.lines.at(-1)).toBe("a: 19999");
  });
});

describe("a child that fails", () => {
  it("stops its sibling, which is not blamed, and its exit code counts", async () => {
    const { done, told } = run([job("a", "setTimeout(() => process.exit(7), 300)"), job("b", forever)]);
    const { ended, firstFailure } = await done;
    expect(firstFailure).toMatchObject({ name: "a", outcome: "failed", cause: "exit", exitCode: 7 });
    expect(ended.at(-1)).toMatchObject({ name: "b", outcome: "stopped", signal: "SIGTERM", exitCode: 143 });
    expect(alive(told.pids.b ?? 0)).toBe(false);
  });

  it("lets a sibling end in order within its grace", async () => {
    const orderly = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); ${forever}`;
    const { done, told } = run([job("a", "setTimeout(() => process.exit(1), 300)"), job("b", orderly)]);
    expect((await done).ended.at(-1)).toMatchObject({ name: "b", outcome: "succeeded", exitCode: 0 });
    expect(told.lines).toContain("b: bye");
  });

  it("has a sibling that hears nothing killed, in less than 25 seconds in all", async () => {
    const clock = fastClock(20);
    const { done, told } = run([job("a", "setTimeout(() => process.exit(1), 300)"), job("b", deaf)], clock);
    const { ended } = await done;
    expect(ended.at(-1)).toMatchObject({ name: "b", outcome: "stopped", signal: "SIGKILL", exitCode: 137 });
    const [a, b] = ended;
    const took = (b?.finishedAt ?? 0) - (a?.finishedAt ?? 0);
    expect(took).toBeGreaterThanOrEqual(9_000);
    expect(took).toBeLessThan(25_000);
    expect(alive(told.pids.b ?? 0)).toBe(false);
  });

  it("takes its own children with it, also those that hear nothing", async () => {
    const parent = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(`console.log('ready'); ${deaf}`)}], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.once('data', () => { console.log('grandchild ' + child.pid); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50) });
      ${forever}`;
    const { done, told } = run([job("a", parent)]);
    const { firstFailure } = await done;
    expect(firstFailure).toMatchObject({ signal: "SIGKILL", exitCode: 137 });
    const grandchild = Number(/grandchild (\d+)/.exec(told.lines.join("\n"))?.[1]);
    expect(grandchild).toBeGreaterThan(0);
    await eventually(() => (alive(grandchild) ? undefined : true), 1_000);
  });

  it("may not exist", async () => {
    const { done } = run([job("a", "", { command: "/no/such/program" }), job("b", forever)]);
    const { firstFailure, ended } = await done;
    expect(firstFailure).toMatchObject({ name: "a", cause: "spawn", exitCode: 127, spawnError: "ENOENT" });
    expect(ended).toHaveLength(2);
  });
});

describe("a child that takes too long", () => {
  it("fails by its time-out, and its sibling is stopped", async () => {
    const clock = fastClock(200);
    const { done } = run([job("a", forever, { timeoutMs: 60_000 }), job("b", forever)], clock);
    const { firstFailure, ended } = await done;
    expect(firstFailure).toMatchObject({ name: "a", outcome: "failed", cause: "timeout", exitCode: 124 });
    expect(ended.find(({ name }) => name === "b")).toMatchObject({ outcome: "stopped" });
  });

  it("fails by its silence, which every line ends", async () => {
    const clock = fastClock(100);
    const talks = "let n = 0; const t = setInterval(() => { console.log('.'); if (++n === 12) clearInterval(t) }, 100)";
    const { done } = run(
      [job("a", `${talks}; ${forever}`, { silenceMs: 60_000 }), job("b", `${talks}`, { silenceMs: 60_000 })],
      clock,
    );
    const { firstFailure, ended } = await done;
    expect(firstFailure).toMatchObject({ name: "a", cause: "silence" });
    expect(ended.find(({ name }) => name === "b")).toMatchObject({ outcome: "succeeded" });
  });
});

describe("a run that is told to stop", () => {
  it("stops all, blames none, and says why", async () => {
    const stop = new AbortController();
    const { done, told } = run([job("a", forever), job("b", forever)], { stop: stop.signal });
    await eventually(() => (Object.keys(told.pids).length === 2 ? true : undefined));
    stop.abort(stopReason);
    const { ended, firstFailure, stopped } = await done;
    expect(stopped).toEqual(stopReason);
    expect(firstFailure).toBeUndefined();
    expect(ended.map(({ outcome }) => outcome)).toEqual(["stopped", "stopped"]);
  });

  it("starts nothing when it is told before", async () => {
    const { done, told } = run([job("a", forever)], { stop: AbortSignal.abort(stopReason) });
    expect(await done).toEqual({ ended: [], firstFailure: undefined, stopped: stopReason });
    expect(told.pids).toEqual({});
  });

  it("keeps the failure that came first as the cause", async () => {
    const stop = new AbortController();
    const { done } = run([job("a", "process.exit(3)"), job("b", deaf)], {
      ...fastClock(20),
      stop: stop.signal,
      onEnd: () => stop.abort(stopReason),
    });
    expect(await done).toMatchObject({ firstFailure: { name: "a", exitCode: 3 }, stopped: undefined });
  });
});

describe("a child whose run is killed", () => {
  it("ends too, with everything that it started", async () => {
    await built();
    const script = `
      import { startChild } from ${JSON.stringify(`${root}/dist/scripts/pipeline/child.js`)};
      const child = startChild(
        { name: 'a', command: process.execPath, args: ['-e', ${JSON.stringify(forever)}], env: {}, cwd: '/' },
        { sleep: async () => {}, onLine: () => {} },
      );
      console.log(child.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
    expect(alive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await eventually(() => (alive(pid) ? undefined : true));
  });

  it("leaves no guard behind when it ends by itself", async () => {
    const child = startChild(
      { ...job("a", "setTimeout(() => {}, 100)") },
      { sleep: realSleep, onLine: () => undefined },
    );
    await child.exited;
    const guards = await guardsOf(child.pid ?? 0);
    expect(guards).toEqual([]);
  });
});

async function guardsOf(group: number): Promise<string[]> {
  const ps = spawn("ps", ["-eo", "args"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const piece of ps.stdout) text += String(piece);
  return text.split("\n").filter((line) => line.includes("pipeline-guard") && line.trim().endsWith(` ${group}`));
}
