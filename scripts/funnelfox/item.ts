// One item of a list, taken apart: where the value of each column stands in its bytes, and what no column is declared for.
import { FIRST_GROUP, IGNORED, type Layout, UNKNOWN } from "./fields.js";
import { type Kind, kinds, type Scanner } from "./scan.js";

/** A field for `_extra`: its name with quotes, its value, and the object it stands in (-1 = the item). */
export interface Extra {
  readonly group: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
  readonly extreme: boolean;
}

/** The places of one item's values; filled again for each item. */
export class Item {
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly escaped: Uint8Array;
  readonly extreme: Uint8Array;
  /** where the name stands, with its quotes */
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly extras: Extra[] = [];
  /** groups that were no objects */
  readonly strangers: string[] = [];
  readonly #layout: Layout;

  constructor(layout: Layout) {
    const { length } = layout.slots;
    this.#layout = layout;
    this.kind = new Uint8Array(length);
    this.start = new Int32Array(length);
    this.end = new Int32Array(length);
    this.escaped = new Uint8Array(length);
    this.extreme = new Uint8Array(length);
    this.nameStart = new Int32Array(length);
    this.nameEnd = new Int32Array(length);
  }

  /** Reads the object at the scanner's position. Of a field that comes twice the last one counts, as in JSON.parse. */
  read(scanner: Scanner): void {
    this.kind.fill(kinds.none);
    if (this.extras.length > 0) this.extras.length = 0;
    if (this.strangers.length > 0) this.strangers.length = 0;
    let place = 0;
    for (let more = scanner.openObject(); more; more = scanner.nextKey()) this.#field(scanner, -1, place++);
  }

  #field(scanner: Scanner, group: number, place: number): void {
    scanner.string();
    const nameEnd = scanner.at;
    const nameStart = scanner.start;
    const nameEscaped = scanner.escaped;
    const fields = group < 0 ? this.#layout.top : (this.#layout.groups[group]?.fields ?? this.#layout.top);
    let target: number;
    if (!nameEscaped) target = fields.find(scanner.bytes, nameStart + 1, nameEnd - 1, place);
    else {
      const name = Buffer.from(JSON.parse(textOf(scanner.bytes, nameStart, nameEnd)) as string);
      target = fields.find(name, 0, name.length, place);
    }
    scanner.colon();
    if (target <= FIRST_GROUP) {
      this.#group(scanner, FIRST_GROUP - target, nameStart, nameEnd);
      return;
    }
    scanner.peek();
    const start = scanner.at;
    scanner.escaped = false;
    scanner.extreme = false;
    const kind = scanner.value();
    if (target >= 0) {
      this.kind[target] = kind;
      this.start[target] = start;
      this.end[target] = scanner.at;
      this.escaped[target] = scanner.escaped ? 1 : 0;
      this.extreme[target] = scanner.extreme ? 1 : 0;
      this.nameStart[target] = nameStart;
      this.nameEnd[target] = nameEnd;
    } else if (target === UNKNOWN) {
      this.#extra(scanner, group, nameStart, nameEnd, start, nameEscaped);
    } else if (target !== IGNORED) throw new Error(`no such target: ${target}`);
  }

  #group(scanner: Scanner, group: number, nameStart: number, nameEnd: number): void {
    const { slots, name } = this.#layout.groups[group] as Layout["groups"][number];
    for (const slot of slots) this.kind[slot] = kinds.none;
    if (scanner.peek() === 0x7b) {
      let place = 0;
      for (let more = scanner.openObject(); more; more = scanner.nextKey()) this.#field(scanner, group, place++);
      return;
    }
    const start = scanner.at;
    scanner.escaped = false;
    scanner.extreme = false;
    const kind: Kind = scanner.value();
    if (kind === kinds.null) return;
    this.strangers.push(name);
    this.#extra(scanner, -1, nameStart, nameEnd, start, false);
  }

  #extra(scanner: Scanner, group: number, nameStart: number, nameEnd: number, start: number, nameEscaped: boolean) {
    const escaped = scanner.escaped || nameEscaped;
    this.extras.push({ group, nameStart, nameEnd, start, end: scanner.at, escaped, extreme: scanner.extreme });
  }
}

/** A piece of the text, decoded. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
