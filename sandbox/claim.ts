// Who serves a state folder: one process at a time, named in server.json with its pid and address.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newToken } from "./world/ids.js";
import { writeWhole } from "./world/store.js";

export type Claim =
  | { mine: true; publish(url: string): void; release(): void }
  | { mine: false; pid: number; url: string };

interface Entry {
  pid: number;
  url: string | null;
}

/** How long a sandbox may take to start before another one stops waiting for it. */
const START_DEADLINE_MS = 60_000;

/**
 * Claims the folder, or finds the sandbox that has it and answers. An entry of a dead process is removed.
 * Throws when another process holds the folder and does not answer within a minute.
 */
export async function claim(stateDir: string): Promise<Claim> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, "server.json");
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (takeFile(file)) {
      return {
        mine: true,
        publish: (url) => writeWhole(file, JSON.stringify({ pid: process.pid, url })),
        release: () => {
          if (readEntry(file)?.pid === process.pid) rmSync(file, { force: true });
        },
      };
    }
    const entry = readEntry(file);
    if (entry !== undefined && !isAlive(entry.pid)) removeIf(file, entry);
    else if (entry?.url != null && (await answers(entry.url, entry.pid)))
      return { mine: false, pid: entry.pid, url: entry.url };
    else await sleep(50);
  }
  const pid = readEntry(file)?.pid;
  throw new Error(
    `Process ${pid ?? "?"} holds the sandbox in ${stateDir} but does not answer. End it, or run: npm run sandbox -- stop`,
  );
}

/** The running sandbox of a folder, if any. Starts and changes nothing. */
export function readEntry(file: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof entry === "object" && entry !== null && "pid" in entry && typeof entry.pid === "number") {
      return { pid: entry.pid, url: "url" in entry && typeof entry.url === "string" ? entry.url : null };
    }
  } catch {
    // No file, or half of one: nobody's.
  }
  return undefined;
}

/** Whether a process of that id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether the sandbox of that process answers at the address: another program may have got the port since. */
export async function answers(url: string, pid: number): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_sandbox/health`, { signal: AbortSignal.timeout(2000) });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null && "pid" in body && body.pid === pid;
  } catch {
    return false;
  }
}

// A link either makes the whole file or fails: nobody ever reads an empty claim.
function takeFile(file: string): boolean {
  const draft = `${file}.${process.pid}.${newToken(8)}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, url: null }), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeIf(file: string, entry: Entry): void {
  const now = readEntry(file);
  if (now?.pid === entry.pid && !isAlive(entry.pid)) rmSync(file, { force: true });
}
