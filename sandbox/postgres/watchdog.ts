// Ends the server when the process that started it is gone, however that process died.
import { type ChildProcess, spawn } from "node:child_process";

// Reading from a pipe whose other end only we hold returns when we stop it or die: nothing to poll, and nothing that a SIGKILL can skip.
// The number in postmaster.pid is compared each time, so that a later process with the same number is left alone.
const SCRIPT = `
trap '' INT TERM HUP
read -r _
n=0
while [ "$n" -lt 10 ] && read -r pid < "$1/postmaster.pid" && [ "$pid" = "$2" ]; do
  [ "$n" -eq 0 ] && kill -INT "$2"
  n=$((n + 1))
  sleep 1
done
[ "$n" -ge 10 ] && kill -KILL "$2"
exit 0
`;

/** A running watchdog. */
export interface Watchdog {
  /** Its process id. */
  pid: number | undefined;
  /** Lets it go once the server has ended; resolves when it has left. */
  release(): Promise<void>;
}

/**
 * Starts a small shell process that asks the server to stop (fast shutdown, SIGKILL ten seconds later) as soon as this process is gone.
 * @param cluster the data directory that holds postmaster.pid
 * @param server process id of the server
 */
export function guard(cluster: string, server: number): Watchdog {
  const child: ChildProcess = spawn("/bin/sh", ["-c", SCRIPT, "postgres-watchdog", cluster, String(server)], {
    // A group of its own: Ctrl-C in the terminal reaches our process, which then stops the server in order.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
  });
  const left = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  child.stdin?.on("error", () => {});
  child.unref();
  // A pipe is a socket to Node; unreferenced so that a forgotten stop() keeps no process alive.
  const pipe = child.stdin as unknown as { unref?: () => void } | null;
  pipe?.unref?.();
  return {
    pid: child.pid,
    async release() {
      child.ref();
      child.kill("SIGKILL");
      await left;
    },
  };
}
