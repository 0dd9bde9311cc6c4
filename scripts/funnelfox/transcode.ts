// A page of a list into rows for COPY, in one pass over its bytes.
import { isUtf8 } from "node:buffer";
import type { CopyText } from "./copy-text.js";
import { type Layout, layoutOf, type Slot } from "./fields.js";
import { Hash } from "./fingerprints.js";
import { type Extra, Item, textOf } from "./item.js";
import { kinds, MalformedJson, Scanner } from "./scan.js";
import type { Table } from "./tables.js";
import { NO_TIME, parseTime } from "./times.js";
import { insteadOf, isBigint, quoteExtremeNumbers, secondsAsTime } from "./values.js";

/** What others want to know of a row that was just written; the same object for each row. */
export interface RowFacts {
  readonly hash: Hash;
  /** microseconds since 1970; NaN when the row has none */
  created: number;
  updated: number;
  /** whole minor units as text, when the row has a price */
  amount: string | undefined;
  /** lower case; "" when the row has none */
  currency: string;
}

/** A field of a key, of money or of time has another type than it is documented with. */
export class TypeChanged extends Error {
  override readonly name = "TypeChanged";

  constructor(
    readonly stream: string,
    readonly key: string,
    readonly field: string,
    value: string,
  ) {
    super(`${stream} ${key}: ${field} is ${value}`);
  }
}

export interface PageEnd {
  readonly rows: number;
  /** the answer's `pagination`, as it came */
  readonly pagination: Uint8Array | undefined;
}

/** Turns items of one table into rows. */
export class Transcoder {
  readonly table: Table;
  /** how many values were put aside because their type is not the documented one, by field */
  readonly nulled = new Map<string, number>();
  readonly facts: RowFacts = { hash: new Hash(), created: NO_TIME, updated: NO_TIME, amount: undefined, currency: "" };
  readonly #layout: Layout;
  readonly #item: Item;
  readonly #scanner = new Scanner();
  readonly #places: { key: number; created: number; updated: number; price: number; currency: number };

