// Small Node scripts as children, and how tests see whether a process still lives.
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Sleep } from "../../scripts/common/retry.js";
import type { Job } from "../../scripts/pipeline/supervise.js";

/** A job that runs JavaScript. */
export function job(name: string, script: string, more: Partial<Job> = {}): Job {
  return {
    name,
    command: process.execPath,
    args: ["-e", script],
    env: { PATH: process.env.PATH },
    cwd: "/",
    timeoutMs: Number.POSITIVE_INFINITY,
    silenceMs: Number.POSITIVE_INFINITY,
    ...more,
  };
}

/** A clock that runs so many times faster than the real one, and sleeps that keep to it. */
export function fastClock(times: number): { readonly now: () => number; readonly sleep: Sleep } {
  const begun = Date.now();
  return {
    now: () => begun + (Date.now() - begun) * times,
    sleep: async (ms, signal) => {
      await delay(Math.min(2 ** 31 - 1, ms / times), undefined, signal ? { signal } : {});
    },
  };
}

/** True while it runs; one that has ended and that nobody has asked about yet (a zombie) does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}

export const forever = "setInterval(() => {}, 1000);";
export const deaf = `process.on('SIGTERM', () => {}); ${forever}`;
