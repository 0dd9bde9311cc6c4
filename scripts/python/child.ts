// Runs a program to its end: output caught, deadline kept, ended when the caller gives up.
import { spawn } from "node:child_process";
import { codeOf } from "../common/errors.js";

export interface Ran {
  /** undefined: ended by a signal, by the deadline, or never started */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** why there is no exit code */
  readonly problem?: "missing" | "timeout" | "aborted" | "failed to start" | "killed";
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutMs: number;
  /** characters of each stream that are kept, from its end; default 65,536 */
  readonly kept?: number;
  readonly signal?: AbortSignal | undefined;
}

export type Run = (command: string, args: readonly string[], options: RunOptions) => Promise<Ran>;

/** The end of a stream, where errors stand. */
const KEPT = 64 * 1024;
const GRACE_MS = 3_000;

/** Never rejects: what went wrong is in the answer. The child gets its own process group, which is ended as a whole. */
export const run: Run = (command, args, { env, cwd, timeoutMs, kept = KEPT, signal }) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve({ code: undefined, stdout: "", stderr: "", problem: "aborted" });
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let stdout = "";
    let stderr = "";
    let problem: Ran["problem"];
    let killer: NodeJS.Timeout | undefined;
    const kill = (name: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // Already gone.
      }
    };
    const end = (why: "timeout" | "aborted") => {
      problem ??= why;
      kill("SIGTERM");
      killer ??= setTimeout(() => kill("SIGKILL"), GRACE_MS);
    };
    const deadline = setTimeout(() => end("timeout"), timeoutMs);
    const abort = () => end("aborted");
    signal?.addEventListener("abort", abort, { once: true });
    const settle = (code: number | undefined) => {
      clearTimeout(deadline);
      clearTimeout(killer);
      signal?.removeEventListener("abort", abort);
      resolve({ code: problem ? undefined : code, stdout, stderr, ...(problem ? { problem } : {}) });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(-kept);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-kept);
    });
    child.on("error", (error) => {
      problem ??= codeOf(error) === "ENOENT" ? "missing" : "failed to start";
      stderr += error.message;
      if (child.pid === undefined) settle(undefined);
    });
    child.on("close", (code) => {
      if (code === null) problem ??= "killed";
      settle(code ?? undefined);
    });
  });
