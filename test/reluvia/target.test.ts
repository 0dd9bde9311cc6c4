// The loader's own tests, which are Python's, on a real PostgreSQL.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPostgres, type Postgres } from "../../sandbox/postgres/index.js";
import { ExpectedError } from "../../scripts/common/errors.js";
import { ensurePython } from "../../scripts/python/ensure.js";

const root = process.cwd();
const tests = join(root, "reluvia", "tests");

const suites: readonly (readonly [what: string, file: string])[] = [
  ["keeps every value in the column that fits it", "test_target_values.py"],
  ["writes new and changed rows and leaves equal ones alone", "test_target_rows.py"],
  ["passes the SDK's standard tests of a target", "test_target_standard.py"],
  ["emits only states whose rows are there", "test_target_state.py"],
  ["leaves a warehouse that the next run goes on with, however it ends", "test_target_ends.py"],
];

let folder: string;
let postgres: Postgres;
let url: string;
let python: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "target-test-"));
  await chmod(folder, 0o755);
  try {
    python = (await ensurePython({ root, env: process.env, report: console.warn, development: true })).python;
  } catch (error) {
    // Without a package registry there is no Python environment; in CI that is a failure.
    if (process.env.CI === "true" || !(error instanceof ExpectedError) || error.kind !== "unreachable") throw error;
    console.warn(`SKIPPED: the loader's tests need Python packages. ${error.message}`);
    return;
  }
  postgres = await openPostgres({ dataDir: join(folder, "postgres") });
  url = (await postgres.createDatabase()).url;
}, 600_000);

afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** pytest on one file; ended with this test's signal. */
function pytest(
  interpreter: string,
  file: string,
  signal: AbortSignal,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(interpreter, ["-m", "pytest", "-q", "-p", "no:cacheprovider", join(tests, file)], {
    cwd: root,
    env: { ...process.env, PYTHONPATH: join(root, "reluvia", "plugins"), TEST_DATABASE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

it("finds the loader's tests", async () => {
  const found = (await readdir(tests)).filter((name) => /^test_target_.*\.py$/.test(name)).sort();
  expect(found).toEqual(suites.map(([, file]) => file).sort());
});

it.each(suites)(
  "%s",
  async (_, file) => {
    if (python === undefined) return;
    const { code, text } = await pytest(python, file, AbortSignal.timeout(170_000));
    expect(code, text).toBe(0);
    expect(text).toMatch(/\d+ passed/);
  },
  180_000,
);
