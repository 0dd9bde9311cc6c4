// When the environment is made, brought up to its lock, or left alone.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../../scripts/python/child.js";
import { type EnsureOptions, ensurePython } from "../../scripts/python/ensure.js";
import { lockHash, onlyPackage } from "../../scripts/python/lock-file.js";
import { installerEnv } from "../../scripts/python/make.js";

const LOCK =
  "six==1.17.0 \\\n    --hash=sha256:aa\nuv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # via meltano\n";

let root = "";
let calls: string[] = [];
let said: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ensure-"));
  await writeFile(join(root, "requirements.txt"), LOCK);
  await writeFile(join(root, "requirements-dev.txt"), "pytest==9.0.1 --hash=sha256:dd\n");
  calls = [];
  said = [];
});
afterEach(() => rm(root, { recursive: true }));

/** Does to the disk what venv and pip would do, and notes what it was asked for. */
const machine: Run = async (command, args) => {
  const venv = join(root, ".venv");
  const done = { code: 0, stdout: "", stderr: "" };
  if (args[0] === "-c") {
    if (command === "python3.13" || command === "python3") return { ...done, stdout: "3.13.0 /usr/bin/python3.13\n" };
    const made: string[] = await readdir(join(venv, "bin")).catch(() => []);
    const known = command === join(venv, "bin", "python") && made.includes("python");
    return known ? { ...done, stdout: `3.13.0 ${command}\n` } : { ...done, code: undefined, problem: "missing" };
  }
  if (args[1] === "venv") {
    calls.push("venv");
    await mkdir(join(venv, "bin"), { recursive: true });
    await writeFile(join(venv, "bin", "python"), "");
  } else if (args[1] === "pip") {
    calls.push("pip uv");
    await writeFile(join(venv, "bin", "uv"), "");
  } else {
    calls.push(`sync ${args.filter((arg) => arg.endsWith(".txt")).map((arg) => arg.slice(root.length + 1))}`);
  }
  return done;
};

const ensure = (more: Partial<EnsureOptions> = {}) =>
  ensurePython({ root, env: { HOME: root }, report: (line) => said.push(line), run: machine, ...more });

describe("ensuring the Python environment", () => {
  it("makes it with the locked uv when there is none, says so once, and does nothing the next time", async () => {
    expect(await ensure()).toEqual({ python: join(root, ".venv/bin/python"), bin: join(root, ".venv/bin") });
    expect(calls).toEqual(["venv", "pip uv", "sync requirements.txt"]);
    await ensure();
    expect(calls).toHaveLength(3);
    expect(said).toEqual([expect.stringContaining("Making the Python environment in .venv with Python 3.13.0")]);
  });

  it("brings it up to a lock that changed, and does not care about times or line ends", async () => {
    await ensure();
    await writeFile(join(root, "requirements.txt"), LOCK.replaceAll("\n", "\r\n"));
    await ensure();
    expect(calls).toHaveLength(3);
    await writeFile(join(root, "requirements.txt"), LOCK.replace("six==1.17.0", "six==1.17.1"));
    await ensure();
    expect(calls.slice(3)).toEqual(["sync requirements.txt"]);
    expect(said.at(-1)).toContain("older than its lock");
  });

  it("adds what tests need only when asked, and keeps it when the pipeline brings it up to date", async () => {
    await ensure();
    await ensure({ development: true });
    expect(calls.at(-1)).toBe("sync requirements.txt,requirements-dev.txt");
    await ensure();
    expect(calls).toHaveLength(4);
    await writeFile(join(root, "requirements.txt"), `${LOCK}# new\n`);
    await ensure();
    expect(calls.at(-1)).toBe("sync requirements.txt,requirements-dev.txt");
  });

  it("makes it anew after one that was killed half way or moved", async () => {
    await ensure();
    const stamp = join(root, ".venv", "reluvia.json");
    await rm(stamp);
    await ensure();
    expect(calls.slice(3)).toEqual(["venv", "pip uv", "sync requirements.txt"]);
    await writeFile(stamp, (await readFile(stamp, "utf8")).replace(root, "/elsewhere"));
    await ensure();
    expect(calls.slice(6)).toEqual(["venv", "pip uv", "sync requirements.txt"]);
  });

  it("is made once when several ask at the same time", async () => {
    await Promise.all([ensure(), ensure(), ensure()]);
    expect(calls).toEqual(["venv", "pip uv", "sync requirements.txt"]);
  });

  it("says that the registry does not answer, which is another thing than a bad package", async () => {
    const failing =
      (stderr: string): Run =>
      async (command, args, options) =>
        args[1] === "pip" ? { code: 1, stdout: "", stderr } : machine(command, args, options);
    const offline = ensure({
      run: failing(
        "WARNING: Retrying: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
      ),
    });
    await expect(offline).rejects.toMatchObject({ kind: "unreachable" });
    const bad = ensure({
      run: failing("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES from https://me:secret@host/simple"),
    });
    await expect(bad).rejects.toMatchObject({ kind: "failed", message: expect.not.stringContaining("secret") });
  });

  it("uses the Python on PATH on a dyno and makes nothing", async () => {
    const found = await ensure({ env: { HOME: root, DYNO: "scheduler.1" } });
    expect(found).toEqual({ python: "/usr/bin/python3.13", bin: "/usr/bin" });
    expect(calls).toEqual([]);
    const none: Run = async () => ({ code: undefined, stdout: "", stderr: "", problem: "missing" });
    await expect(ensure({ env: { DYNO: "run.1" }, run: none })).rejects.toThrow("on this dyno");
  });
});

describe("the lock", () => {
  it("yields one package with all its hashes", () => {
    expect(onlyPackage(LOCK, "uv")).toBe("uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n");
    expect(() => onlyPackage(LOCK, "pip")).toThrow("does not hold pip");
  });

  it("has a hash that tells two files from one with the same text", () => {
    expect(lockHash("a", "b")).not.toBe(lockHash("ab"));
  });

  it("hands pip's index and certificates to uv, and none of the caller's Python", () => {
    const env = { PIP_INDEX_URL: "https://mirror", PIP_CERT: "/ca", PYTHONPATH: "/app", PYTHONDONTWRITEBYTECODE: "1" };
    expect(installerEnv(env, "/v")).toEqual({
      PIP_INDEX_URL: "https://mirror",
      PIP_CERT: "/ca",
      UV_DEFAULT_INDEX: "https://mirror",
      SSL_CERT_FILE: "/ca",
      VIRTUAL_ENV: "/v",
    });
  });
});
