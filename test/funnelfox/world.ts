// A database and a run of the extractor in this process, for tests.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { openPostgres, type Postgres } from "../../sandbox/postgres/index.js";
import { Secret } from "../../scripts/common/secret.js";
import { loadFunnelfox, type RunDeps, type RunResult } from "../../scripts/funnelfox/run.js";
import type { Tell } from "../../scripts/funnelfox/talk.js";
import { type Fake, NOW } from "./fake.js";

export interface World {
  readonly url: string;
  rows<T extends pg.QueryResultRow = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
}

/** One server for a test file; each call of the returned function makes an empty database. */
export function databases(): () => Promise<World> {
  let root = "";
  let postgres: Postgres | undefined;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "funnelfox-pg-"));
    await chmod(root, 0o755);
    postgres = await openPostgres({ dataDir: join(root, "data") });
  });
  afterAll(async () => {
    await postgres?.stop();
    await rm(root, { recursive: true, force: true });
  });
  return async () => {
    const database = await postgres?.createDatabase();
    if (!database) throw new Error("the server has not been started");
    const { url } = database;
    return {
      url,
      rows: async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => {
        const client = new pg.Client({ connectionString: url, ssl: false });
        await client.connect();
        try {
          return (await client.query<T>(sql, values)).rows;
        } finally {
          await client.end();
        }
      },
    };
  };
}

export interface Told extends Tell {
  readonly notices: string[];
  readonly lines: string[];
  readonly counts: Record<string, number>;
}

export function listener(): Told {
  const told: Told = {
    notices: [],
    lines: [],
    counts: {},
    progress: (stream, rows) => {
      told.counts[stream] = rows;
    },
    notice: (_, text) => void told.notices.push(text),
    failure: (text) => void told.lines.push(text),
    say: (text) => void told.lines.push(text),
  };
  return told;
}

export interface Run extends Partial<RunDeps> {
  readonly fullRefresh?: boolean;
  readonly since?: number;
  /** milliseconds since 1970 at its start */
  readonly at?: number;
  readonly details?: number;
  readonly key?: string;
}

/** Runs the extractor on a clock that starts at `at`, without waiting between attempts. */
export function load(world: World, fake: Pick<Fake, "url">, run: Run = {}): Promise<RunResult> {
  const { fullRefresh = false, since, at = NOW, details = 0, key = "fox-secret-value", ...deps } = run;
  const begun = Date.now();
  return loadFunnelfox(
    {
      database: new Secret(world.url),
      key: new Secret(key),
      url: fake.url,
      details,
      runId: undefined,
      clockOffset: 0,
    },
    { fullRefresh, since },
    {
      env: {},
      tell: listener(),
      signal: new AbortController().signal,
      sleep: async () => undefined,
      now: () => at + (Date.now() - begun),
      ...deps,
    },
  );
}

const TABLES = [
  "funnels",
  "products",
  "profiles",
  "sessions",
  "subscriptions",
  "transactions",
  "session_details",
  "session_replies",
];

/** All rows of all tables as text, without the time of loading. */
export async function contents(world: World): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of TABLES) {
    const rows = await world.rows<{ row: string }>(
      `select (to_jsonb(t) - '_loaded_at')::text as row from raw_funnelfox.${table} t order by 1`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}
