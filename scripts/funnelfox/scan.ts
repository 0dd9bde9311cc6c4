// Walks over JSON as bytes: finds where values begin and end without making objects of them, so that no digit is lost.

/** The text is no JSON, or not the JSON that was expected. */
export class MalformedJson extends Error {
  override readonly name = "MalformedJson";
}

/** What a value is. `none`: there was no value. */
export const kinds = { none: 0, string: 1, number: 2, true: 3, false: 4, null: 5, object: 6, array: 7 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** PostgreSQL's own parser of JSON gives up some thousand levels deep. */
const DEEPEST = 1_000;
/** numeric takes more, but only so many digits after the point (PostgreSQL documentation, Numeric Types). */
const LONGEST_NUMBER = 1_000;

/**
 * A position in a text of UTF-8 bytes (RFC 8259). After `length` bytes the array must hold one byte more, a zero, so
 * that no read has to look for the end.
 */
export class Scanner {
  bytes: Uint8Array = new Uint8Array(1);
  at = 0;
  /** where the last string's opening quote stands */
  start = 0;
  /** whether the last string or value had a backslash in it */
  escaped = false;
  /** whether a number since the last reset is one that Postgres's numeric may not hold */
  extreme = false;
  #length = 0;

  /** Begins at the first byte of another text. */
  open(bytes: Uint8Array, length: number): void {
    if (bytes[length] !== 0) throw new Error("a text to scan must end in a zero byte");
    this.bytes = bytes;
    this.#length = length;
    this.at = 0;
    this.escaped = false;
    this.extreme = false;
  }

  /** The next byte that is no white space, which is not taken. */
  peek(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at] as number;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] as number;
    this.at = at;
    return byte;
  }

  /** Takes `{` and says whether a key follows; an empty object is taken whole. */
  openObject(): boolean {
    return this.#open(OPEN_OBJECT, CLOSE_OBJECT);
  }

  openArray(): boolean {
    return this.#open(OPEN_ARRAY, CLOSE_ARRAY);
  }

  /** Takes `,` or `}`: whether another key follows. */
  nextKey(): boolean {
    return this.#next(CLOSE_OBJECT);
  }

  nextItem(): boolean {
    return this.#next(CLOSE_ARRAY);
  }

  colon(): void {
    if (this.peek() !== COLON) this.fail("a colon");
    this.at++;
  }

  /** Takes a string with its quotes and leaves `at` behind it. */
  string(): void {
    if (this.peek() !== QUOTE) this.fail("a string");
    const { bytes } = this;
    this.start = this.at;
    let at = this.at + 1;
    this.escaped = false;
    for (;;) {
      const byte = bytes[at] as number;
      // Letters of most texts are done with at the first comparison.
      if (byte > BACKSLASH || (byte > QUOTE && byte < BACKSLASH)) {
        at++;
        continue;
      }
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.escaped = true;
        at = this.#escape(at);
      } else if (byte < 0x20) {
        this.at = at;
        this.fail("the end of a string");
      } else at++;
    }
    this.at = at + 1;
  }

  /** Takes one value of any kind. `escaped` then says whether anything in it was. */
  value(depth = 0): Kind {
    const byte = this.peek();
    switch (byte) {
      case QUOTE:
        this.string();
        return kinds.string;
      case OPEN_OBJECT:
        return this.#object(depth);
      case OPEN_ARRAY:
        return this.#array(depth);
      case 0x74:
        return this.#word("true", kinds.true);
      case 0x66:
        return this.#word("false", kinds.false);
      case 0x6e:
        return this.#word("null", kinds.null);
      default:
        return this.#number();
    }
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.peek();
    if (this.at !== this.#length) this.fail("the end");
  }

  fail(wanted: string): never {
    throw new MalformedJson(`${wanted} was expected at byte ${this.at} of ${this.#length}`);
  }

  #open(open: number, close: number): boolean {
    if (this.peek() !== open) this.fail(String.fromCharCode(open));
    this.at++;
    if (this.peek() !== close) return true;
    this.at++;
    return false;
  }

  #next(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) this.fail(`a comma or ${String.fromCharCode(close)}`);
    this.at++;
    return byte === COMMA;
  }

  #escape(at: number): number {
    const byte = this.bytes[at + 1] as number;
    // " \ / b f n r t
    if (byte === QUOTE || byte === BACKSLASH || byte === 0x2f) return at + 2;
    if (byte === 0x62 || byte === 0x66 || byte === 0x6e || byte === 0x72 || byte === 0x74) return at + 2;
    if (byte === 0x75) {
      let digit = at + 2;
      while (digit < at + 6 && hexValue(this.bytes[digit] as number) >= 0) digit++;
      if (digit === at + 6) return digit;
    }
    this.at = at;
    return this.fail("an escape");
  }

  #object(depth: number): Kind {
    if (depth >= DEEPEST) this.fail(`less than ${DEEPEST} levels`);
    let escaped = false;
    for (let more = this.openObject(); more; more = this.nextKey()) {
      this.string();
      escaped = escaped || this.escaped;
      this.colon();
      this.escaped = false;
      this.value(depth + 1);
      escaped = escaped || this.escaped;
    }
    this.escaped = escaped;
    return kinds.object;
  }

  #array(depth: number): Kind {
    if (depth >= DEEPEST) this.fail(`less than ${DEEPEST} levels`);
    let escaped = false;
    for (let more = this.openArray(); more; more = this.nextItem()) {
      this.escaped = false;
      this.value(depth + 1);
      escaped = escaped || this.escaped;
    }
    this.escaped = escaped;
    return kinds.array;
  }

  #word(word: string, kind: Kind): Kind {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) this.fail(word);
    }
    this.at += word.length;
    return kind;
  }

  #number(): Kind {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] === MINUS) at++;
    if (bytes[at] === ZERO) at++;
    else at = this.#digits(at);
    if (bytes[at] === 0x2e) at = this.#digits(at + 1);
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === MINUS) at++;
      const exponent = at;
      at = this.#digits(at);
      if (at - exponent > 3) this.extreme = true;
    }
    if (at - this.at > LONGEST_NUMBER) this.extreme = true;
    this.at = at;
    return kinds.number;
  }

  #digits(from: number): number {
    const { bytes } = this;
    let at = from;
    while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
    if (at === from) this.fail("a value");
    return at;
  }
}

/** 0 to 15, or -1 for what is no hexadecimal digit. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  return -1;
}
