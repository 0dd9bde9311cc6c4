// Finds a Python that the lock was made for, on PATH and among pyenv's.
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ExpectedError } from "../common/errors.js";
import type { Run } from "./child.js";

/** Newest first: the newest one that is there is used. The oldest is what requirements.txt was compiled for. */
export const supportedVersions = ["3.13", "3.12", "3.11"] as const;

export interface Interpreter {
  /** absolute path of the executable */
  readonly path: string;
  /** "3.13.0" */
  readonly version: string;
}

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly run: Run;
  /** major.minor, best first */
  readonly versions?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const PROBE = "import sys, ssl, venv; print('.'.join(map(str, sys.version_info[:3])), sys.executable)";

/**
 * The best interpreter: every wanted version by name, then as pyenv has it, then whatever python3 and python are. A name
 * counts only when it starts and answers, since pyenv's shims exist for versions that are not chosen.
 * @throws ExpectedError (failed) when there is none
 */
export async function findPython(options: FindOptions): Promise<Interpreter> {
  const versions = options.versions ?? supportedVersions;
  const seen = new Set<string>();
  const tried: string[] = [];
  for (const candidate of await candidates(options.env, versions)) {
    if (seen.has(candidate)) continue;
    seen.add(candidate);
    const found = await probe(candidate, options);
    if (!found) continue;
    if (versions.some((wanted) => isVersion(found.version, wanted))) return found;
    tried.push(`${found.path} is ${found.version}`);
  }
  const range = versions.length === 1 ? `${versions[0]}` : `${versions.at(-1)} to ${versions[0]}`;
  throw new ExpectedError("failed", `No Python ${range} was found, which the pipeline needs.`, {
    why: tried.length > 0 ? `What there is does not fit: ${tried.join("; ")}.` : "Nothing called python3 answers.",
    commands: [
      `pyenv install ${versions[0]}`,
      `apt-get install python3 python3-venv`,
      `brew install python@${versions[0]}`,
    ],
  });
}

/** The interpreter behind a path or name, or undefined when it does not start or lacks ssl or venv. */
export async function probe(command: string, options: FindOptions): Promise<Interpreter | undefined> {
  const { code, stdout } = await options.run(command, ["-c", PROBE], {
    env: options.env,
    timeoutMs: 20_000,
    signal: options.signal,
  });
  const match = /^(\d+\.\d+\.\d+) (.+)$/m.exec(stdout);
  return code === 0 && match?.[1] && match[2] ? { version: match[1], path: match[2] } : undefined;
}

export function isVersion(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

async function candidates(env: NodeJS.ProcessEnv, versions: readonly string[]): Promise<string[]> {
  const folder = join(env.PYENV_ROOT || join(env.HOME || homedir(), ".pyenv"), "versions");
  const installed = (await readdir(folder).catch(() => [])).sort((a, b) => patch(b) - patch(a));
  const named = versions.flatMap((wanted) => [
    `python${wanted}`,
    ...installed.filter((name) => isVersion(name, wanted)).map((name) => join(folder, name, "bin", "python")),
  ]);
  return [...named, "python3", "python"];
}

function patch(version: string): number {
  return Number(version.split(".")[2] ?? 0);
}
