// Where one cluster's files lie, and who owns them.
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, accountFor, canEnter } from "./account.js";
import { isLocked } from "./lock.js";

/** The files of one cluster. */
export interface Home {
  /** Everything below lies in here. */
  folder: string;
  /** PostgreSQL's own data directory. */
  cluster: string;
  log: string;
  /** The account that runs the server, when it is not ours. */
  account: Account | undefined;
}

/** Name of the only superuser. */
export const SUPERUSER = "postgres";

async function prepare(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Another account has to pass through, but not to look around.
  await chmod(folder, account === undefined ? 0o700 : 0o711);
}

const PREFIX = "sandbox-postgres-";

/** Removes the relocated data of folders that have been deleted since. */
async function sweep(parent: string): Promise<void> {
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(parent, name);
    const pointer = await readFile(join(folder, "belongs-to"), "utf8").catch(() => undefined);
    if (pointer === undefined || (await lstat(folder)).uid !== process.getuid?.()) continue;
    const target = await readlink(pointer).catch(() => undefined);
    if (target !== folder && !(await isLocked(folder))) await rm(folder, { recursive: true, force: true });
  }
}

/** The folder below the temporary one that `pointer` leads to, made when there is none. */
async function elsewhere(pointer: string): Promise<string> {
  await sweep(tmpdir());
  const known = await readlink(pointer).catch(() => undefined);
  const owner = known === undefined ? undefined : await lstat(known).catch(() => undefined);
  if (known !== undefined && owner?.isDirectory() && owner.uid === process.getuid?.()) return known;
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await rm(pointer, { force: true });
  await symlink(folder, pointer);
  await writeFile(join(folder, "belongs-to"), pointer, { mode: 0o600 });
  return folder;
}

/**
 * Prepares `dataDir`. When this process is root and the account that runs the server cannot reach it (a checkout below /root), the files go to
 * a new folder below the system's temporary one, and `dataDir/elsewhere` points there; it is removed some time after `dataDir` is.
 */
export async function prepareHome(dataDir: string): Promise<Home> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const wanted = await realpath(dataDir);
  const account = await accountFor(wanted);
  await prepare(wanted, account);
  const reachable = account === undefined || (await canEnter(wanted, account));
  const folder = reachable ? wanted : await elsewhere(join(wanted, "elsewhere"));
  if (!reachable) await prepare(folder, account);
  return { folder, cluster: join(folder, "cluster"), log: join(folder, "postgres.log"), account };
}

/** Gives a path to the account that runs the server. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** The file with the superuser's password, mode 0600, and the password; made at the first call. */
export async function superuserPassword(home: Home): Promise<{ file: string; password: string }> {
  const file = join(home.folder, "superuser");
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.trim() !== "") return { file, password: known.trim() };
  const password = randomBytes(32).toString("hex");
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  await giveTo(home.account, file);
  return { file, password };
}

/** The port used last time; undefined when there is none yet. */
export async function lastPort(home: Home): Promise<number | undefined> {
  const port = Number(await readFile(join(home.folder, "port"), "utf8").catch(() => ""));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** Keeps the port for next time. */
export async function rememberPort(home: Home, port: number): Promise<void> {
  await writeFile(join(home.folder, "port"), `${port}\n`, { mode: 0o600 });
}
