// The warehouse's schemas and the tables of run records: made when they are missing, left alone when they are there.
import type pg from "pg";

/** Every schema of the warehouse, in the order in which data passes through; `analytics` holds marts only. */
export const schemas = [
  "raw_stripe",
  "raw_amplitude",
  "raw_funnelfox",
  "staging",
  "intermediate",
  "snapshots",
  "analytics",
  "meltano",
  "pipeline",
] as const;

/** Two runs that make them at once would collide in Postgres's catalogue: the second waits for the first. */
const MAKING = 7_203_115;

const tables: Readonly<Record<string, string>> = {
  // dyno: where it runs, such as scheduler.4711. detail: {notices: [text], storage: {…}}
  runs: `create table if not exists pipeline.runs (
    run_id text primary key,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    heartbeat_at timestamptz not null default now(),
    status text not null default 'running' check (status in ('running', 'succeeded', 'partial', 'failed', 'crashed')),
    release text,
    reason text,
    dyno text,
    rows bigint,
    detail jsonb not null default '{}'
  )`,
  // detail: {streams: {name: rows}, notices: [text], reason, failures: [{name, kind, status}]}
  steps: `create table if not exists pipeline.steps (
    run_id text not null references pipeline.runs (run_id) on delete cascade,
    step text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    status text not null default 'running'
      check (status in ('running', 'succeeded', 'partial', 'failed', 'stopped', 'skipped', 'crashed')),
    exit_code integer,
    rows bigint,
    detail jsonb not null default '{}',
    primary key (run_id, step)
  )`,
  // What was seen on the wire before the loader, by day. complete: the day was read whole. currency: '' where nothing is money.
  // No reference to runs: an extractor that is run alone has no run.
  stream_counts: `create table if not exists pipeline.stream_counts (
    run_id text not null,
    source text not null,
    stream text not null,
    day date not null,
    source_count bigint not null,
    source_amount numeric,
    currency text not null default '',
    complete boolean not null default false,
    recorded_at timestamptz not null default now(),
    primary key (source, stream, day, currency, run_id)
  )`,
  cursors: `create table if not exists pipeline.cursors (
    source text not null,
    stream text not null,
    value jsonb not null,
    run_id text,
    updated_at timestamptz not null default now(),
    primary key (source, stream)
  )`,
};

/**
 * Makes the schemas and tables that are missing, in one transaction. Where all are there nothing is written, so that a
 * database that Heroku has restricted to reading gets as far as its first INSERT.
 * @throws what pg throws
 */
export async function ensureSchemas(client: pg.ClientBase): Promise<void> {
  if (!(await somethingMissing(client))) return;
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [MAKING]);
    for (const schema of schemas) await client.query(`create schema if not exists ${schema}`);
    for (const statement of Object.values(tables)) await client.query(statement);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

async function somethingMissing(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ missing: boolean }>(
    `select exists (select from unnest($1::text[]) s where to_regnamespace(s) is null)
         or exists (select from unnest($2::text[]) t where to_regclass(t) is null) as missing`,
    [[...schemas], Object.keys(tables).map((name) => `pipeline.${name}`)],
  );
  return rows[0]?.missing !== false;
}
