// The server process: started, awaited until it answers, stopped within a deadline.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.js";
import { type Superuser, superuserClient } from "./databases.js";
import { PostgresError } from "./errors.js";
import { type Home, SUPERUSER } from "./home.js";
import { environment } from "./initdb.js";
import { commandOf, identityOf } from "./processes.js";
import { guard } from "./watchdog.js";

const START_DEADLINE = 30_000;
const STOP_DEADLINE = 10_000;

/** A server that answers. */
export interface Server {
  pid: number;
  port: number;
  superuser: Superuser;
  /** Fast shutdown; SIGKILL after ten seconds. Resolves when no process is left. */
  stop(): Promise<void>;
}

// Durability is off: the data outlives a killed process, not a power cut. Everything else that is set keeps a small machine small.
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "32MB",
  max_wal_size: "128MB",
  min_wal_size: "32MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_parallel_workers_per_gather: "0",
  timezone: "UTC",
  log_timezone: "UTC",
  password_encryption: "scram-sha-256",
  // A failed statement is logged with its text, and a statement can hold a password.
  log_min_error_statement: "panic",
  logging_collector: "off",
};

/** A port on 127.0.0.1 that nobody listens on: `wanted` when it is free, else one of the system's choice. */
export function freePort(wanted?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => (wanted === undefined ? reject(error) : resolve(freePort())));
    probe.listen({ host: "127.0.0.1", port: wanted ?? 0 }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-6).join("\n");
}

async function ended(pid: number, identity: string, deadline: number): Promise<boolean> {
  const until = Date.now() + deadline;
  while (identityOf(pid) === identity) {
    if (Date.now() > until) return false;
    await sleep(25);
  }
  return true;
}

/**
 * Ends a server that a killed process left behind on this cluster, and removes its postmaster.pid when that names a process that is none
 * (PostgreSQL itself refuses to start when the number has gone to another process).
 */
export async function endLeftover(home: Home): Promise<void> {
  const file = join(home.cluster, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const identity = identityOf(pid);
  const ours = identity !== undefined && (commandOf(pid)?.includes(home.cluster) ?? false);
  if (identity !== undefined && ours) {
    for (const [signal, deadline] of [
      ["SIGINT", STOP_DEADLINE],
      ["SIGKILL", 5_000],
    ] as const) {
      if (identityOf(pid) === identity) process.kill(pid, signal);
      if (await ended(pid, identity, deadline)) break;
    }
    if (identityOf(pid) === identity)
      throw new PostgresError(`Process ${pid} still runs on ${home.cluster} and cannot be ended. Run: kill -9 ${pid}`);
  }
  await rm(file, { force: true });
}

type Attempt = { server: Server } | { failed: string };

async function attempt(home: Home, binaries: Binaries, superuser: Superuser): Promise<Attempt> {
  const log = openSync(home.log, "w", 0o600);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", home.cluster, "-p", String(superuser.port), ...settings], {
    ...home.account,
    // A group of its own: Ctrl-C in the terminal reaches our process, which then stops the server in order.
    detached: true,
    cwd: "/",
    env: environment(),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const { pid } = child;
  const watchdog = pid === undefined ? undefined : guard(home.cluster, pid);
  let over: string | undefined;
  const exit = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      over = error.message;
      resolve();
    });
    child.once("exit", (code, signal) => {
      over = signal ?? `exit ${code}`;
      resolve();
    });
  });
  const gone = exit.then(() => watchdog?.release());
  child.unref();

  async function stop(): Promise<void> {
    for (const [signal, deadline] of [
      ["SIGINT", STOP_DEADLINE],
      ["SIGKILL", 5_000],
    ] as const) {
      if (over !== undefined) break;
      child.kill(signal);
      const late = new AbortController();
      await Promise.race([exit, sleep(deadline, undefined, { signal: late.signal }).catch(() => {})]);
      late.abort();
    }
    await gone;
  }

  const until = Date.now() + START_DEADLINE;
  while (over === undefined && pid !== undefined) {
    const client = superuserClient(superuser);
    const answered = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (answered && over === undefined) return { server: { pid, port: superuser.port, superuser, stop } };
    if (Date.now() > until) break;
    await sleep(20);
  }
  const why = over ?? `no answer within ${START_DEADLINE / 1_000} s`;
  await stop();
  return { failed: `${why}\n${await lastLines(home.log)}` };
}

/**
 * Starts the server on 127.0.0.1 and waits until it answers.
 * @param wanted port to use when it is free
 * @throws PostgresError with the end of the server's log
 */
export async function startServer(home: Home, binaries: Binaries, password: string, wanted?: number): Promise<Server> {
  let failed = "";
  for (let tries = 0; tries < 5; tries += 1) {
    const port = await freePort(tries === 0 ? wanted : undefined);
    const result = await attempt(home, binaries, { port, user: SUPERUSER, password });
    if ("server" in result) return result.server;
    failed = result.failed;
    // Between our look and its start another process can take the port; a killed server's workers can be a moment behind it.
    if (!/could not bind|pre-existing shared memory block|another server might still be running/.test(failed)) break;
    await sleep(200);
  }
  throw new PostgresError(`The sandbox's PostgreSQL did not start: ${failed}\nIts log: ${home.log}`);
}
