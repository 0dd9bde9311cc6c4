// Reads requirements.txt: its hash, and one package's lines out of it.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ExpectedError } from "../common/errors.js";

/** Names of the locks at the project's root: what runs, and what tests and linting need on top. */
export const runtimeLock = "requirements.txt";
export const developmentLock = "requirements-dev.txt";

/**
 * The text of a lock.
 * @throws ExpectedError (failed) when it is not there
 */
export async function readLock(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ExpectedError("failed", `${basename(path)} cannot be read at ${path}.`, {
      why: "It belongs to the project and lists the Python packages.",
      commands: [`git checkout -- ${basename(path)}`],
      cause: error,
    });
  }
}

/** What an environment made from these locks remembers. Line ends do not count: a checkout may change them. */
export function lockHash(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text.replaceAll("\r\n", "\n")).update("\0");
  return hash.digest("hex");
}

/**
 * One package with its hashes, as a requirements file of its own.
 * @throws ExpectedError (failed) when the lock does not hold it
 */
export function onlyPackage(text: string, name: string): string {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith(`${name}==`));
  if (at < 0) {
    throw new ExpectedError(
      "failed",
      `requirements.txt does not hold ${name}, with which everything else is installed.`,
      {
        commands: ["git checkout -- requirements.txt"],
      },
    );
  }
  let end = at;
  while (lines[end]?.endsWith("\\")) end++;
  return `${lines.slice(at, end + 1).join("\n")}\n`;
}
