// Measures the extractor against a plain COPY of the same rows into a table with the key: what merging, cursors and HTTP cost.
import { fork } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { tables } from "../scripts/funnelfox/tables.js";
import { type Loaded, measureLoad } from "./funnelfox/measure.js";

export interface FunnelfoxOptions {
  /** an empty database of its own */
  readonly database: string;
  /** the compiled project; default where this file lies */
  readonly root?: string;
  /** default 600,000 */
  readonly rows?: number;
  /** rounds of which the quickest of each measurement counts; default 3 */
  readonly rounds?: number;
}

export interface FunnelfoxFigures {
  readonly rows: number;
  /** rows a second */
  readonly copy: number;
  readonly first: number;
  readonly again: number;
  /** first ÷ copy; bound 0.45, goal 0.60 */
  readonly ofCopy: number;
  /** again ÷ first; bound 0.8 */
  readonly againOfFirst: number;
  /** rows written when the same rows came again; bound 0 */
  readonly againWritten: number;
  /** a night with 1 % new rows, without start-up, ÷ the first load; bound 0.05 */
  readonly nightOfFirst: number;
  /** start-up: a run that finds nothing to read, milliseconds */
  readonly startMs: number;
  /** of the extractor's process; bound 170 */
  readonly peakMb: number;
  /** the same at a tenth of the rows: flat means no more than that by much */
  readonly peakMbAtTenth: number;
}

/** Everything on this machine: the fake API in one process, the extractor in another one, Postgres as given. */
export async function benchFunnelfox(options: FunnelfoxOptions): Promise<FunnelfoxFigures> {
  const { database, root = join(import.meta.dirname, ".."), rows = 600_000, rounds = 3 } = options;
  const client = new pg.Client({ connectionString: database, ssl: false });
  await client.connect();
  const folder = await mkdtemp(join(tmpdir(), "bench-funnelfox-"));
  const best = { copy: Number.POSITIVE_INFINITY, first: Number.POSITIVE_INFINITY, again: Number.POSITIVE_INFINITY };
  const quickest = (name: keyof typeof best, ms: number) => {
    best[name] = Math.min(best[name], ms);
  };
  let againWritten = 0;
  let peakMb = 0;
  let night = Number.POSITIVE_INFINITY;
  let start = Number.POSITIVE_INFINITY;
  try {
    for (let round = 0; round < rounds; round++) {
      const api = await startApi(root, rows, Math.round(rows / 100));
      const run = (now = NIGHT) =>
        measureLoad(join(root, "scripts", "funnelfox.js"), environment(database, api.url, now));
      await empty(client);
      start = Math.min(
        start,
        (await measureLoad(join(root, "scripts", "funnelfox.js"), environment(database, `${api.url}/nothing`, NIGHT)))
          .wallMs,
      );
      await empty(client);
      const first = await run();
      quickest("first", first.mergedMs);
      await client.query("delete from pipeline.cursors");
      const again = await run();
      quickest("again", again.mergedMs);
      againWritten += again.changed;
      peakMb = Math.max(peakMb, first.peakMb, again.peakMb);
      quickest("copy", await plainCopy(client, folder));
      await fetch(new URL("/advance", api.url));
      const tonight: Loaded = await run(NEXT_NIGHT);
      if (tonight.changed !== Math.round(rows / 100)) throw new Error(`the night wrote ${tonight.changed} rows`);
      night = Math.min(night, tonight.mergedMs);
      api.stop();
    }
    const small = await startApi(root, Math.round(rows / 10), 0);
    await empty(client);
    const tenth = await measureLoad(join(root, "scripts", "funnelfox.js"), environment(database, small.url, NIGHT));
    small.stop();
    const rate = (ms: number) => Math.round(rows / (ms / 1000));
    return {
      rows,
      copy: rate(best.copy),
      first: rate(best.first),
      again: rate(best.again),
      ofCopy: best.copy / best.first,
      againOfFirst: best.first / best.again,
      againWritten,
      nightOfFirst: Math.max(0, night - start) / best.first,
      startMs: Math.round(start),
      peakMb: Math.round(peakMb),
      peakMbAtTenth: Math.round(tenth.peakMb),
    };
  } finally {
    await client.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Just after the newest row of the older list, and of the newer one: the hour at which the job runs. */
const NIGHT = "2026-11-23T02:00:00Z";
const NEXT_NIGHT = "2026-11-24T02:00:00Z";

function environment(database: string, url: string, now: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PGSSLMODE: "disable",
    DATABASE_URL: database,
    FUNNELFOX_API_KEY: "bench",
    FUNNELFOX_API_URL: url,
    FUNNELFOX_SESSION_DETAILS_LIMIT: "0",
    PIPELINE_NOW: now,
  };
}

async function startApi(root: string, rows: number, fresh: number): Promise<{ url: string; stop(): void }> {
  const child = fork(join(root, "bench", "funnelfox", "server.js"), [String(rows), String(fresh)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (text) => resolve(String(text).trim()));
    child.once("exit", () => reject(new Error("the API of the bench did not start")));
  });
  return { url, stop: () => void child.kill() };
}

async function empty(client: pg.Client): Promise<void> {
  await client.query("drop schema if exists raw_funnelfox cascade; drop schema if exists pipeline cascade");
  await client.query("checkpoint").catch(() => undefined);
}

/** Milliseconds for the rows that were just loaded, from a file, in the order in which they came. */
async function plainCopy(client: pg.Client, folder: string): Promise<number> {
  const file = join(folder, "rows");
  const columns = [...tables.sessions.columns.map(({ name }) => name), "_extra"].join(", ");
  await pipeline(
    client.query(copyTo(`copy (select ${columns} from raw_funnelfox.sessions order by created_at desc) to stdout`)),
    createWriteStream(file),
  );
  await client.query("drop table if exists plain; create table plain (like raw_funnelfox.sessions including all)");
  const begun = performance.now();
  await pipeline(
    createReadStream(file, { highWaterMark: 1024 * 1024 }),
    client.query(copyFrom(`copy plain (${columns}) from stdin`)),
  );
  const ms = performance.now() - begun;
  await client.query("drop table plain");
  return ms;
}
