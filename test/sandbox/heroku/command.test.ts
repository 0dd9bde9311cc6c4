// `npm run sandbox` as a process of its own: runs when the project has been built, as `npm test` does first.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../../../dist/sandbox/cli.js", import.meta.url));
const isBuilt = existsSync(program);
const why = isBuilt ? "" : " (skipped: run npm run build first)";

describe.skipIf(!isBuilt)(`the command${why}`, () => {
  let cwd: string;
  const run = (...args: string[]) => execa("node", [program, ...args], { cwd, reject: false, timeout: 60_000 });
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "sandbox-command-"));
  });
  afterEach(async () => {
    await run("reset");
    rmSync(cwd, { recursive: true, force: true });
  });

  async function served(): Promise<{ url: string; pid: number }> {
    const file = join(cwd, ".sandbox", "server.json");
    for (let n = 0; n < 200; n += 1) {
      const entry = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
      if (typeof entry.url === "string") return entry;
      await sleep(50);
    }
    throw new Error("The sandbox did not start within 10 s.");
  }

  test(`serves until it is told to end, and is found by a second one${why}`, async () => {
    const serving = run();
    const { url, pid } = await served();
    const second = await run();
    expect([second.exitCode, second.stdout.includes(`export HEROKU_HOST='${url}'`)]).toEqual([0, true]);
    process.kill(pid, "SIGTERM");
    const first = await serving;
    expect([first.exitCode, first.stdout]).toEqual([0, second.stdout]);
    await expect(fetch(url)).rejects.toThrow();
    expect(existsSync(join(cwd, ".sandbox", "server.json"))).toBe(false);
  });

  test(`brings its world back after it was killed, and forgets it on reset${why}`, async () => {
    const serving = run();
    const { url, pid } = await served();
    const state = async () => (await fetch(`${url}/_sandbox/state`)).text();
    const { token } = JSON.parse(await state());
    process.kill(pid, "SIGKILL");
    await serving;
    const again = run();
    for (let n = 0; n < 200 && (await served()).pid === pid; n += 1) await sleep(50);
    expect((await served()).url).toBe(url);
    expect(JSON.parse(await state()).token).toBe(token);
    expect((await run("reset")).exitCode).toBe(0);
    expect((await again).exitCode).toBe(0);
    expect(existsSync(join(cwd, ".sandbox"))).toBe(false);
  });

  test(`says what it knows when asked for something else${why}`, async () => {
    const wrong = await run("start");
    expect([wrong.exitCode, wrong.stdout, wrong.stderr.includes("Usage:")]).toEqual([64, "", true]);
    expect((await run("--help")).exitCode).toBe(0);
    expect((await run("stop")).stderr).toContain("No sandbox of this folder is running.");
  });
});
