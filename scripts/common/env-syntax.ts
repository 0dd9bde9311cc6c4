// The text of a .env file: split into lines and assignments whose values dotenv reads, and values written so that it reads them back.
import { parse } from "dotenv";
import { ExpectedError } from "./errors.js";

/** A piece of the file, in order; all pieces together are the file's text, byte for byte. */
export type EnvPiece =
  | { readonly kind: "other"; readonly text: string }
  | {
      readonly kind: "assignment";
      readonly name: string;
      readonly value: string;
      /** `export NAME =` with its spaces */
      readonly before: string;
      /** the value as written, quotes included */
      readonly written: string;
      /** a comment and the line's end */
      readonly after: string;
    };

const ASSIGNMENT = /[^\S\r\n]*(?:export[^\S\r\n]+)?([\w.-]+)(?:[^\S\r\n]*=|:[^\S\r\n]+)[^\S\r\n]*/y;
const LINE = /[^\r\n]*(?:\r\n|\r|\n|$)/y;
const LINE_END = /(?:\r\n|\r|\n)$/;
/** dotenv's three quotes: a backslash keeps a quote inside, and the line holds only a comment afterwards. */
const QUOTED = /('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)([^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$))/y;
const QUOTES = ["'", '"', "`"];

/**
 * Splits a file's text.
 * @param path for messages
 * @throws ExpectedError (usage) for lines that dotenv would silently drop or cut short; no message holds a value
 */
export function splitEnv(text: string, path: string): EnvPiece[] {
  const pieces: EnvPiece[] = [];
  for (let at = 0; at < text.length; ) {
    const line = matchAt(LINE, text, at)?.[0] ?? "";
    const content = line.replace(LINE_END, "");
    const bare = at === 0 ? content.replace(/^\uFEFF/, "") : content;
    if (/^\s*(#|$)/.test(bare)) {
      pieces.push({ kind: "other", text: line });
      at += line.length;
      continue;
    }
    const start = at + content.length - bare.length;
    const head = matchAt(ASSIGNMENT, text, start);
    if (!head) throw malformed(path, lineAt(text, at), namePart(bare), NOT_AN_ASSIGNMENT);
    if (start > at) pieces.push({ kind: "other", text: text.slice(at, start) });
    const [before, name = ""] = head;
    const rest = start + before.length;
    const piece = quoted(text, rest, name, before) ?? unquoted(text, rest, name, before, path);
    pieces.push(piece);
    at = rest + piece.written.length + piece.after.length;
  }
  return pieces;
}

type Assignment = Extract<EnvPiece, { kind: "assignment" }>;

function quoted(text: string, at: number, name: string, before: string): Assignment | undefined {
  const match = matchAt(QUOTED, text, at);
  if (!match) return undefined;
  const [, written = "", after = ""] = match;
  return { kind: "assignment", name, value: read(written), before, written, after };
}

function unquoted(text: string, at: number, name: string, before: string, path: string): Assignment {
  const line = matchAt(LINE, text, at)?.[0] ?? "";
  const content = line.replace(LINE_END, "");
  const hash = content.indexOf("#");
  const written = (hash < 0 ? content : content.slice(0, hash)).trimEnd();
  const after = line.slice(written.length);
  const quote = written.charAt(0);
  // dotenv also takes quotes inside quotes, as long as the line's last character closes the first.
  if (QUOTES.includes(quote) && (written.length < 2 || !written.endsWith(quote))) {
    throw malformed(path, lineAt(text, at), name, "its opening quote is not closed, or text follows the closing one");
  }
  const glued =
    hash >= 0 && hash === written.length && !/[^\S\r\n]$/.test(before) && content.charAt(hash + 1).trim() !== "";
  if (glued || (hash > 0 && hash === written.length && written !== "")) {
    throw malformed(
      path,
      lineAt(text, at),
      name,
      'a # follows the value without a space. If it belongs to the value, put the value in quotes: NAME="…"; if it ' +
        "begins a comment, put a space before it",
    );
  }
  return { kind: "assignment", name, value: read(written), before, written, after };
}

/** What dotenv reads from a value as written. */
function read(written: string): string {
  return parse(`X=${written}`).X ?? "";
}

/**
 * Ways to write a value, best first; which of them reads back right also depends on the lines that follow.
 * @param eol the file's line end, for values of several lines
 */
export function writings(value: string, eol: string): string[] {
  // No variable of a process can hold a NUL.
  if (value.includes("\0")) return [];
  const lines = value.replaceAll("\n", eol);
  const escaped = value.replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  const ways = /^[\w./:@%+,~=-]*$/.test(value) ? [value] : [];
  if (!value.includes("\n")) ways.push(`'${value}'`);
  ways.push(`"${escaped}"`, `'${lines}'`, `\`${lines}\``, `"${lines}"`, value);
  return ways.filter((way) => read(way) === value);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\r|\n/).length;
}

const NOT_AN_ASSIGNMENT = "it is neither NAME=value nor a comment";

/** The beginning of a line, when it looks like a variable's name and nothing like a value that lost its own. */
function namePart(line: string): string | undefined {
  return /^\s*(?:export\s+)?([A-Z][A-Z0-9]*_[A-Z0-9_]*)(?=[\s=:])/.exec(line)?.[1];
}

function malformed(path: string, line: number, name: string | undefined, problem: string): ExpectedError {
  return new ExpectedError("usage", `${path}, line ${line}${name ? ` (${name})` : ""}: ${problem}.`, {
    why: "It would be dropped or cut short without a word. Nothing was read from the file or changed in it.",
  });
}
