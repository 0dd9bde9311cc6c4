// The real commands as a person runs them: child processes in a checkout of their own, against a sandbox in the test's process.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Call, type Sandbox, type SandboxOptions, startSandbox, type World } from "../../sandbox/index.js";
import { built, root } from "./built.js";
import { git, makeCheckout } from "./stack.js";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as one JSON document; fails when it holds anything else */
  json(): unknown;
  /** what was sent to the sandbox to change something, as "METHOD /path" */
  readonly writes: readonly string[];
  readonly calls: readonly Call[];
}

export interface RunOptions {
  /** on top of the sandbox's variables; undefined takes one away */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** called with the child's pid once it runs */
  readonly onStart?: (pid: number) => void;
  /** called with all of stderr so far, and a way to send a signal */
  readonly onTalk?: (stderr: string, signal: (name: NodeJS.Signals) => void) => void;
}

export type CommandName = "setup" | "verify";

export interface Desk {
  readonly sandbox: Sandbox;
  /** the git checkout in which commands run */
  readonly folder: string;
  readonly home: string;
  run(command: CommandName, args?: readonly string[], options?: RunOptions): Promise<Ran>;
  /** changes the sandbox's world as somebody would by hand */
  byHand(method: "PATCH" | "DELETE" | "POST", path: string, body?: unknown): Promise<void>;
  /** remembers world and checkout as they are now; the result brings them back (not what is in a real database) */
  remember(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const DEADLINE_MS = 40_000;

/** The variables of the four source keys, which another laptop does not have. */
export const sourceKeys = [
  "TAP_STRIPE_API_KEY",
  "TAP_AMPLITUDE_API_KEY",
  "TAP_AMPLITUDE_SECRET_KEY",
  "FUNNELFOX_API_KEY",
] as const;

export const withoutKeys: Readonly<Record<string, undefined>> = Object.fromEntries(
  sourceKeys.map((name) => [name, undefined]),
);

/** Node's arguments for a command, as package.json has them after `node`, in any folder. */
export function wordsOf(command: CommandName): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const [node, ...words] = scripts[command]?.split(" ") ?? [];
  if (node !== "node") throw new Error(`package.json runs ${command} with ${node}, not with node.`);
  return words.map((word) => (word.startsWith("dist/") ? join(root, word) : word));
}

/** A checkout, a home and a sandbox; databases are addresses that lead nowhere, unless said otherwise. */
export async function openDesk(options: SandboxOptions = { databases: "addresses" }): Promise<Desk> {
  await built();
  const [sandbox, folder, home] = await Promise.all([
    startSandbox(options),
    makeCheckout(),
    mkdtemp(join(tmpdir(), "home-")),
  ]);
  return {
    sandbox,
    folder,
    home,
    run: async (command, args = [], given = {}) => {
      const before = sandbox.calls.length;
      const env = { ...plainEnv(home), ...sandbox.env, ...given.env };
      const ended = await runNode([...wordsOf(command), ...args], { ...given, env, cwd: given.cwd ?? folder });
      const calls = sandbox.calls.slice(before);
      const writes = calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
      return { ...ended, json: () => JSON.parse(ended.stdout), calls, writes };
    },
    byHand: async (method, path, body) => {
      const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const answer = await fetch(`${sandbox.url}/_sandbox${path}`, { method, ...(body === undefined ? {} : json) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    },
    remember: async () => {
      const world = structuredClone(sandbox.world);
      const head = await git(folder, "rev-parse", "HEAD");
      return async () => {
        sandbox.faults.clear();
        bringBack(sandbox.world, structuredClone(world));
        await git(folder, "reset", "-q", "--hard", head);
        await git(folder, "clean", "-q", "-f", "-d");
      };
    },
    close: async () => {
      await sandbox.close();
      await Promise.all([folder, home].map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

/** In place, because services hold on to parts of the world. */
function bringBack(world: World, before: World): void {
  for (const key of Object.keys(before) as (keyof World)[]) {
    const [now, then]: unknown[] = [world[key], before[key]];
    if (Array.isArray(now) && Array.isArray(then)) now.splice(0, now.length, ...then);
    else if (isRecord(now) && isRecord(then)) {
      for (const name of Object.keys(now)) delete now[name];
      Object.assign(now, then);
    } else Object.assign(world, { [key]: then });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** A text as one line, however it was folded. */
export const flat = (text: string): string => text.replaceAll(/\s+/g, " ");

/** What every shell has, and nothing of the machine's own settings. */
export function plainEnv(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8" };
}

/** Runs a script with Node to its end. Killed at the deadline, which then shows as code null. */
export async function runNode(
  words: readonly string[],
  options: RunOptions & { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Pick<Ran, "code" | "stdout" | "stderr">> {
  const { cwd, env, onStart, onTalk } = options;
  const child = spawn(process.execPath, [...words], { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    onTalk?.(stderr, (name) => child.kill(name));
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code, stdout, stderr };
  } finally {
    clearTimeout(deadline);
  }
}
