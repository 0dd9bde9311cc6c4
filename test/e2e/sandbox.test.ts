// `--sandbox`: a rehearsal in the folder's own .sandbox/, where neither `.env` nor the environment's keys count.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built } from "../support/built.js";
import { flat, plainEnv, runNode, wordsOf } from "../support/commands.js";
import { setupSchema, verifySchema } from "../support/documents.js";
import { commit, makeCheckout } from "../support/stack.js";

let folder: string;
let home: string;

beforeAll(async () => {
  await built();
  [folder, home] = await Promise.all([makeCheckout(), mkdtemp(join(tmpdir(), "home-"))]);
  await writeFile(join(folder, ".gitignore"), ".sandbox/\n.env\n");
  await commit(folder, "Keep the sandbox and the answers out of git");
});

afterAll(() => Promise.all([folder, home].map((path) => rm(path, { recursive: true, force: true }))));

/** Keys and hosts that would fail the run if anybody looked at them. */
const wrong = {
  HEROKU_API_KEY: "HRKU-00000000-0000-4000-8000-000000000000",
  HEROKU_HOST: "http://127.0.0.1:1",
  TAP_STRIPE_API_KEY: "pk_live_not_a_key_that_works",
  FUNNELFOX_API_KEY: "wrong",
  STRIPE_API_URL: "http://127.0.0.1:1",
};

const run = (command: "setup" | "verify", args: readonly string[], env: Record<string, string> = {}) =>
  runNode([...wordsOf(command), "--sandbox", ...args], { cwd: folder, env: { ...plainEnv(home), ...env } });

describe("setup and verify with --sandbox", () => {
  it("makes a stack without reading .env or the environment's keys", async () => {
    const dotenv = "HEROKU_API_KEY=wrong\nTAP_STRIPE_API_KEY=pk_live_wrong\nMETABASE_DYNO=nonsense\n";
    await writeFile(join(folder, ".env"), dotenv);
    const done = await run("setup", ["--yes"], wrong);
    expect(done.stderr).not.toMatch(/✖|bug/);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/^This speaks to the sandbox at http:\/\/127\.0\.0\.1:\d+, not to Heroku\.\n/);
    expect(done.stdout).toContain("Done: ");
    expect(done.stdout).toContain("npm run verify -- --sandbox");
    expect(await readFile(join(folder, ".env"), "utf8")).toBe(dotenv);
    expect((await stat(join(folder, ".sandbox"))).mode & 0o066).toBe(0);
    expect(await readdir(home)).toEqual([]);
  });

  it("finds the first command's world in the second one, and nothing to do", async () => {
    const again = await run("setup", ["--yes", "--json"], wrong);
    expect(again.code).toBe(0);
    expect(setupSchema.parse(JSON.parse(again.stdout))).toMatchObject({ status: "no_changes" });
  });

  it("is healthy, with a real database behind it", async () => {
    const looked = await run("verify", ["--json"], wrong);
    const { status, checks } = verifySchema.parse(JSON.parse(looked.stdout));
    expect(checks.filter(({ status }) => status === "fail" || status === "unknown")).toEqual([]);
    expect(checks.find(({ id }) => id === "database.reachable")).toMatchObject({ status: "ok" });
    expect(status).toBe("healthy");
    expect(looked.code).toBe(0);
  });

  it("names the command that goes on as a rehearsal", async () => {
    const asked = await run("setup", ["--metabase-dyno", "basic", "--pipeline-dyno", "basic", "--json"]);
    expect(asked.code).toBe(64);
    expect(setupSchema.parse(JSON.parse(asked.stdout)).next[0]?.command).toBe("npm run setup -- --yes --sandbox");
    const refused = await run("setup", ["--yes", "--max-monthly", "1", "--metabase-dyno", "basic"]);
    expect(refused.code).toBe(1);
    expect(flat(refused.stderr)).toContain("more than the $1.00");
  });
});
