// Writes rows as COPY's text format, straight from the bytes of JSON (PostgreSQL documentation, COPY > Text Format).
import { BACKSLASH, hexValue, QUOTE } from "./scan.js";

const TAB = 0x09;
const LETTER_N = 0x4e;
/** Copying by a loop is quicker than by a call up to about so many bytes. */
const SHORT = 48;

/** Rows for one COPY in one growing buffer, which is used again for the next ones. */
export class CopyText {
  bytes: Buffer;
  length = 0;
  rows = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  clear(): void {
    this.length = 0;
    this.rows = 0;
  }

  /** Makes room for so many bytes more; whoever writes asks once for a whole row. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(this.bytes.length * 1.5)));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  tab(): void {
    this.bytes[this.length++] = TAB;
  }

  /** NULL is `\N`. */
  missing(): void {
    this.bytes[this.length++] = BACKSLASH;
    this.bytes[this.length++] = LETTER_N;
  }

  ascii(text: string): void {
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  /** Bytes that need no escape: a number, or a string without a backslash. */
  plain(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    if (end - start <= SHORT) {
      for (let index = start; index < end; index++) bytes[at++] = from[index] as number;
    } else {
      bytes.set(from.subarray(start, end), at);
      at += end - start;
    }
    this.length = at;
  }

  /**
   * The text of a JSON string (without its quotes) that has backslashes in it. Most of its escapes are COPY's own. What
   * no Postgres text can hold, NUL and half a surrogate pair, becomes U+FFFD.
   */
  unescaped(from: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const byte = from[at] as number;
      if (byte !== BACKSLASH) {
        this.byte(byte);
        at++;
        continue;
      }
      const letter = from[at + 1] as number;
      if (letter === 0x75) at = this.#unicode(from, at, end);
      else {
        if (letter !== QUOTE && letter !== 0x2f) this.byte(BACKSLASH);
        this.byte(letter);
        at += 2;
      }
    }
  }

  /**
   * Any JSON value as JSON: backslashes doubled, white space as blanks, and U+FFFD for what jsonb cannot hold
   * (PostgreSQL documentation, JSON Types: \u0000 and unpaired surrogates are refused).
   */
  json(from: Uint8Array, start: number, end: number, escaped: boolean): void {
    const { bytes } = this;
    for (let at = start; at < end; ) {
      const byte = from[at] as number;
      if (escaped && byte === BACKSLASH) at = this.#jsonEscape(from, at, end);
      else {
        // Raw control characters stand only between tokens.
        bytes[this.length++] = Math.max(byte, 0x20);
        at++;
      }
    }
  }

  #jsonEscape(from: Uint8Array, at: number, end: number): number {
    const taken = from[at + 1] === 0x75 ? surrogates(from, at, end) : 2;
    if (taken === 0) {
      this.#utf8(0xfffd);
      return at + 6;
    }
    for (let index = at; index < at + taken; index++) {
      const byte = from[index] as number;
      if (byte === BACKSLASH) this.byte(BACKSLASH);
      this.byte(byte);
    }
    return at + taken;
  }

  #unicode(from: Uint8Array, at: number, end: number): number {
    const taken = surrogates(from, at, end);
    const first = unit(from, at);
    if (taken === 0) this.#utf8(0xfffd);
    else if (taken === 12) this.#utf8(0x10000 + ((first - 0xd800) << 10) + (unit(from, at + 6) - 0xdc00));
    else this.#utf8(first);
    return at + (taken || 6);
  }

  #utf8(code: number): void {
    // An escaped control character or backslash has to be escaped for COPY too.
    if (code === BACKSLASH || code === 0x0a || code === 0x0d || code === TAB) this.byte(BACKSLASH);
    if (code === 0x0a) this.byte(0x6e);
    else if (code === 0x0d) this.byte(0x72);
    else if (code === TAB) this.byte(0x74);
    else if (code < 0x80) this.byte(code);
    else if (code < 0x800) {
      this.byte(0xc0 | (code >> 6));
      this.byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      this.byte(0xe0 | (code >> 12));
      this.byte(0x80 | ((code >> 6) & 0x3f));
      this.byte(0x80 | (code & 0x3f));
    } else {
      this.byte(0xf0 | (code >> 18));
      this.byte(0x80 | ((code >> 12) & 0x3f));
      this.byte(0x80 | ((code >> 6) & 0x3f));
      this.byte(0x80 | (code & 0x3f));
    }
  }
}

/** Bytes of the \u escape at `at` that belong together: 6, 12 for a pair, 0 for what Postgres cannot hold. */
function surrogates(from: Uint8Array, at: number, end: number): 0 | 6 | 12 {
  const first = unit(from, at);
  if (first === 0 || (first >= 0xdc00 && first <= 0xdfff)) return 0;
  if (first < 0xd800 || first > 0xdfff) return 6;
  if (at + 12 > end || from[at + 6] !== BACKSLASH || from[at + 7] !== 0x75) return 0;
  const second = unit(from, at + 6);
  return second >= 0xdc00 && second <= 0xdfff ? 12 : 0;
}

function unit(from: Uint8Array, at: number): number {
  let value = 0;
  for (let digit = at + 2; digit < at + 6; digit++) value = value * 16 + hexValue(from[digit] as number);
  return value;
}
