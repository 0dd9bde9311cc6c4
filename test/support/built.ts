// Makes sure that dist/ holds what the sources say before commands of it are run: once, however many test files ask.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const root = resolve(import.meta.dirname, "../..");
const SOURCES = ["config", "scripts", "sandbox"];
const DEADLINE_MS = 50_000;

/** Compiles when a source is newer than what was made of it. Test files run side by side: one compiles, the others wait. */
export async function built(): Promise<void> {
  const lock = join(root, "node_modules/.cache/build.lock");
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const end = Date.now() + DEADLINE_MS;
  while (!isCurrent()) {
    if (Date.now() > end) throw new Error(`dist/ was not made in time. If nobody is making it, remove ${lock}.`);
    if (!take(lock)) await sleep(100);
    else {
      try {
        const tsc = join(root, "node_modules/.bin/tsc");
        if (!isCurrent()) execFileSync(tsc, ["-p", "tsconfig.build.json"], { cwd: root, timeout: DEADLINE_MS });
        return;
      } finally {
        rmSync(lock, { recursive: true, force: true });
      }
    }
  }
}

/** A folder is made by one process only. One that a killed run left behind counts for nothing. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > DEADLINE_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isCurrent(): boolean {
  return SOURCES.every((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
      .every((name) => {
        const made = join(root, "dist", folder, name.replace(/\.ts$/, ".js"));
        return existsSync(made) && statSync(made).mtimeMs >= statSync(join(root, folder, name)).mtimeMs;
      }),
  );
}
