// A child in a process group of its own: started, read line by line, signalled as a group, and gone when its leader is.
import { type ChildProcess, spawn as nodeSpawn } from "node:child_process";
import type { Environment } from "../common/hosts.js";
import type { Sleep } from "../common/retry.js";
import { lineSplitter } from "./lines.js";

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
}

export interface Exit {
  /** 128 and the signal's number for one that a signal ended; 127 when it could not be started (POSIX shell, Exit Status) */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
  /** why it could not be started, such as ENOENT */
  readonly spawnError: string | undefined;
}

export interface Child {
  readonly pid: number | undefined;
  /** Sends a signal to every process of the group. */
  signal(name: NodeJS.Signals): void;
  /** Settles once the leader has ended and nothing of its group is left; never rejects. */
  readonly exited: Promise<Exit>;
}

export interface ChildDeps {
  readonly spawn?: typeof nodeSpawn | undefined;
  readonly sleep: Sleep;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

export type StartChild = (spec: ChildSpec, deps: ChildDeps) => Child;

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** What is left of a group whose leader has ended gets so long to end by itself after SIGTERM. */
const ORPHANS_MS = 2_000;
const LOOK_EVERY_MS = 50;
/** A process that left the group may hold the pipe: what it still says is not waited for. */
const PIPE_MS = 500;

/** Starts a child. It ends with this process too, however that ends. */
export const startChild: StartChild = (spec, { spawn = nodeSpawn, sleep, onLine }) => {
  const process_ = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: spec.env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = process_;
  const read = Promise.all([
    readLines(process_.stdout, (line) => onLine("stdout", line)),
    readLines(process_.stderr, (line) => onLine("stderr", line)),
  ]);
  const guard = pid === undefined ? undefined : guardGroup(pid, spawn);
  const exited = leaderEnd(process_).then(async (exit) => {
    if (pid !== undefined) await sweep(pid, sleep);
    guard?.release();
    await withinPipeTime(read, sleep);
    process_.stdout?.destroy();
    process_.stderr?.destroy();
    return exit;
  });
  return {
    pid,
    signal: (name) => {
      if (pid !== undefined) signalGroup(pid, name);
    },
    exited,
  };
};

function leaderEnd(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ code: 127, signal: undefined, spawnError: error.code ?? error.message });
    });
    child.once("exit", (code, signal) => {
      const name = signal ?? undefined;
      resolve({ code: code ?? 128 + ((name && signalNumbers[name]) ?? 0), signal: name, spawnError: undefined });
    });
  });
}

/** True while any process of the group is there. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A leader that was killed leaves its own children behind: they end too, before anybody goes on. */
async function sweep(pid: number, sleep: Sleep): Promise<void> {
  if (!signalGroup(pid, "SIGTERM")) return;
  for (let waited = 0; waited < ORPHANS_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, "SIGKILL");
}

async function withinPipeTime(read: Promise<unknown>, sleep: Sleep): Promise<void> {
  const over = new AbortController();
  await Promise.race([read, sleep(PIPE_MS, over.signal).catch(() => undefined)]);
  over.abort();
}

function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  const lines = lineSplitter(onLine);
  return new Promise((resolve) => {
    stream.on("data", (bytes: Uint8Array) => lines.push(bytes));
    stream.on("error", () => undefined);
    stream.once("close", () => {
      lines.end();
      resolve();
    });
  });
}

// Reading from a pipe whose other end only we hold returns when we die, also by SIGKILL.
const GUARD = `
trap '' INT TERM HUP
read -r _
kill -s TERM -- "-$1" 2>/dev/null
n=0
while [ "$n" -lt 10 ] && kill -s 0 -- "-$1" 2>/dev/null; do n=$((n + 1)); sleep 1; done
kill -s KILL -- "-$1" 2>/dev/null
exit 0
`;

/** A small shell that ends the group when this process is gone: what runs on alone would write beside the next run. */
function guardGroup(group: number, spawn: typeof nodeSpawn): { release(): void } {
  const guard = spawn("/bin/sh", ["-c", GUARD, "pipeline-guard", String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
  });
  guard.on("error", () => undefined);
  guard.stdin?.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return { release: () => void guard.kill("SIGKILL") };
}
