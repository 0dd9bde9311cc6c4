// Runs Python tests from vitest, in the environment of the locks, and shows pytest's own words when they fail.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExpectedError } from "../../scripts/common/errors.js";
import { run } from "../../scripts/python/child.js";
import { type EnsureOptions, ensurePython, type PythonEnvironment } from "../../scripts/python/ensure.js";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * The environment with what tests need, or undefined where the package registry cannot be reached: then tests that need
 * Python are skipped, with a line that cannot be overlooked. In CI that is a failure.
 * @throws ExpectedError for every other reason, and for this one when CI is "true"
 */
export async function pythonForTests(
  options: Pick<EnsureOptions, "folder" | "versions"> = {},
): Promise<PythonEnvironment | undefined> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    return await ensurePython({ root, env: withoutDyno(), report, development: true, ...options });
  } catch (error) {
    const isUnreachable = error instanceof ExpectedError && error.kind === "unreachable";
    if (!isUnreachable || process.env.CI === "true") throw error;
    report(`\n!!! TESTS THAT NEED PYTHON ARE SKIPPED: ${error.message} ${error.why ?? ""}\n`);
    return undefined;
  }
}

/**
 * Runs pytest on paths below the root, with the plugins on the path.
 * @returns its last line, such as "373 passed in 17.08s"
 * @throws Error with pytest's whole output when a test fails, none is found, or ten minutes have passed
 */
export async function runPytest(
  { python, bin }: PythonEnvironment,
  paths: readonly string[],
  options: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const args = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", ...(options.args ?? []), ...paths];
  const { code, problem, stdout, stderr } = await run(python, args, {
    cwd: root,
    env: {
      ...withoutDyno(),
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      PYTHONPATH: join(root, "reluvia", "plugins"),
      PYTHONDONTWRITEBYTECODE: "1",
      ...options.env,
    },
    timeoutMs: 600_000,
  });
  if (code !== 0) throw new Error(`pytest ${problem ?? `ended with ${code}`}\n${stdout}\n${stderr}`);
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

function withoutDyno(): NodeJS.ProcessEnv {
  const { DYNO: _dyno, ...env } = process.env;
  return env;
}
