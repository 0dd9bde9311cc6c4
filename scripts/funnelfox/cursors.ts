// Where each list stands, in pipeline.cursors, and what was seen of it on the wire, in pipeline.stream_counts.
import type pg from "pg";
import type { WatchState, WholeDay } from "./watch.js";

const SOURCE = "funnelfox";

/** A crawl that has not ended: written with each batch, so that the next process goes on behind it. */
export interface CrawlState {
  /** ISO 8601, by our clock */
  readonly startedAt: string;
  /** `filter[updated_at.from]` */
  readonly from?: string | undefined;
  /** microseconds since 1970: known pages end the crawl only before this time */
  readonly stopBefore?: number | undefined;
  /** FunnelFox's cursor for the page after the last one written */
  readonly next: string;
  readonly watch: WatchState;
}

export interface StreamState {
  /** what the next crawl's filter is made of: ISO 8601 */
  readonly bookmark?: string | undefined;
  /** when the last crawl that ended began, by our clock */
  readonly endedCrawl?: string | undefined;
  /** rows loaded until then are known to have no gap behind them; by the database's clock */
  readonly knownAt?: string | undefined;
  readonly crawl?: CrawlState | undefined;
}

/** An empty state for a list that was never read. */
export async function readCursor(client: pg.ClientBase, stream: string): Promise<StreamState> {
  const { rows } = await client.query<{ value: StreamState }>(
    "select value from pipeline.cursors where source = $1 and stream = $2",
    [SOURCE, stream],
  );
  return rows[0]?.value ?? {};
}

/** @param ended sets `knownAt` to the transaction's time, which is also its rows' `_loaded_at` */
export async function saveCursor(
  client: pg.ClientBase,
  stream: string,
  state: StreamState,
  ended: boolean,
  runId: string,
): Promise<void> {
  await client.query(
    `insert into pipeline.cursors (source, stream, value, run_id, updated_at)
     values ($1, $2, $3::jsonb || case when $4 then jsonb_build_object('knownAt', now()) else '{}' end, $5, now())
     on conflict (source, stream) do update set
       value = excluded.value, run_id = excluded.run_id, updated_at = excluded.updated_at`,
    [SOURCE, stream, JSON.stringify(state), ended, runId],
  );
}

/** Days that were read whole. */
export async function saveCounts(
  client: pg.ClientBase,
  stream: string,
  days: readonly WholeDay[],
  runId: string,
): Promise<void> {
  if (days.length === 0) return;
  await client.query(
    `insert into pipeline.stream_counts (run_id, source, stream, day, source_count, source_amount, currency, complete)
     select $1, $2, $3, d.day, d.count, d.amount, d.currency, true
     from jsonb_to_recordset($4::jsonb) as d (day date, currency text, count bigint, amount numeric)
     on conflict (source, stream, day, currency, run_id) do update set
       source_count = excluded.source_count, source_amount = excluded.source_amount,
       complete = excluded.complete, recorded_at = now()`,
    [runId, SOURCE, stream, JSON.stringify(days)],
  );
}
