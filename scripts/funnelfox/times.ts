// Times as APIs write them (RFC 3339), read from bytes and checked as strictly as Postgres would.

const DAY_SECONDS = 86_400;
/** What `parseTime` says about bytes that are no time. */
export const NO_TIME = Number.NaN;

/**
 * Microseconds since 1970 UTC; a time without a zone is UTC. NO_TIME for what Postgres would refuse or read otherwise.
 * @param bytes `2026-11-25T02:00:00.123456Z`, also with a blank for the T and with an offset for the Z
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19) return NO_TIME;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  const between = bytes[start + 10];
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return NO_TIME;
  if (between !== 0x54 && between !== 0x74 && between !== 0x20) return NO_TIME;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return NO_TIME;
  // Comparisons with NaN are false, so each is written to be true for what is good.
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NO_TIME;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NO_TIME;

  let at = start + 19;
  let micros = 0;
  if (bytes[at] === 0x2e) {
    const first = ++at;
    for (let unit = 100_000; at < end; at++, unit = Math.floor(unit / 10)) {
      const digit = (bytes[at] as number) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      micros += digit * unit;
    }
    if (at === first || at - first > 12) return NO_TIME;
  }
  const zone = offsetSeconds(bytes, at, end);
  const seconds = daysSince1970(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - zone;
  return seconds * 1e6 + micros;
}

/** `2026-11-25` of microseconds since 1970. */
export function dayOf(day: number): string {
  return new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/** Days since 1970 of microseconds. */
export function dayNumber(micros: number): number {
  return Math.floor(micros / (DAY_SECONDS * 1e6));
}

/** 00:00 UTC of the day that milliseconds since 1970 fall into. */
export function startOfDay(ms: number): number {
  return Math.floor(ms / (DAY_SECONDS * 1000)) * DAY_SECONDS * 1000;
}

function offsetSeconds(bytes: Uint8Array, at: number, end: number): number {
  if (at === end) return 0;
  const sign = bytes[at];
  if (sign === 0x5a || sign === 0x7a) return at + 1 === end ? 0 : NO_TIME;
  if (sign !== 0x2b && sign !== 0x2d) return NO_TIME;
  const colon = bytes[at + 3] === 0x3a;
  if (end - at !== (colon ? 6 : 5)) return NO_TIME;
  const hours = digits(bytes, at + 1, 2);
  const minutes = digits(bytes, at + (colon ? 4 : 3), 2);
  if (!(hours <= 15 && minutes <= 59)) return NO_TIME;
  return (sign === 0x2d ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NO_TIME;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The proleptic Gregorian calendar, counted from 1 March so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
