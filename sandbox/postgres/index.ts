// The sandbox's PostgreSQL: one real server on loopback, one database per add-on.
import { join } from "node:path";
import { findBinaries } from "./binaries.js";
import type { Database } from "./credentials.js";
import { databases } from "./databases.js";
import { lastPort, prepareHome, rememberPort, superuserPassword } from "./home.js";
import { ensureCluster } from "./initdb.js";
import { lockFolder } from "./lock.js";
import { endLeftover, startServer } from "./server.js";

export type { Database } from "./credentials.js";
export { atPort } from "./credentials.js";
export { CONNECTION_LIMIT } from "./databases.js";
export { PostgresError } from "./errors.js";

/** A running server. Every method but `stop` fails once it has been stopped. */
export interface Postgres {
  host: "127.0.0.1";
  port: number;
  /** A new, empty database with an owner of its own: 20 connections, UTF8, UTC; nobody else can connect to it. */
  createDatabase(): Promise<Database>;
  /** New user name and password for a database; its data stays, the old login fails from now on, and its sessions end. */
  rotate(name: string): Promise<Database>;
  /** Removes a database and its owner, also when somebody is connected. */
  drop(name: string): Promise<void>;
  /** Ends the server within seconds; the data stays. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 17 on the data in `dataDir`, which is made at the first call; takes about a second, less on data that exists. Works as
 * root too (the server then runs as another account) and when npm ran no install scripts. The server also ends when this process is killed.
 * @param options.dataDir folder that holds everything: data, log, the superuser's password (mode 0600)
 * @param options.port port to use when it is free; by default the one used last time, else any. When it is taken, another
 * @throws PostgresError when `dataDir` is in use by a running process, the programs are missing, or the server does not start
 */
export async function openPostgres(options: { dataDir: string; port?: number }): Promise<Postgres> {
  const home = await prepareHome(options.dataDir);
  const unlock = await lockFolder(home.folder);
  try {
    const binaries = await findBinaries({ account: home.account, copyTo: join(home.folder, "programs") });
    const { file, password } = await superuserPassword(home);
    await endLeftover(home);
    await ensureCluster(home, binaries, file);
    const server = await startServer(home, binaries, password, options.port ?? (await lastPort(home)));
    await rememberPort(home, server.port);
    const { create, rotate, drop } = databases(server.superuser);
    let stopped: Promise<void> | undefined;
    return {
      host: "127.0.0.1",
      port: server.port,
      createDatabase: create,
      rotate,
      drop,
      stop() {
        stopped ??= server.stop().finally(unlock);
        return stopped;
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