  /** @param ignored fields that are neither columns nor kept in `_extra` */
  constructor(table: Table, ignored: readonly string[] = []) {
    this.table = table;
    this.#layout = layoutOf(table, ignored);
    this.#item = new Item(this.#layout);
    const place = (name: string | undefined) => table.columns.findIndex((column) => column.name === name);
    this.#places = {
      key: place(table.key[0]),
      created: place("created_at"),
      updated: place("updated_at"),
      price: place("price"),
      currency: place("currency"),
    };
  }

  /**
   * Reads `{"data": [items], "pagination": {…}}` and appends a row for each item.
   * @param bytes UTF-8; room for one byte more behind `length`
   * @param seen called after each row with `facts`
   * @throws MalformedJson, with nothing appended; TypeChanged
   */
  page(bytes: Buffer, length: number, out: CopyText, seen: (facts: RowFacts) => void): PageEnd {
    const scanner = this.#open(bytes, length);
    const { length: before, rows: rowsBefore } = out;
    let pagination: Uint8Array | undefined;
    let data = false;
    try {
      for (let more = scanner.openObject(); more; more = scanner.nextKey()) {
        scanner.string();
        const name = textOf(scanner.bytes, scanner.start + 1, scanner.at - 1);
        scanner.colon();
        scanner.peek();
        const start = scanner.at;
        if (name === "data" && !data) {
          data = true;
          for (let item = scanner.openArray(); item; item = scanner.nextItem()) this.#row(out, seen);
        } else scanner.value();
        if (name === "pagination") pagination = scanner.bytes.subarray(start, scanner.at);
      }
      scanner.end();
      if (!data) throw new MalformedJson("there is no data in it");
    } catch (error) {
      out.length = before;
      out.rows = rowsBefore;
      throw error;
    }
    return { rows: out.rows - rowsBefore, pagination };
  }

  /** The same for a text that is one item. */
  single(bytes: Buffer, length: number, out: CopyText, seen: (facts: RowFacts) => void): void {
    const scanner = this.#open(bytes, length);
    const { length: before, rows: rowsBefore } = out;
    try {
      this.#row(out, seen);
      scanner.end();
    } catch (error) {
      out.length = before;
      out.rows = rowsBefore;
      throw error;
    }
  }

  #open(bytes: Buffer, length: number): Scanner {
    // Bytes that are no UTF-8 become U+FFFD, as every decoder has it.
    const text = isUtf8(bytes.subarray(0, length))
      ? bytes
      : Buffer.from(`${bytes.toString("utf8", 0, length)}\0`, "utf8");
    const end = text === bytes ? length : text.length - 1;
    text[end] = 0;
    this.#scanner.open(text, end);
    return this.#scanner;
  }

  #row(out: CopyText, seen: (facts: RowFacts) => void): void {
    const scanner = this.#scanner;
    const item = this.#item;
    scanner.peek();
    const start = scanner.at;
    item.read(scanner);
    const { slots } = this.#layout;
    out.reserve(2 * (scanner.at - start) + 32 * slots.length + 256);
    const { facts } = this;
    facts.created = NO_TIME;
    facts.updated = NO_TIME;
    for (let index = 0; index < slots.length; index++) {
      this.#column(slots[index] as Slot, index, out);
      out.tab();
    }
    for (const name of item.strangers) this.#count(name);
    if (item.extras.length === 0) out.missing();
    else this.#extras(out);
    out.byte(0x0a);
    out.rows++;
    this.#money();
    const { key } = this.#places;
    facts.hash.of(scanner.bytes, item.start[key] as number, item.end[key] as number);
    seen(facts);
  }

  #column(slot: Slot, index: number, out: CopyText): void {
    const kind = this.#item.kind[index];
    if (kind === kinds.none || kind === kinds.null) {
      if (slot.column.orEmpty) return;
      if (slot.key) throw this.#changed(slot, kind === kinds.null ? "null" : "missing");
      out.missing();
    } else if (!this.#write(slot, index, kind, out)) {
      if (slot.strict) throw this.#changed(slot, insteadOf(slot.column.type, kind));
      this.#aside(slot, index);
      out.missing();
    }
  }

  /** False, with nothing written, when the value is not of the column's type. */
  #write(slot: Slot, index: number, kind: number | undefined, out: CopyText): boolean {
    const item = this.#item;
    const { bytes } = this.#scanner;
    const start = item.start[index] as number;
    const end = item.end[index] as number;
    const { type, unixSeconds, orEmpty } = slot.column;
    switch (type) {
      case "text":
        if (kind !== kinds.string) return false;
        if (slot.key && !orEmpty && end - start === 2) throw this.#changed(slot, "empty");
        if (item.escaped[index] === 1) out.unescaped(bytes, start + 1, end - 1);
        else out.plain(bytes, start + 1, end - 1);
        return true;
      case "timestamptz": {
        if (unixSeconds && kind === kinds.number) return this.#seconds(index, textOf(bytes, start, end), out);
        if (kind !== kinds.string) return false;
        const micros = parseTime(bytes, start + 1, end - 1);
        if (!Number.isNaN(micros)) {
          this.#time(index, micros);
          out.plain(bytes, start + 1, end - 1);
          return true;
        }
        // An empty text says no more than null does.
        if (end - start === 2) out.missing();
        return end - start === 2;
      }
      case "bigint":
        if (kind !== kinds.number || !isBigint(bytes, start, end)) return false;
        out.plain(bytes, start, end);
        return true;
      case "boolean":
        if (kind === kinds.true) out.byte(0x74);
        else if (kind === kinds.false) out.byte(0x66);
        else return false;
        return true;
      case "jsonb":
        this.#json(out, start, end, item.escaped[index] === 1, item.extreme[index] === 1);
        return true;
    }
  }

  #seconds(index: number, number: string, out: CopyText): boolean {
    const time = secondsAsTime(number);
    if (time === undefined) return false;
    this.#time(index, Date.parse(time) * 1000);
    out.ascii(time);
    return true;
  }

  /** The column stays null, the value goes to `_extra`, and it is counted. */
  #aside(slot: Slot, index: number): void {
    const item = this.#item;
    this.#count(slot.field);
    item.extras.push({
      group: slot.column.path ? this.#layout.groups.findIndex(({ slots }) => slots.includes(index)) : -1,
      nameStart: item.nameStart[index] as number,
      nameEnd: item.nameEnd[index] as number,
      start: item.start[index] as number,
      end: item.end[index] as number,
      escaped: true,
      extreme: item.extreme[index] === 1,
    });
  }

  #count(field: string): void {
    this.nulled.set(field, (this.nulled.get(field) ?? 0) + 1);
  }

  #time(index: number, micros: number): void {
    if (index === this.#places.created) this.facts.created = micros;
    else if (index === this.#places.updated) this.facts.updated = micros;
  }

  #money(): void {
    const { price, currency } = this.#places;
    if (price < 0) return;
    const { kind, start, end } = this.#item;
    const { bytes } = this.#scanner;
    const piece = (index: number, cut: number) =>
      textOf(bytes, (start[index] as number) + cut, (end[index] as number) - cut);
    this.facts.amount = kind[price] === kinds.number ? piece(price, 0) : undefined;
    this.facts.currency = kind[currency] === kinds.string ? piece(currency, 1).trim().toLowerCase() : "";
  }

  #extras(out: CopyText): void {
    const { extras } = this.#item;
    out.byte(0x7b);
    let first = true;
    for (const extra of extras) {
      if (extra.group >= 0) continue;
      this.#member(extra, out, first);
      first = false;
    }
    for (const [group, { name }] of this.#layout.groups.entries()) {
      const own = extras.filter((extra) => extra.group === group);
      if (own.length === 0) continue;
      out.ascii(`${first ? "" : ","}"${name}":{`);
      first = false;
      for (const [index, extra] of own.entries()) this.#member(extra, out, index === 0);
      out.byte(0x7d);
    }
    out.byte(0x7d);
  }

  #member(extra: Extra, out: CopyText, first: boolean): void {
    if (!first) out.byte(0x2c);
    out.json(this.#scanner.bytes, extra.nameStart, extra.nameEnd, extra.escaped);
    out.byte(0x3a);
    this.#json(out, extra.start, extra.end, extra.escaped, extra.extreme);
  }

  #json(out: CopyText, start: number, end: number, escaped: boolean, extreme: boolean): void {
    const { bytes } = this.#scanner;
    if (!extreme) {
      out.json(bytes, start, end, escaped);
      return;
    }
    const quoted = Buffer.from(quoteExtremeNumbers(textOf(bytes, start, end)));
    out.reserve(2 * quoted.length + 2 * (end - start) + 1024);
    out.json(quoted, 0, quoted.length, true);
  }

  #changed(slot: Slot, value: string): TypeChanged {
    const { key } = this.#places;
    const named = this.#item.kind[key] === kinds.string;
    const name = named
      ? textOf(this.#scanner.bytes, (this.#item.start[key] ?? 0) + 1, (this.#item.end[key] ?? 0) - 1)
      : "";
    return new TypeChanged(this.table.name, name || "(without an id)", slot.field, value);
  }
}
