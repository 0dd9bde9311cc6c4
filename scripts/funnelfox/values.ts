// Values that need a closer look before they can stand in a column.
import { kinds } from "./scan.js";
import type { ColumnType } from "./tables.js";

const LARGEST = "9223372036854775807";
const SMALLEST = "9223372036854775808";
/** The year 10000; later "seconds" are milliseconds or something else. */
const TOO_LATE = 253_402_300_800;

/** Whether a JSON number is a whole number that a bigint holds. */
export function isBigint(bytes: Uint8Array, start: number, end: number): boolean {
  const negative = bytes[start] === 0x2d;
  const first = negative ? start + 1 : start;
  for (let at = first; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  const count = end - first;
  if (count < LARGEST.length) return count > 0;
  if (count > LARGEST.length) return false;
  const digits = String.fromCharCode(...bytes.subarray(first, end));
  return digits <= (negative ? SMALLEST : LARGEST);
}

/** ISO 8601 of UNIX seconds, or undefined for what cannot be that. */
export function secondsAsTime(number: string): string | undefined {
  if (!/^\d{1,12}$/.test(number)) return undefined;
  const seconds = Number(number);
  return seconds < TOO_LATE ? new Date(seconds * 1000).toISOString() : undefined;
}

/** JSON whose numbers are within what Postgres's numeric surely holds: others become texts, digit for digit. */
export function quoteExtremeNumbers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?(\d+))?/g, (token: string, exponent?: string) =>
    token[0] !== '"' && (token.length > 1_000 || (exponent?.length ?? 0) > 3) ? `"${token}"` : token,
  );
}

const NAMES = ["missing", "a text", "a number", "true", "false", "null", "an object", "a list"];

/** What came in place of a column's type, without showing it: it may be somebody's address. */
export function insteadOf(type: ColumnType, kind: number | undefined): string {
  if (type === "timestamptz" && kind === kinds.string) return "a text that is no time";
  if (type === "bigint" && kind === kinds.number) return "a number that is not whole, or too large";
  return NAMES[kind ?? 0] ?? "of another type";
}
