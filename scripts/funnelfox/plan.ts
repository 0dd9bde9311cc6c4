// Where a crawl of one list begins, and how far it has to go.
import type { CrawlState, StreamState } from "./cursors.js";
import type { Stream } from "./streams.js";
import { dayNumber, startOfDay } from "./times.js";
import { type Watch, type WholeDay, wholeDays } from "./watch.js";

const HOUR_MS = 3_600_000;
/** Rows can become visible later than their time says. */
const OVERLAP_MS = HOUR_MS;
/** Rows as young as this when the last crawl began are read again: their fields may still have been filled. */
const REREAD_MS = 6 * HOUR_MS;
/** FunnelFox does not say how long a cursor lives. */
const RESUME_MS = 24 * HOUR_MS;

export interface Options {
  readonly fullRefresh: boolean;
  /** milliseconds since 1970: everything from then on is read again */
  readonly since: number | undefined;
}

export interface Plan {
  readonly startedAt: string;
  /** ISO 8601 for `filter[updated_at.from]` */
  readonly from: string | undefined;
  /** microseconds since 1970: known pages end the crawl only before this time; undefined = never */
  readonly stopBefore: number | undefined;
  /** the crawl that is gone on with */
  readonly resume: CrawlState | undefined;
}

/** @param now milliseconds since 1970 */
export function planCrawl(stream: Stream, state: StreamState, options: Options, now: number): Plan {
  const { crawl } = state;
  if (crawl && stream.mode !== "whole" && !options.fullRefresh && options.since === undefined) {
    const age = now - Date.parse(crawl.startedAt);
    if (age >= 0 && age < RESUME_MS) {
      return { startedAt: crawl.startedAt, from: crawl.from, stopBefore: crawl.stopBefore, resume: crawl };
    }
  }
  return {
    startedAt: new Date(now).toISOString(),
    from: filterFrom(stream, state, options),
    stopBefore: stopTime(stream, state, options),
    resume: undefined,
  };
}

/** Whole days before the overlap, so that each night counts the last one whole. */
function filterFrom(stream: Stream, state: StreamState, options: Options): string | undefined {
  const { bookmark, endedCrawl } = state;
  if (stream.mode !== "updated" || options.fullRefresh || !endedCrawl || !bookmark) return undefined;
  const usual = startOfDay(Date.parse(bookmark) - OVERLAP_MS);
  return new Date(Math.min(usual, options.since ?? usual)).toISOString().replace(".000Z", "Z");
}

function stopTime(stream: Stream, state: StreamState, options: Options): number | undefined {
  const { endedCrawl, knownAt } = state;
  if (stream.mode !== "newest first" || options.fullRefresh || !endedCrawl || !knownAt) return undefined;
  const ended = Date.parse(endedCrawl);
  // The day in which the last crawl began is read whole, so that it can be counted.
  const usual = Math.min(startOfDay(ended - OVERLAP_MS), ended - REREAD_MS);
  return Math.min(usual, options.since ?? usual) * 1000;
}

/** The state after a crawl that has ended. */
export function endedState(stream: Stream, before: StreamState, plan: Plan, watch: Watch): StreamState {
  return { bookmark: bookmarkOf(stream, before, plan, watch), endedCrawl: plan.startedAt };
}

function bookmarkOf(stream: Stream, before: StreamState, plan: Plan, watch: Watch): string | undefined {
  if (stream.mode !== "updated") return undefined;
  if (stream.bookmark === "clock") return plan.startedAt;
  const seen = watch.newestUpdate === undefined ? undefined : watch.newestUpdate / 1000;
  const known = before.bookmark === undefined ? undefined : Date.parse(before.bookmark);
  if (seen === undefined && known === undefined) return undefined;
  // A time in the future would hide everything up to it.
  const latest = Math.min(Date.parse(plan.startedAt), Math.max(seen ?? 0, known ?? 0));
  return new Date(latest).toISOString();
}

/**
 * The days that this crawl has read whole: none of which a row can be missing. A row updated since a day was created
 * since then at the latest, so a filter by updates misses none of the days after it.
 * @param early the crawl ended at known pages
 */
export function countedDays(plan: Plan, watch: Watch, early: boolean): WholeDay[] | undefined {
  const days = watch.days;
  if (!days) return undefined;
  let first = Number.NEGATIVE_INFINITY;
  if (plan.from !== undefined) first = dayNumber(Date.parse(plan.from) * 1000);
  if (early && watch.oldest !== undefined) first = dayNumber(watch.oldest) + 1;
  return wholeDays(days, first, dayNumber(Date.parse(plan.startedAt) * 1000));
}
