// Which account PostgreSQL runs as, and which folders that account can reach.
import { readFileSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PostgresError } from "./errors.js";

/** The uid and gid of an account. */
export interface Account {
  uid: number;
  gid: number;
}

/** An account as /etc/passwd lists it. */
interface PasswdEntry extends Account {
  name: string;
}

function entriesOf(passwd: string): PasswdEntry[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && /^\d+$/.test(uid ?? "") && /^\d+$/.test(gid ?? "")
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : [];
  });
}

/**
 * Picks the account that PostgreSQL runs as when this process is root, which PostgreSQL refuses: the owner of the folder when that is
 * a person (a checkout mounted into a container), else `nobody`. initdb looks its own uid up by name, so only listed accounts count.
 * @param passwd text of /etc/passwd
 * @param ownerUid uid that owns the folder the data goes to
 * @throws PostgresError when the system lists no account but root
 */
export function unprivilegedAccount(passwd: string, ownerUid: number): Account {
  const others = entriesOf(passwd).filter((entry) => entry.uid !== 0);
  const chosen =
    others.find((entry) => entry.uid === ownerUid) ?? others.find((entry) => entry.name === "nobody") ?? others[0];
  if (chosen === undefined) {
    throw new PostgresError(
      "PostgreSQL does not run as root and /etc/passwd lists no other account. Run this command as an ordinary user.",
    );
  }
  return { uid: chosen.uid, gid: chosen.gid };
}

/** The account to change to before starting PostgreSQL for `dataDir` (an existing folder); undefined when this process is not root. */
export async function accountFor(dataDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid } = await stat(dataDir);
  return unprivilegedAccount(readFileSync("/etc/passwd", "utf8"), uid);
}

/** Whether `account` can enter `folder` and every folder above it. Goes by owner, group and mode; access lists are not looked at. */
export async function canEnter(folder: string, account: Account): Promise<boolean> {
  let current = resolve(await realpath(folder));
  for (;;) {
    const { uid, gid, mode } = await stat(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    const above = dirname(current);
    if (above === current) return true;
    current = above;
  }
}
