// Which column a field of an item belongs to, found by its bytes.
import type { Column, Table } from "./tables.js";

/** A column with what the transcoder has to know of it. */
export interface Slot {
  readonly column: Column;
  /** as a person would say it: `profile.email` */
  readonly field: string;
  /** a value of another type stops the load */
  readonly strict: boolean;
  readonly key: boolean;
}

/** Fields of one object: a number >= 0 is a slot, a name of a group another object with fields of its own. */
export class Fields {
  readonly #names: Buffer[] = [];
  readonly #targets: number[] = [];
  /** which field came at this place in the last item: lists write each item alike */
  readonly #predicted: number[] = [];

  add(name: string, target: number): void {
    this.#names.push(Buffer.from(name));
    this.#targets.push(target);
  }

  /** The target of a name without escapes, or UNKNOWN. @param place how many names came before it in the item */
  find(bytes: Uint8Array, start: number, end: number, place: number): number {
    const guess = this.#predicted[place];
    if (guess !== undefined && this.#is(guess, bytes, start, end)) return this.#targets[guess] as number;
    for (let index = 0; index < this.#names.length; index++) {
      if (!this.#is(index, bytes, start, end)) continue;
      if (place <= this.#predicted.length) this.#predicted[place] = index;
      return this.#targets[index] as number;
    }
    return UNKNOWN;
  }

  #is(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const name = this.#names[index] as Buffer;
    if (name.length !== end - start) return false;
    for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
    return true;
  }
}

/** No column is declared for the field. */
export const UNKNOWN = -1;
/** The field is somebody else's to read. */
export const IGNORED = -2;
/** Targets from here downwards are groups: FIRST_GROUP is the first. */
export const FIRST_GROUP = -10;

export interface Layout {
  readonly slots: readonly Slot[];
  readonly top: Fields;
  readonly groups: readonly { readonly name: string; readonly fields: Fields; readonly slots: readonly number[] }[];
}

/** @param ignored fields that are neither columns nor kept */
export function layoutOf(table: Table, ignored: readonly string[] = []): Layout {
  const slots = table.columns.map((column): Slot => {
    const key = table.key.includes(column.name);
    return {
      column,
      key,
      field: column.path?.join(".") ?? column.name,
      strict: key || column.money === true || column.type === "timestamptz",
    };
  });
  const top = new Fields();
  const groups: { name: string; fields: Fields; slots: number[] }[] = [];
  for (const [index, { column }] of slots.entries()) {
    if (!column.path) {
      top.add(column.name, index);
      continue;
    }
    const [object, field] = column.path;
    let group = groups.find(({ name }) => name === object);
    if (!group) {
      group = { name: object, fields: new Fields(), slots: [] };
      top.add(object, FIRST_GROUP - groups.length);
      groups.push(group);
    }
    group.fields.add(field, index);
    group.slots.push(index);
  }
  for (const name of ignored) top.add(name, IGNORED);
  return { slots, top, groups };
}
