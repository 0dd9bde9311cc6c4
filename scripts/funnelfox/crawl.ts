// One list from its first page to its last: the next page is fetched while the last rows are written.
import { setTimeout as delay } from "node:timers/promises";
import { ExpectedError } from "../common/errors.js";
import { type Api, Refused } from "./api.js";
import { BATCH_BYTES, BATCH_ROWS, Batch } from "./batch.js";
import { readCursor, type StreamState } from "./cursors.js";
import type { GetAnswer } from "./http.js";
import { Paging } from "./paging.js";
import { countedDays, endedState, type Options, type Plan, planCrawl } from "./plan.js";
import { MalformedJson } from "./scan.js";
import type { Stream } from "./streams.js";
import type { Tell } from "./talk.js";
import { type RowFacts, Transcoder, TypeChanged } from "./transcode.js";
import type { Cursor, Warehouse, Written } from "./warehouse.js";
import { Watch } from "./watch.js";

/** Where known pages may end a crawl, batches begin small: each one answers whether it is time to stop. */
const FIRST_ROWS = 2_000;
const MANY_ROWS = 20_000;
/** Rows wait no longer than this, however slow the list is. */
const PATIENCE_MS = 10_000;
/** A merge that is under way when the process is told to stop may take so long. */
const GRACE_MS = 5_000;

export interface CrawlDeps {
  readonly api: Api;
  readonly warehouse: Warehouse;
  readonly batches: readonly [Batch, Batch];
  readonly options: Options;
  readonly now: () => number;
  readonly tell: Tell;
  /** a batch is full at so many rows; default 20,000 */
  readonly batchRows?: number | undefined;
}

export interface CrawlResult {
  /** rows read and merged */
  readonly rows: number;
  /** rows inserted or changed */
  readonly changed: number;
}

/** Two batches, to be used by one crawl after the other: one is filled while the other one is written. */
export function newBatches(): [Batch, Batch] {
  return [new Batch(BATCH_BYTES + 1024 * 1024), new Batch(BATCH_BYTES + 1024 * 1024)];
}

/**
 * Reads one list into its table, or goes on with a crawl that was broken off.
 * @throws ExpectedError; the signal's reason. What was committed stays, with the place to go on from.
 */
export async function crawl(stream: Stream, deps: CrawlDeps): Promise<CrawlResult> {
  const { name } = stream.table;
  const state = await readCursor(deps.warehouse.client, name);
  const plan = planCrawl(stream, state, deps.options, deps.now());
  const nothing = { rows: 0, changed: 0 };
  if (plan.resume === undefined) return pass(stream, state, plan, deps, nothing);
  let before: CrawlResult = nothing;
  try {
    before = await new Crawl(stream, state, plan, deps, nothing).run();
  } catch (error) {
    if (!(error instanceof Refused)) throw named(error);
    deps.tell.notice(
      name,
      `The place where ${name} were left is no longer known to FunnelFox; they are read from the start.`,
    );
  }
  // What has come since the broken crawl began is before its first page.
  const { crawl: _, ...now } = await readCursor(deps.warehouse.client, name);
  return pass(stream, now, planCrawl(stream, now, deps.options, deps.now()), deps, before);
}

async function pass(stream: Stream, state: StreamState, plan: Plan, deps: CrawlDeps, before: CrawlResult) {
  try {
    return await new Crawl(stream, state, plan, deps, before).run();
  } catch (error) {
    throw error instanceof Refused ? refused(stream.table.name, error) : named(error);
  }
}

class Crawl {
  readonly #transcoder: Transcoder;
  readonly #watch: Watch;
  readonly #paging: Paging;
  readonly #name: string;
  #batch: Batch;
  #spare: Batch;
  #writing: Promise<void> | undefined;
  #lastWrite: number;
  #known = false;
  /** the table was empty when this crawl began: what comes is new as long as no id comes twice */
  #fresh = false;
  #equal = false;
  #rows: number;
  #changed: number;
  readonly #fullAt: number;
  #mostRows: number;

