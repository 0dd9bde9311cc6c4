// How checks write times, sizes, ages, jobs and values, so that a line can be compared by eye with a dashboard's.
import { type DynoSizeName, dynoSizes } from "../../config/prices.js";
import type { Job } from "../heroku/scheduler.js";
import { clockTime } from "../provision/held.js";

/** Heroku's own name of a dyno size. */
export function sizeName(size: DynoSizeName): string {
  return dynoSizes[size].name;
}

/** When a job runs, as the Scheduler's dashboard tells it. */
export function rhythm({ every, at }: Pick<Job, "every" | "at">): string {
  if (every === 24 * 60) return `daily at ${clockTime(at)} UTC`;
  if (every === 60) return `hourly at ${at % 60} minutes past`;
  return `every ${every} minutes`;
}

/** "daily at 02:00 UTC, size Eco: node dist/scripts/pipeline.js" */
export function jobLine(job: Pick<Job, "every" | "at" | "command" | "dynoSize">): string {
  return `${rhythm(job)}, size ${job.dynoSize}: ${job.command}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A duration for a sentence: "4 minutes", "26 hours", "3 days". */
export function duration(ms: number): string {
  const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  if (ms < 2 * MINUTE) return count(Math.max(0, Math.round(ms / 1000)), "second");
  if (ms < 2 * HOUR) return count(Math.round(ms / MINUTE), "minute");
  return ms < 72 * HOUR ? count(Math.round(ms / HOUR), "hour") : count(Math.round(ms / (24 * HOUR)), "day");
}

/** Bytes for a sentence: "812 MB", "1.5 GB". */
export function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value)} ${units[unit]}`;
}

/** A share of a limit: 81 of 100 → "81 %". */
export function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}

/** A moment for a sentence: "2026-11-23 02:00 UTC". */
export function moment(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The text with a capital at its beginning and a full stop at its end. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = `${trimmed[0]?.toUpperCase() ?? ""}${trimmed.slice(1)}`;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
