// Days, months and hours in UTC.
import type { Interval, Ms } from "./facts.js";

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** `2026-11-24`. */
export function dayOf(at: Ms): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The first day of the month, `2026-11-01`. */
export function monthOf(at: Ms): string {
  return `${new Date(at).toISOString().slice(0, 7)}-01`;
}

/** The first day of a month that lies `count` months after `month`. */
export function addMonths(month: string, count: number): string {
  const date = new Date(`${month}T00:00:00Z`);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1)).toISOString().slice(0, 10);
}

/** Months from `from` to `to`, both first days of one. */
export function monthsBetween(from: string, to: string): number {
  const count = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  return count(to) - count(from);
}

/** The first moment of a day or month. */
export function startOf(day: string): Ms {
  return Date.parse(`${day}T00:00:00Z`);
}

/** `at` moved by so many intervals; a day that the month lacks becomes its last one. */
export function addInterval(at: Ms, interval: Interval, count: number): Ms {
  if (interval === "day") return at + count * DAY;
  if (interval === "week") return at + count * 7 * DAY;
  const date = new Date(at);
  const months = interval === "year" ? count * 12 : count;
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const moved = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last));
  return moved + (at % DAY);
}

/** The last hour that Amplitude's export surely has whole at `now`: an hour is complete 2 h after it closed. */
export function lastSafeHour(now: Ms): Ms {
  return Math.floor((now - 3 * HOUR) / HOUR) * HOUR;
}
