// Lists in pages, as Heroku serves them: Range in, 206 with Next-Range out (Heroku Platform API, Ranges).
import type { Ctx } from "./context.js";
import { ApiError } from "./errors.js";

interface Range {
  field: string;
  from: string | null;
  afterFrom: boolean;
  to: string | null;
  max: number;
  descending: boolean;
}

type Row = Record<string, unknown>;

/**
 * Answers a list. `fields` are the properties it may be ranged over, the first one being the default.
 * 200 with everything that is left, or 206 with `Next-Range`; 416 for a range that cannot be understood.
 */
export function page<T extends object>(
  c: Ctx,
  items: T[],
  fields: [keyof T & string, ...(keyof T & string)[]],
): Response {
  const range = parseRange(c.req.header("range"), fields);
  const rows = items
    .map((item) => ({ item, key: keyOf(item as Row, range.field) }))
    .sort((a, b) => compare(a.key, b.key) * (range.descending ? -1 : 1))
    .filter(({ key }) => isInside(key, range));
  const part = rows.slice(0, range.max);
  c.header("Accept-Ranges", fields.join(", "));
  const last = part.at(-1);
  if (part[0] !== undefined && last !== undefined) {
    c.header("Content-Range", `${range.field} ${part[0].key}..${last.key}`);
  }
  if (last === undefined || part.length === rows.length) return c.json(part.map(({ item }) => item));
  const options = [`max=${range.max}`, ...(range.descending ? ["order=desc"] : [])];
  c.header("Next-Range", `${range.field} ]${last.key}..${range.to ?? ""}; ${options.join(", ")}`);
  return c.json(
    part.map(({ item }) => item),
    206,
  );
}

function parseRange(header: string | undefined, fields: string[]): Range {
  const range: Range = {
    field: fields[0] ?? "id",
    from: null,
    afterFrom: false,
    to: null,
    max: 200,
    descending: false,
  };
  if (header === undefined || header.trim() === "") return range;
  const match = /^([a-z_]+)\s*(\]?)([^.;\s]*)\.\.([^;\s[\]]*)(?:\s*;\s*(.*))?$/.exec(header.trim());
  if (match === null) throw unsatisfiable(`Invalid range: ${header}.`);
  const [, field = "id", after, from, to, options = ""] = match;
  if (!fields.includes(field)) throw unsatisfiable(`Cannot range over ${field}; use one of ${fields.join(", ")}.`);
  range.field = field;
  range.afterFrom = after === "]";
  range.from = from === "" || from === undefined ? null : from;
  range.to = to === "" || to === undefined ? null : to;
  for (const option of options.split(/[;,]/).map((text) => text.trim())) {
    if (option === "") continue;
    const [name, value = ""] = option.split("=");
    if (name === "max" && /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 1000) range.max = Number(value);
    else if (name === "order" && (value === "asc" || value === "desc")) range.descending = value === "desc";
    else throw unsatisfiable(`Invalid range option: ${option}.`);
  }
  return range;
}

function unsatisfiable(message: string): ApiError {
  return new ApiError(416, { id: "requested_range_not_satisfiable", message });
}

function keyOf(item: Row, field: string): string | number {
  const value = item[field];
  return typeof value === "number" ? value : String(value);
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a < b ? -1 : a > b ? 1 : 0;
}

function isInside(key: string | number, range: Range): boolean {
  const sign = range.descending ? -1 : 1;
  const read = (text: string): string | number => (typeof key === "number" ? Number(text) : text);
  if (range.from !== null) {
    const order = compare(key, read(range.from)) * sign;
    if (order < 0 || (order === 0 && range.afterFrom)) return false;
  }
  return range.to === null || compare(key, read(range.to)) * sign <= 0;
}
