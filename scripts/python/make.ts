// Makes an environment from the locks, quickly: venv, then the locked uv by pip, then everything by uv.
import { access, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExpectedError } from "../common/errors.js";
import type { Ran, Run } from "./child.js";
import type { Interpreter } from "./find.js";
import { onlyPackage } from "./lock-file.js";

export interface MakeOptions {
  /** the environment's folder; it exists, and `kept` lies in it */
  readonly folder: string;
  /** a file in the folder that is no part of the environment */
  readonly kept: string;
  readonly base: Interpreter;
  /** paths of the locks; the first one holds uv */
  readonly locks: readonly string[];
  readonly lockText: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: Run;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A new environment, in place of whatever is in the folder. @throws ExpectedError (failed, or unreachable: no registry) */
export async function makeEnvironment(options: MakeOptions): Promise<void> {
  const { folder, base } = options;
  for (const name of await readdir(folder)) {
    if (name !== options.kept) await rm(join(folder, name), { recursive: true, force: true });
  }
  const made = await step(options, base.path, ["-m", "venv", folder]);
  if (made.code !== 0) {
    throw new ExpectedError("failed", `${base.path} -m venv did not work: ${lastLines(made)}`, {
      why: "On Debian and Ubuntu the package python3-venv is separate.",
      commands: ["apt-get install python3-venv", "npm run python"],
    });
  }
  await installUv(options);
  await syncEnvironment(options);
}

/** Brings an environment that has uv to what the locks say. @throws as makeEnvironment */
export async function syncEnvironment(options: MakeOptions): Promise<void> {
  const uv = join(options.folder, "bin", "uv");
  if (
    !(await access(uv).then(
      () => true,
      () => false,
    ))
  ) {
    await installUv(options);
  }
  const args = ["pip", "sync", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode", "--quiet"];
  const synced = await step(options, uv, [...args, "--python", pythonIn(options.folder), ...options.locks]);
  if (synced.code !== 0) throw notInstalled(synced);
}

export function pythonIn(folder: string): string {
  return join(folder, "bin", "python");
}

async function installUv(options: MakeOptions): Promise<void> {
  const list = join(options.folder, "uv-only.txt");
  await writeFile(list, onlyPackage(options.lockText, "uv"));
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  const installed = await step(options, pythonIn(options.folder), [
    ...args,
    "--require-hashes",
    "--only-binary",
    ":all:",
    "-r",
    list,
  ]);
  if (installed.code !== 0) throw notInstalled(installed);
  await rm(list, { force: true });
}

async function step(options: MakeOptions, command: string, args: readonly string[]): Promise<Ran> {
  const ran = await options.run(command, args, {
    env: installerEnv(options.env, options.folder),
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  if (ran.problem === "aborted") throw options.signal?.reason ?? new DOMException("interrupted", "AbortError");
  return ran;
}

/** uv does not read pip's settings: what says where packages come from, and whom to trust, is handed to it. */
export function installerEnv(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const { PYTHONPATH: _path, PYTHONHOME: _home, PYTHONDONTWRITEBYTECODE: _bytecode, ...rest } = env;
  return {
    ...rest,
    VIRTUAL_ENV: folder,
    ...(env.PIP_INDEX_URL && !env.UV_DEFAULT_INDEX ? { UV_DEFAULT_INDEX: env.PIP_INDEX_URL } : {}),
    ...(env.PIP_CERT && !env.SSL_CERT_FILE ? { SSL_CERT_FILE: env.PIP_CERT } : {}),
  };
}

const NO_NETWORK =
  /connection (?:refused|reset|error)|dns|name or service not known|temporary failure in name resolution|network is unreachable|timed? ?out|max retries exceeded|could not connect|failed to fetch|tunnel|error sending request/i;

function notInstalled(ran: Ran): ExpectedError {
  const text = `${ran.stderr}\n${ran.stdout}`;
  if (ran.problem === "timeout" || NO_NETWORK.test(text)) {
    return new ExpectedError(
      "unreachable",
      "Python's packages could not be fetched: the package registry does not answer.",
      {
        why: lastLines(ran),
        commands: ["npm run python"],
      },
    );
  }
  return new ExpectedError("failed", `Python's packages could not be installed: ${lastLines(ran)}`, {
    why: /hash/i.test(text) ? "A package is not the one that requirements.txt was made for." : undefined,
    commands: ["rm -rf .venv", "npm run python"],
  });
}

/** The end of what a program said, without addresses that may hold a password. */
function lastLines(ran: Ran): string {
  const lines = `${ran.stdout}\n${ran.stderr}`.split("\n").filter((line) => line.trim() !== "");
  const text = lines
    .slice(-4)
    .join(" ")
    .replace(/\/\/[^/\s@]*@/g, "//");
  return text || `it ended without a word (${ran.problem ?? `exit code ${ran.code}`}).`;
}
