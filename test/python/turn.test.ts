// Two at once: one works, the other waits; the dead hold nothing.
import { spawnSync } from "node:child_process";
import { access, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realSleep } from "../../scripts/common/retry.js";
import { inTurn, type TurnOptions } from "../../scripts/python/turn.js";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "turn-"));
  path = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

const options = (more: Partial<TurnOptions> = {}): TurnOptions => ({
  sleep: (ms, signal) => realSleep(Math.min(ms, 2), signal),
  now: Date.now,
  deadlineMs: 5_000,
  ...more,
});

describe("taking turns", () => {
  it("never lets two work at the same time, however many come", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await realSleep(3);
      inside--;
      return inside;
    };
    await Promise.all(Array.from({ length: 8 }, () => inTurn(path, options(), work)));
    expect(most).toBe(1);
    await expect(access(path)).rejects.toThrow("ENOENT");
  });

  it("gives the turn back when the work fails", async () => {
    await expect(inTurn(path, options(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await inTurn(path, options(), async () => "next")).toBe("next");
  });

  it("takes over from a process of this machine that has ended", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(path, `${pid} ${hostname()} x\n`);
    expect(await inTurn(path, options(), async () => "mine")).toBe("mine");
  });

  it("takes over a lock that nobody has touched for a minute, whoever made it", async () => {
    await writeFile(path, `1 another-machine x\n`);
    const old = new Date(Date.now() - 61_000);
    await utimes(path, old, old);
    expect(await inTurn(path, options(), async () => "mine")).toBe("mine");
  });

  it("says who is at it, and after the deadline which file to remove", async () => {
    await writeFile(path, `${process.pid} ${hostname()} x\n`);
    const waited: number[] = [];
    let time = 0;
    const soon = options({
      deadlineMs: 1_000,
      now: () => time,
      sleep: async (ms) => {
        time += ms;
      },
      onWait: (pid) => waited.push(pid),
    });
    await expect(inTurn(path, soon, async () => "mine")).rejects.toMatchObject({ commands: [`rm ${path}`] });
    expect(waited).toEqual([process.pid]);
  });
});
