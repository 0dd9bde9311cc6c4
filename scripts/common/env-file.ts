// Reads and writes .env: nothing dropped in silence, and saved whole or not at all, for its owner's eyes only.
import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, open, readFile, readlink, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type EnvPiece, splitEnv, writings } from "./env-syntax.js";
import { codeOf, ExpectedError } from "./errors.js";

export interface EnvFile {
  readonly path: string;
  readonly exists: boolean;
  readonly values: Readonly<Record<string, string>>;
}

/** Stands in for `readFile` where a test needs an error of the disk. */
export type ReadBytes = (path: string) => Promise<Uint8Array>;

/** Only the owner may read and write. */
const MODE = 0o600;
const BOM = "\uFEFF";

/**
 * The variables in a file, as dotenv reads them; the last of several lines for a name counts.
 * @throws ExpectedError (usage): missing though required, unreadable, a folder, not UTF-8, malformed (with the line's number)
 */
export async function readEnvFile(
  path: string,
  options: { readonly required: boolean; readonly readBytes?: ReadBytes },
): Promise<EnvFile> {
  const text = await readText(path, options.readBytes ?? readFile);
  if (text === undefined) {
    if (!options.required) return { path, exists: false, values: {} };
    throw new ExpectedError("usage", `There is no file ${path}, which --env-file names.`, {
      why: "Relative paths begin at the folder in which the command runs.",
      commands: [`ls -l ${path}`],
    });
  }
  return { path, exists: true, values: valuesOf(splitEnv(text, path)) };
}

/**
 * Sets variables in a file and leaves everything else in it as it is: lines, order, comments, line ends. A file that is
 * not there is made. It is replaced in one step, with mode 0600; a symlink stays and its target is written.
 * @throws ExpectedError (usage or failed) with nothing changed
 */
export async function saveEnvFile(path: string, updates: Readonly<Record<string, string>>): Promise<void> {
  for (const name of Object.keys(updates)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ExpectedError("usage", `"${name}" cannot be a variable's name.`);
  }
  const target = await targetOf(path);
  const before = await readText(target, readFile);
  let text = before ?? "";
  for (const [name, value] of Object.entries(updates)) text = withValue(text, name, value, path);
  if (before === undefined && text === "") return;
  const old = await stat(target).catch(() => undefined);
  // Written also when only the mode is wrong.
  if (text === before && old && (old.mode & 0o777) === MODE) return;
  await replace(target, text, path, old);
}

/** The text with one variable set. Ways to write it are tried until the whole file reads back as it should. */
function withValue(text: string, name: string, value: string, path: string): string {
  const pieces = splitEnv(text, path);
  const wanted = { ...valuesOf(pieces), [name]: value };
  const lines = pieces.filter((piece) => piece.kind === "assignment" && piece.name === name);
  if (lines.length === 1 && valuesOf(pieces)[name] === value) return text;
  const eol = /\r\n/.test(text) ? "\r\n" : "\n";
  for (const written of writings(value, eol)) {
    const changed = withWritten(pieces, name, written, eol);
    if (sameValues(changed, wanted)) return changed;
  }
  throw new ExpectedError("failed", `The value of ${name} cannot be written to ${path}, which was left as it was.`, {
    why: "It holds a mixture of quotes, line breaks and # or special characters that a .env file has no way to write.",
    commands: [`export ${name}=…`],
  });
}

function withWritten(pieces: readonly EnvPiece[], name: string, written: string, eol: string): string {
  let done = false;
  let text = "";
  for (const piece of pieces) {
    if (piece.kind === "other") text += piece.text;
    else if (piece.name !== name) text += piece.before + piece.written + piece.after;
    else if (!done) {
      // One line for a name: older ones would keep an old secret in the file.
      done = true;
      text += piece.before + written + (piece.after.startsWith("#") ? ` ${piece.after}` : piece.after);
    }
  }
  if (done) return text;
  const joint = text === "" || text === BOM || /[\r\n]$/.test(text) ? "" : eol;
  return `${text}${joint}${name}=${written}${eol}`;
}

function sameValues(text: string, wanted: Readonly<Record<string, string>>): boolean {
  let values: Record<string, string>;
  try {
    values = valuesOf(splitEnv(decode(Buffer.from(text, "utf8"), ""), ""));
  } catch {
    return false;
  }
  const names = Object.keys(wanted);
  return names.length === Object.keys(values).length && names.every((name) => values[name] === wanted[name]);
}

function valuesOf(pieces: readonly EnvPiece[]): Record<string, string> {
  const entries = pieces
    .filter((piece) => piece.kind === "assignment")
    .map(({ name, value }) => [name, value] as const);
  // A prototype would make a variable called __proto__ disappear.
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(entries));
}

async function readText(path: string, readBytes: ReadBytes): Promise<string | undefined> {
  try {
    return decode(await readBytes(path), path);
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof ExpectedError) throw error;
    if (code === "ENOENT") return undefined;
    const problem =
      code === "EACCES" || code === "EPERM"
        ? "may not be read by you"
        : code === "EISDIR"
          ? "is a folder, not a file"
          : `could not be read (${code ?? "unknown error"})`;
    throw new ExpectedError("usage", `${path} ${problem}.`, { commands: [`ls -ld ${path}`], cause: error });
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ExpectedError("usage", `${path} is not a text file in UTF-8.`, {
      why: "It may have been saved as UTF-16, which some Windows editors do.",
      commands: [`iconv -f UTF-16 -t UTF-8 ${path}`],
    });
  }
}

/** The file behind a path: a symlink's target, also when that is not there yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw notWritten(path, error);
    const link = await lstat(path).catch(() => undefined);
    return link?.isSymbolicLink() ? targetOf(resolve(dirname(path), await readlink(path))) : path;
  }
}

async function replace(target: string, text: string, path: string, old: Stats | undefined): Promise<void> {
  const temporary = join(dirname(target), `.env.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", MODE);
    try {
      await file.chmod(MODE);
      // Under sudo the file stays its owner's.
      if (old && old.uid !== process.getuid?.()) await file.chown(old.uid, old.gid).catch(() => undefined);
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw notWritten(path, error);
  }
  await syncFolder(dirname(target));
}

/** The rename itself reaches the disk with its folder; some systems cannot sync one, and then there is no more to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function notWritten(path: string, error: unknown): ExpectedError {
  return new ExpectedError("failed", `${path} could not be written (${codeOf(error) ?? "unknown error"}).`, {
    why: "It was left as it was.",
    commands: [`ls -ld ${dirname(path)}`],
    cause: error,
  });
}
