// One owner at a time for a data folder: a lock that a killed owner does not leave behind.
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PostgresError } from "./errors.js";
import { identityOf } from "./processes.js";

/** Gives the folder up again. */
export type Release = () => Promise<void>;

async function ownerOf(file: string): Promise<{ pid: number; alive: boolean } | undefined> {
  const owner = await readFile(file, "utf8").catch(() => undefined);
  if (owner === undefined) return undefined;
  const pid = Number(owner.split(":")[0]);
  return { pid, alive: identityOf(pid) === owner };
}

/** Whether a running process holds `folder`. */
export async function isLocked(folder: string): Promise<boolean> {
  return (await ownerOf(join(folder, "owner")))?.alive ?? false;
}

/**
 * Takes `folder` for this process. A lock whose owner no longer runs is taken over.
 * @throws PostgresError when another running process (or this one) holds it
 */
export async function lockFolder(folder: string): Promise<Release> {
  const file = join(folder, "owner");
  const mine = identityOf(process.pid) ?? `${process.pid}:`;
  const draft = join(folder, `owner.${process.pid}`);
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      // A hard link appears whole or not at all, and fails when the name is taken.
      const taken = await link(draft, file).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
          return false;
        },
      );
      if (taken) return () => rm(file, { force: true });
      const owner = await ownerOf(file);
      if (owner?.alive) {
        throw new PostgresError(
          `The sandbox's Postgres in ${folder} is in use by process ${owner.pid}. Stop that one first: kill ${owner.pid}`,
        );
      }
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new PostgresError(`${file} keeps being taken by other processes. Start one sandbox at a time.`);
}