  constructor(
    readonly stream: Stream,
    readonly state: StreamState,
    readonly plan: Plan,
    readonly deps: CrawlDeps,
    before: CrawlResult,
  ) {
    this.#rows = before.rows;
    this.#changed = before.changed;
    this.#name = stream.table.name;
    this.#transcoder = new Transcoder(stream.table);
    this.#watch = new Watch(plan.resume?.watch, { money: stream.amounts === true });
    this.#paging = new Paging(this.#name, plan.resume?.next);
    [this.#batch, this.#spare] = deps.batches;
    this.#batch.clear();
    this.#spare.clear();
    this.#lastWrite = deps.now();
    this.#fullAt = deps.batchRows ?? BATCH_ROWS;
    this.#mostRows = plan.stopBefore === undefined ? this.#fullAt : Math.min(this.#fullAt, FIRST_ROWS);
  }

  async run(): Promise<CrawlResult> {
    this.#fresh = this.plan.resume === undefined && (await this.deps.warehouse.isEmpty(this.stream.table));
    let fetching = this.#fetch(this.plan.resume?.next);
    try {
      for (let cursor = this.plan.resume?.next; ; ) {
        const next = await this.#take(await fetching, cursor);
        if (next === undefined) break;
        cursor = next;
        fetching = this.#fetch(next);
        // Awaited in the next round; until then a failure is nobody's.
        fetching.catch(() => undefined);
        if (!this.#batch.isFull(this.#mostRows) && this.deps.now() - this.#lastWrite < PATIENCE_MS) continue;
        await this.#settle();
        if (this.#known) break;
        this.#hand({ stream: this.#name, state: this.#under(next), ended: false });
      }
      await this.#end();
      await fetching.catch(() => undefined);
    } catch (error) {
      await Promise.race([this.#writing?.catch(() => undefined), delay(GRACE_MS, undefined, { ref: false })]);
      throw error;
    } finally {
      this.#notices();
    }
    return { rows: this.#rows, changed: this.#changed };
  }

  #fetch(cursor: string | undefined): Promise<GetAnswer> {
    const { from } = this.plan;
    return this.deps.api.page(this.#name, from === undefined ? {} : { "filter[updated_at.from]": from }, cursor);
  }

  /** Turns a page into rows; one that cannot be read is asked for again. Returns the next page's cursor. */
  async #take(first: GetAnswer, cursor: string | undefined): Promise<string | undefined> {
    const seen = (facts: RowFacts) => {
      this.#batch.row(facts, this.#watch.row(facts));
    };
    for (let { bytes, length } = first; ; ) {
      const text = this.#batch.text;
      const { length: before, rows } = text;
      try {
        const { pagination } = this.#transcoder.page(bytes, length, text, seen);
        const next = this.#paging.next(pagination);
        this.#batch.pages++;
        this.deps.api.used();
        return next;
      } catch (error) {
        if (!(error instanceof MalformedJson || error instanceof SyntaxError)) throw error;
        text.length = before;
        text.rows = rows;
        await this.deps.api.unusable(this.#name, error.message);
        ({ bytes, length } = await this.#fetch(cursor));
      }
    }
  }

  /** Gives the full batch to the writer and goes on with the other one. */
  #hand(cursor: Cursor): void {
    const batch = this.#batch;
    this.#batch = this.#spare;
    this.#spare = batch;
    this.#batch.clear();
    this.#lastWrite = this.deps.now();
    const { stopBefore } = this.plan;
    const ask = stopBefore !== undefined && this.#watch.newestFirst && batch.pages >= 2 && batch.oldest < stopBefore;
    const { table } = this.stream;
    const load = { table, batch, allNew: this.#fresh && this.#watch.allDistinct, likelyEqual: this.#equal };
    this.#writing = this.deps.warehouse
      .write([load], cursor, ask ? this.state.knownAt : undefined)
      .then((written) => this.#written(batch.rows, written));
    this.#writing.catch(() => undefined);
  }

  #written(rows: number, { changed, known }: Written): void {
    this.#rows += rows;
    this.#changed += changed;
    this.#known = known;
    this.#equal = changed === 0;
    // Still mostly new rows after so many: there is more to load than to look for an end.
    if (changed * 2 > rows && this.#rows >= MANY_ROWS) this.#mostRows = this.#fullAt;
    this.deps.tell.progress(this.#name, this.#rows);
  }

  async #settle(): Promise<void> {
    await this.#writing;
    this.#writing = undefined;
  }

  /** The last rows, the end of the crawl and what it has counted: one transaction. */
  async #end(): Promise<void> {
    await this.#settle();
    const days = countedDays(this.plan, this.#watch, this.#known);
    if (!days) {
      this.deps.tell.notice(
        this.#name,
        `The days of ${this.#name} were not counted: they come in no order, and are too many to remember.`,
      );
    }
    this.#hand({
      stream: this.#name,
      state: endedState(this.stream, this.state, this.plan, this.#watch),
      ended: true,
      days,
    });
    await this.#settle();
  }

  /** The state of a crawl that goes on at `next`. */
  #under(next: string): StreamState {
    const { startedAt, from, stopBefore } = this.plan;
    return { ...this.state, crawl: { startedAt, from, stopBefore, next, watch: this.#watch.state() } };
  }

  #notices(): void {
    for (const [field, count] of this.#transcoder.nulled) {
      const values = count === 1 ? "1 value" : `${count} values`;
      this.deps.tell.notice(
        this.#name,
        `${values} of ${this.#name}.${field} came as another type than documented: null in the column, kept in _extra.`,
      );
    }
  }
}

/** A type that changed where figures depend on it, in words. */
export function named(error: unknown): unknown {
  if (!(error instanceof TypeChanged)) return error;
  return new ExpectedError("failed", `FunnelFox's ${error.message}, which is not what is documented.`, {
    why: `${error.stream}.${error.field} is a key, an amount or a time: figures depend on it, so nothing of that page was loaded.`,
    commands: ["npm run pipeline -- --only funnelfox"],
    cause: error,
  });
}

function refused(name: string, { status, says }: Refused): ExpectedError {
  return new ExpectedError("failed", `FunnelFox refuses to list ${name} (${status}${says ? `: ${says}` : ""}).`, {
    why: "Its API may have changed, or FUNNELFOX_API_URL leads somewhere else.",
    commands: ["heroku config:get FUNNELFOX_API_URL -a APP"],
  });
}
