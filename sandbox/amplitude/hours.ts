// The hours of an export: parsed and judged as Amplitude judges them.

const HOUR = 3_600_000;

/** The start of an hour written as YYYYMMDDTHH, in milliseconds since 1970, UTC; undefined when there is no such hour. */
export function hourOf(text: string): number | undefined {
  const [, year, month, day, hour] = /^(\d{4})(\d{2})(\d{2})T(\d{2})$/.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:00:00.000Z`;
  const time = Date.parse(iso);
  // 31 February is moved into March by some parsers and refused by others.
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}

/** The hours to export, both included, or what is wrong with them (Amplitude, Export API: at most 365 days). */
export function windowOf(
  start: string | undefined,
  end: string | undefined,
): { start: number; end: number } | { wrong: string } {
  const [first, last] = [hourOf(start ?? ""), hourOf(end ?? "")];
  if (first === undefined) return { wrong: "start is required, in the form YYYYMMDDTHH" };
  if (last === undefined) return { wrong: "end is required, in the form YYYYMMDDTHH" };
  if (last < first) return { wrong: "end is before start" };
  if (last - first + HOUR > 365 * 24 * HOUR) return { wrong: "the period is longer than 365 days" };
  return { start: first, end: last };
}
