// What a crawl learns of the rows that pass: in which order they come, and how many were created on each day.
import { Fingerprints } from "./fingerprints.js";
import { dayNumber, dayOf } from "./times.js";
import type { RowFacts } from "./transcode.js";

/** Ids that are remembered, at 8 to 24 bytes each; longer lists are counted by their order alone. */
const MOST_IDS = 700_000;
const MOST_TIES = 50_000;
/** So often a row has to be older than the one before it until the order counts as proven. */
const PROOF = 50;
const SAFE = 2 ** 52;

/** One day's rows in one currency. */
export interface DayCount {
  /** days since 1970 */
  readonly day: number;
  readonly currency: string;
  readonly count: number;
  /** minor units as text; null where nothing is money */
  readonly amount: string | null;
}

/** All that the next process has to know to go on with a crawl. */
export interface WatchState {
  readonly last: number | null;
  readonly oldest: number | null;
  readonly newestUpdate: number | null;
  readonly descending: boolean;
  readonly ascending: boolean;
  readonly steps: number;
  /** null once the days cannot be counted surely */
  readonly days: readonly (readonly [day: number, currency: string, count: number, amount: string | null])[] | null;
}

interface Sum {
  readonly day: number;
  readonly currency: string;
  count: number;
  low: number;
  high: bigint;
  money: boolean;
}

export class Watch {
  #last = Number.NaN;
  #oldest = Number.POSITIVE_INFINITY;
  #newestUpdate = Number.NEGATIVE_INFINITY;
  #descending = true;
  #ascending = true;
  #steps = 0;
  #countable = true;
  #repeated = false;
  #sums = new Map<string, Sum>();
  #current: Sum | undefined;
  readonly #seen: Fingerprints;
  readonly #ties = new Fingerprints(MOST_TIES);
  #tieHigh = 0;
  #tieLow = 0;

  readonly #money: boolean;

  /**
   * @param from what a process before this one knew; the ids themselves it took with it
   * @param options.money whether days are counted by currency, with their amounts
   */
  constructor(from?: WatchState, { money = false, mostIds = MOST_IDS } = {}) {
    this.#money = money;
    this.#seen = new Fingerprints(from ? 0 : mostIds);
    if (!from) return;
    this.#seen.complete = false;
    this.#last = from.last ?? Number.NaN;
    this.#oldest = from.oldest ?? Number.POSITIVE_INFINITY;
    this.#newestUpdate = from.newestUpdate ?? Number.NEGATIVE_INFINITY;
    this.#descending = from.descending;
    this.#ascending = from.ascending;
    this.#steps = from.steps;
    this.#countable = from.days !== null;
    for (const [day, currency, count, amount] of from.days ?? []) {
      const sum = { day, currency, count, low: 0, high: BigInt(amount ?? 0), money: amount !== null };
      this.#sums.set(`${day} ${currency}`, sum);
    }
  }

  /** Whether the row's id is new; undefined when not all of them are remembered. */
  row(facts: RowFacts): boolean | undefined {
    const { created, updated } = facts;
    const fresh = this.#seen.add(facts.hash.high, facts.hash.low);
    const known = this.#seen.complete ? !fresh : this.#isTie(facts);
    this.#order(created);
    this.#tieHigh = facts.hash.high;
    this.#tieLow = facts.hash.low;
    if (updated > this.#newestUpdate) this.#newestUpdate = updated;
    if (created < this.#oldest) this.#oldest = created;
    if (known) this.#repeated = true;
    else if (!Number.isNaN(created)) this.#count(dayNumber(created), facts);
    return this.#seen.complete ? fresh : undefined;
  }

  /** True when each row so far was created no later than the one before it, and enough of them earlier. */
  get newestFirst(): boolean {
    return this.#descending && this.#steps >= PROOF;
  }

  /** No id has come twice, and all of them are remembered. */
  get allDistinct(): boolean {
    return this.#seen.complete && !this.#repeated;
  }

  /** Microseconds since 1970; undefined before the first row that has a time. */
  get oldest(): number | undefined {
    return Number.isFinite(this.#oldest) ? this.#oldest : undefined;
  }

  get newestUpdate(): number | undefined {
    return Number.isFinite(this.#newestUpdate) ? this.#newestUpdate : undefined;
  }

  /**
   * Distinct rows by day and currency; undefined when a row may have been counted twice: too many ids to remember, and
   * no order that shows it.
   */
  get days(): DayCount[] | undefined {
    if (!this.#sure) return undefined;
    return [...this.#sums.values()].map(({ day, currency, count, low, high, money }) => ({
      day,
      currency,
      count,
      amount: money ? (high + BigInt(low)).toString() : null,
    }));
  }

  state(): WatchState {
    const finite = (value: number) => (Number.isFinite(value) ? value : null);
    return {
      last: finite(this.#last),
      oldest: finite(this.#oldest),
      newestUpdate: finite(this.#newestUpdate),
      descending: this.#descending,
      ascending: this.#ascending,
      steps: this.#steps,
      days: this.days?.map(({ day, currency, count, amount }) => [day, currency, count, amount] as const) ?? null,
    };
  }

  get #sure(): boolean {
    return this.#countable && (this.#seen.complete || ((this.#descending || this.#ascending) && this.#ties.complete));
  }

  /** Rows of one and the same time are the only ones that an ordered list can repeat unseen. */
  #isTie({ created, hash }: RowFacts): boolean {
    if (created !== this.#last) return false;
    if (this.#ties.size === 0) this.#ties.add(this.#tieHigh, this.#tieLow);
    return !this.#ties.add(hash.high, hash.low);
  }

  #order(created: number): void {
    const last = this.#last;
    if (created === last) return;
    if (this.#ties.size > 0) this.#ties.clear();
    if (created < last) {
      this.#steps++;
      this.#ascending = false;
    } else if (created > last) this.#descending = false;
    else if (Number.isNaN(created)) {
      this.#descending = false;
      this.#ascending = false;
    }
    this.#last = created;
  }

  #count(day: number, facts: RowFacts): void {
    const amount = this.#money ? facts.amount : undefined;
    const currency = this.#money ? facts.currency : "";
    let sum = this.#current;
    if (sum?.day !== day || sum.currency !== currency) {
      const name = `${day} ${currency}`;
      sum = this.#sums.get(name);
      if (!sum) {
        sum = { day, currency, count: 0, low: 0, high: 0n, money: false };
        this.#sums.set(name, sum);
      }
      this.#current = sum;
    }
    sum.count++;
    if (amount === undefined) return;
    sum.money = true;
    const number = Number(amount);
    if (Number.isSafeInteger(number) && Math.abs(sum.low + number) < SAFE) sum.low += number;
    else sum.high += BigInt(amount);
  }
}

/** The rows of pipeline.stream_counts for the days from `first` up to, without, `end`. */
export function wholeDays(days: readonly DayCount[], first: number, end: number) {
  return days
    .filter(({ day }) => day >= first && day < end)
    .map(({ day, currency, count, amount }) => ({ day: dayOf(day), currency, count, amount }));
}

export type WholeDay = ReturnType<typeof wholeDays>[number];
