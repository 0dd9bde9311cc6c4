// Makes a new cluster, once per data folder, whole or not at all.
import { spawn } from "node:child_process";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries.js";
import { PostgresError } from "./errors.js";
import { giveTo, type Home, SUPERUSER } from "./home.js";

const MAJOR = "17";
const DEADLINE = 60_000;

/** What every PostgreSQL program gets of the environment: nothing that could hold a token or point it elsewhere. */
export const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
});

function run(program: string, args: string[], account: Home["account"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...account,
      cwd: "/",
      env: environment(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const late = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
    child.once("error", (error) => {
      clearTimeout(late);
      reject(new PostgresError(`${program} could not be started: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      clearTimeout(late);
      if (code === 0) return resolve();
      reject(
        new PostgresError(
          `PostgreSQL's initdb failed (${signal ?? `exit ${code}`}): ${said.trim() || "it said nothing"}`,
        ),
      );
    });
  });
}

/**
 * Makes the cluster at `home.cluster` unless there is one: UTF8, locale C.UTF-8 of PostgreSQL itself (the same on every machine), passwords
 * by SCRAM, UTC.
 * @param passwordFile file with the superuser's password, readable by the account that runs initdb
 * @throws PostgresError when initdb fails, or when the cluster is of another major version
 */
export async function ensureCluster(home: Home, binaries: Binaries, passwordFile: string): Promise<void> {
  const version = await readFile(join(home.cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version?.trim() === MAJOR) return;
  if (version !== undefined) {
    throw new PostgresError(
      `${home.cluster} was made by PostgreSQL ${version.trim()}, and this is ${MAJOR}. The sandbox's data can be thrown away: rm -r ${home.folder}`,
    );
  }
  // A killed initdb leaves half a cluster; only a finished one gets the name.
  const draft = `${home.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(home.account, draft);
  const options = [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
  ];
  await run(binaries.initdb, options, home.account);
  await rename(draft, home.cluster);
}
