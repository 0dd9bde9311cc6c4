// One at a time: a lock file that says who holds it, is kept fresh, and is taken over when its holder is gone.
import { link, open, readFile, rename, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { codeOf, ExpectedError } from "../common/errors.js";
import { type Clock, poll, type Sleep } from "../common/retry.js";

export interface TurnOptions {
  readonly sleep: Sleep;
  readonly now: Clock;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** called once when somebody else is at it, with their process id */
  readonly onWait?: (pid: number) => void;
}

const FRESH_EVERY_MS = 5_000;
/** A holder on another machine cannot be asked whether it lives; one that has not touched its lock for so long does not. */
const STALE_MS = 60_000;

/**
 * Runs `work` while holding the file at `path`, whose folder must exist; waits for another holder.
 * @throws ExpectedError (failed) when the turn does not come before the deadline; what `work` throws
 */
export async function inTurn<T>(path: string, options: TurnOptions, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${hostname()} ${Math.random().toString(36).slice(2)}\n`;
  let told = false;
  const got = await poll(
    async () => {
      if (await take(path, mine)) return true;
      const holder = await holderOf(path);
      if (holder === undefined) return undefined;
      if (isGone(holder, options.now())) {
        await clear(path, holder.text);
        return (await take(path, mine)) || undefined;
      }
      if (!told) options.onWait?.(holder.pid);
      told = true;
      return undefined;
    },
    { ...options, firstMs: 50, capMs: 500 },
  );
  if (!got) {
    throw new ExpectedError("failed", `Another process has held ${path} for too long.`, {
      why: "Another run is making the Python environment and does not come to an end.",
      commands: [`rm ${path}`],
    });
  }
  const fresh = setInterval(() => {
    const at = new Date();
    utimes(path, at, at).catch(() => undefined);
  }, FRESH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(fresh);
    if ((await readFile(path, "utf8").catch(() => "")) === mine) await unlink(path).catch(() => undefined);
  }
}

interface Holder {
  readonly text: string;
  readonly pid: number;
  readonly host: string;
  readonly touched: number;
}

async function take(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const [pid = "", host = ""] = text.trim().split(" ");
    return { text, pid: Number(pid), host, touched: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isGone(holder: Holder, now: number): boolean {
  if (now - holder.touched > STALE_MS) return true;
  // Between making the file and writing into it there is a moment in which it is empty.
  if (holder.host !== hostname() || !(holder.pid > 0)) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

/** Removes a dead holder's file, and puts it back when somebody living took it in between. */
async function clear(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== text) await link(aside, path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    await unlink(aside).catch(() => undefined);
  }
}
