// Other processes as the system shows them: is one alive, is it still the same one, how was it started.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

function ps(field: string, pid: number): string | undefined {
  try {
    const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" };
    const text = execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8", env, timeout: 5_000 });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** `PID:start time` of a running process, so that a number used again by another process is told apart; undefined when there is none. */
export function identityOf(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const started = ps("lstart", pid);
    return started === undefined ? undefined : `${pid}:${started}`;
  }
  try {
    // proc_pid_stat(5): field 22 is the start time; the name in field 2 may itself hold spaces and brackets. Z: dead, not yet collected.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : `${pid}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The command line of a running process, its words joined by spaces; undefined when there is none. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== "linux") return ps("command", pid);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
  } catch {
    return undefined;
  }
}
