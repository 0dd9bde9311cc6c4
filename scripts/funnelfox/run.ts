// A whole run: every list, then single sessions, with what was changed tidied up behind.
import { randomUUID } from "node:crypto";
import type { Environment } from "../common/hosts.js";
import { realSleep, type Sleep } from "../common/retry.js";
import { Api } from "./api.js";
import { crawl, named, newBatches } from "./crawl.js";
import { loadDetails } from "./details.js";
import { createTransport, type Transport } from "./http.js";
import type { Options } from "./plan.js";
import type { Settings } from "./settings.js";
import { streams } from "./streams.js";
import { allTables, tables } from "./tables.js";
import type { Tell } from "./talk.js";
import { Warehouse } from "./warehouse.js";

export interface RunDeps {
  readonly env: Environment;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  readonly sleep?: Sleep | undefined;
  /** milliseconds since 1970 */
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
  readonly transport?: Transport | undefined;
  /** rows a transaction; default 20,000 */
  readonly batchRows?: number | undefined;
}

export interface RunResult {
  /** rows read, by table */
  readonly streams: Readonly<Record<string, number>>;
  readonly rows: number;
  /** rows inserted or changed in the lists */
  readonly changed: number;
}

/**
 * Loads FunnelFox. One connection to the database, one request at a time.
 * @throws ExpectedError in words for people; the signal's reason. What was committed stays, and the next run goes on.
 */
export async function loadFunnelfox(settings: Settings, options: Options, deps: RunDeps): Promise<RunResult> {
  const { env, tell, signal, sleep = realSleep, random, batchRows } = deps;
  const clock = deps.now ?? Date.now;
  const now = () => clock() + settings.clockOffset;
  const transport = deps.transport ?? createTransport();
  const runId = settings.runId ?? `alone-${randomUUID()}`;
  const warehouse = await Warehouse.open(settings.database, allTables, { env, runId, sleep, now: clock, signal });
  try {
    const batches = newBatches();
    const newApi = () =>
      new Api({
        url: settings.url,
        key: settings.key,
        transport,
        sleep,
        now: clock,
        random,
        signal,
        waiting: tell.say,
      });
    const rows: Record<string, number> = {};
    let changed = 0;
    for (const stream of streams) {
      const result = await crawl(stream, { api: newApi(), warehouse, batches, options, now, tell, batchRows });
      rows[stream.table.name] = result.rows;
      changed += result.changed;
      await warehouse.tidy(stream.table, result.changed);
    }
    const single = await loadDetails({ api: newApi(), warehouse, batches, limit: settings.details, now, tell });
    rows[tables.session_details.name] = single.details;
    rows[tables.session_replies.name] = single.replies;
    await warehouse.tidy(tables.session_details, single.details);
    await warehouse.tidy(tables.session_replies, single.replies);
    await warehouse.dropStaging(allTables);
    return { streams: rows, rows: Object.values(rows).reduce((sum, count) => sum + count, 0), changed };
  } catch (error) {
    throw named(error);
  } finally {
    if (!deps.transport) transport.close();
    await warehouse.close();
  }
}
