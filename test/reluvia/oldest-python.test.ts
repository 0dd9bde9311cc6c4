// The oldest Python that the lock is made for: everything installs there, starts, and reads.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { run } from "../../scripts/python/child.js";
import { findPython, supportedVersions } from "../../scripts/python/find.js";
import { pythonForTests, root, runPytest } from "./pytest.js";

const oldest = supportedVersions[supportedVersions.length - 1] as string;
const isThere = await findPython({ env: process.env, run, versions: [oldest] }).then(
  () => true,
  (error: unknown) => {
    if (!(error instanceof ExpectedError)) throw error;
    process.stderr.write(`\n!!! PYTHON ${oldest} IS NOT TESTED: ${error.message}\n`);
    return false;
  },
);

describe.skipIf(!isThere)(`Python ${oldest}`, () => {
  it("takes the whole lock, starts Meltano, dbt, taps and loader, and reads an export", {
    timeout: 600_000,
  }, async () => {
    const folder = join(root, "node_modules", ".cache", `python-${oldest}`);
    const python = await pythonForTests({ folder, versions: [oldest] });
    if (!python) return;
    const env = {
      ...process.env,
      PYTHONPATH: join(root, "reluvia", "plugins"),
      PATH: `${python.bin}:${process.env.PATH}`,
    };
    const starts = async (command: string, ...args: string[]) => {
      const { code, stderr } = await run(command, args, { env, cwd: join(root, "reluvia"), timeoutMs: 120_000 });
      expect({ command, code, stderr: code === 0 ? "" : stderr }).toEqual({ command, code: 0, stderr: "" });
    };
    await starts(python.python, "-m", "tap_stripe", "--about");
    await starts(python.python, "-m", "tap_amplitude", "--about");
    await starts(python.python, "-m", "reluvia_target_postgres", "--about");
    await starts(join(python.bin, "meltano"), "--version");
    await starts(python.python, "-c", "import dbt.cli.main, dbt.adapters.postgres");
    const last = await runPytest(python, ["reluvia/tests/taps/test_amplitude_events.py"]);
    expect(last).toMatch(/^[1-9]\d+ passed/);
  });
});
