// Runs a command of somebody else for the one line that it prints: bounded, unable to ask, ended for certain.
import { spawn } from "node:child_process";
import type { Environment } from "../common/hosts.js";

export interface RunOptions {
  /** the child's whole environment */
  readonly env: Environment;
  readonly timeoutMs: number;
}

/** What the command printed, or undefined when it is not installed, failed, or took too long. */
export type RunCommand = (command: string, args: readonly string[], options: RunOptions) => Promise<string | undefined>;

const MAX_OUTPUT = 64 * 1024;
/** How long a helper that the command left behind may hold its output open after it has ended. */
const DRAIN_MS = 500;

/** The real one: stdin closed, stderr dropped, its whole process group killed at the deadline. */
export const runCommand: RunCommand = (command, args, { env, timeoutMs }) =>
  new Promise((resolve) => {
    const child = spawn(command, [...args], {
      env: { ...env },
      stdio: ["ignore", "pipe", "ignore"],
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
    });
    const endWithUs = () => killGroup(child.pid);
    process.once("exit", endWithUs);
    let output = "";
    let drain: NodeJS.Timeout | undefined;
    const finish = (result: string | undefined) => {
      clearTimeout(deadline);
      clearTimeout(drain);
      process.removeListener("exit", endWithUs);
      child.stdout.destroy();
      resolve(result);
    };
    const deadline = setTimeout(() => {
      killGroup(child.pid);
      finish(undefined);
    }, timeoutMs);
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      if (output.length < MAX_OUTPUT) output += text;
    });
    child.stdout.on("error", () => undefined);
    child.on("error", () => finish(undefined));
    child.on("exit", () => {
      drain = setTimeout(() => finish(child.exitCode === 0 ? output : undefined), DRAIN_MS);
    });
    child.on("close", (code) => finish(code === 0 ? output : undefined));
  });

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
