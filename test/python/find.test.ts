// Which Python is chosen, and what is said when there is none.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import type { Run } from "../../scripts/python/child.js";
import { findPython, isVersion } from "../../scripts/python/find.js";

/** A machine on which these names start and say these versions. */
function machine(there: Readonly<Record<string, string>>): Run {
  return async (command) => {
    const version = there[command];
    return version === undefined
      ? { code: undefined, stdout: "", stderr: "", problem: "missing" }
      : { code: 0, stdout: `${version} /there/${command}\n`, stderr: "" };
  };
}

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function pyenvWith(...versions: string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "pyenv-"));
  folders.push(root);
  for (const version of versions) await mkdir(join(root, "versions", version), { recursive: true });
  return root;
}

describe("finding a Python", () => {
  it("takes the newest one of 3.11 to 3.13 that is on PATH", async () => {
    const run = machine({ "python3.11": "3.11.7", "python3.12": "3.12.1", python3: "3.11.7" });
    const env = { HOME: "/nowhere" };
    expect(await findPython({ env, run })).toEqual({ version: "3.12.1", path: "/there/python3.12" });
  });

  it("takes pyenv's newest patch where the name on PATH is a shim that does not answer", async () => {
    const root = await pyenvWith("3.13.0", "3.13.11", "3.13.2", "2.7.18");
    const newest = join(root, "versions", "3.13.11", "bin", "python");
    const run = machine({
      [newest]: "3.13.11",
      [join(root, "versions", "3.13.2", "bin", "python")]: "3.13.2",
      "python3.12": "3.12.1",
    });
    expect((await findPython({ env: { PYENV_ROOT: root }, run })).path).toBe(`/there/${newest}`);
  });

  it("takes python3 when only that is there and fits", async () => {
    const env = { HOME: "/nowhere" };
    expect((await findPython({ env, run: machine({ python3: "3.11.2" }) })).version).toBe("3.11.2");
  });

  it("says which range is needed and what was found instead", async () => {
    const run = machine({ python3: "3.9.18", python: "2.7.18" });
    const error = await findPython({ env: { HOME: "/nowhere" }, run }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExpectedError);
    expect(error).toMatchObject({ kind: "failed", message: expect.stringContaining("Python 3.11 to 3.13") });
    expect((error as ExpectedError).why).toContain("/there/python3 is 3.9.18");
    expect((error as ExpectedError).commands[0]).toBe("pyenv install 3.13");
  });

  it("does not take 3.1 or 3.130 for 3.13", () => {
    expect(["3.13", "3.13.0", "3.1.3", "3.130.1"].map((version) => isVersion(version, "3.13"))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
