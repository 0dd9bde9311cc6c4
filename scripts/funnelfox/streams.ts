// The lists of FunnelFox in the order in which they are read, and how each one is read again.
import { type Table, tables } from "./tables.js";

/**
 * whole: each time from the first page to the last · newest first: until whole pages are known, when this crawl's order
 * allows that · updated: what `filter[updated_at.from]` lets through (FunnelFox, API reference > List subscriptions,
 * List transactions)
 */
export type Mode = "whole" | "newest first" | "updated";

export interface Stream {
  readonly table: Table;
  readonly mode: Mode;
  /** updated: whether rows show when they were updated, or only the clock at the crawl's start can be gone by */
  readonly bookmark?: "rows" | "clock";
  /** its days are counted with their amounts: only where an amount never changes, or old counts would be wrong */
  readonly amounts?: true;
}

export const streams: readonly Stream[] = [
  { table: tables.funnels, mode: "whole" },
  { table: tables.products, mode: "whole" },
  { table: tables.profiles, mode: "newest first" },
  { table: tables.sessions, mode: "newest first" },
  { table: tables.subscriptions, mode: "updated", bookmark: "rows" },
  { table: tables.transactions, mode: "updated", bookmark: "clock", amounts: true },
];
