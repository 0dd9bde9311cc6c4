// One run at a time: an advisory lock of Postgres on a connection of its own, which Postgres gives back however its holder dies.
import type pg from "pg";
import { codeOf, ExpectedError, messageOf } from "../common/errors.js";
import type { Environment } from "../common/hosts.js";
import { poll, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import { close, connect } from "../postgres/connect.js";

/** Two numbers that nobody else uses in this database (PostgreSQL documentation, Advisory Lock Functions). */
const KEY = [720_311, 1] as const;
const NAME = "reluvia pipeline ";

/** A holder that has given no sign of life for so long is ended. */
export const STALE_MS = 5 * 60_000;
/** One row is written in milliseconds: a connection that takes this long is gone. */
const QUERY_MS = 30_000;
const TAKE_OVER_MS = 15_000;

export interface Holder {
  /** undefined when its record cannot be seen yet */
  readonly runId: string | undefined;
  readonly dyno: string | undefined;
  readonly since: Date;
  /** since its last heartbeat */
  readonly silentMs: number;
}

export interface Lock {
  /** The connection that holds it; also the one that run records are written with. */
  readonly client: pg.Client;
  /** The holder that was ended to get it. */
  readonly ended: Holder | undefined;
  /** Called once when the connection breaks before `release`. */
  onLost(tell: (error: unknown) => void): void;
  /** Gives the lock back. Never throws. */
  release(): Promise<void>;
}

export type LockResult =
  | { readonly kind: "held"; readonly lock: Lock }
  | { readonly kind: "busy"; readonly holder: Holder };

export interface LockDeps {
  readonly env: Environment;
  readonly sleep: Sleep;
  readonly now: () => number;
  readonly staleMs?: number | undefined;
}

/**
 * Takes the lock, or says who has it. A holder without a heartbeat for five minutes is ended with pg_terminate_backend.
 * @throws ExpectedError (usage) for a string that cannot be parsed; PostgresUnreachable; ExpectedError (failed) when a
 * dead holder cannot be ended
 */
export async function takeLock(url: Secret, runId: string, deps: LockDeps): Promise<LockResult> {
  const { env, staleMs = STALE_MS } = deps;
  const client = await connect(url, { applicationName: NAME + runId, timeoutMs: QUERY_MS, env });
  try {
    if (await tryLock(client)) return { kind: "held", lock: held(client, undefined) };
    const holder = await findHolder(client);
    // It has let go between the two questions.
    if (!holder) return await again(client, undefined, deps);
    if (holder.silentMs < staleMs) {
      await close(client);
      return { kind: "busy", holder };
    }
    await end(client, holder);
    return await again(client, holder, deps);
  } catch (error) {
    await close(client);
    throw error;
  }
}

async function again(client: pg.Client, ended: FoundHolder | undefined, deps: LockDeps): Promise<LockResult> {
  const { sleep, now } = deps;
  const got = await poll(async () => ((await tryLock(client)) ? true : undefined), {
    sleep,
    now,
    deadlineMs: ended ? TAKE_OVER_MS : 0,
  });
  if (got) return { kind: "held", lock: held(client, ended) };
  const holder = await findHolder(client);
  if (holder && holder.pid !== ended?.pid) {
    await close(client);
    return { kind: "busy", holder };
  }
  throw new ExpectedError("failed", "The lock of the last run is still held, and its connection does not end.", {
    why: "Its process is gone or hangs; Postgres has been asked to end its connection.",
    commands: ["heroku pg:ps -a APP", "heroku pg:killall -a APP"],
  });
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2) as got", [...KEY]);
  return rows[0]?.got === true;
}

interface FoundHolder extends Holder {
  readonly pid: number;
}

interface HolderRow {
  readonly pid: number;
  readonly run_id: string | null;
  readonly dyno: string | null;
  readonly since: Date;
  readonly silent_ms: number;
}

/** Its heartbeats are queries on the connection that holds the lock, so Postgres knows the last one even before there is a record. */
async function findHolder(client: pg.Client): Promise<FoundHolder | undefined> {
  const { rows: known } = await client.query<{ there: boolean }>(
    "select to_regclass('pipeline.runs') is not null as there",
  );
  const record = known[0]?.there
    ? "left join pipeline.runs r on r.status = 'running' and $3 || r.run_id = a.application_name"
    : "left join (select null::text run_id, null::text dyno, null::timestamptz heartbeat_at, null::timestamptz started_at where $3 = '') r on true";
  const { rows } = await client.query<HolderRow>(
    `select a.pid, coalesce(r.run_id, substring(a.application_name from length($3) + 1)) as run_id, r.dyno,
       coalesce(r.started_at, a.backend_start, now()) as since,
       (extract(epoch from clock_timestamp() - coalesce(r.heartbeat_at, a.state_change, a.backend_start, now())) * 1000)::float8 as silent_ms
     from pg_locks l join pg_stat_activity a on a.pid = l.pid ${record}
     where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.objsubid = 2 and l.granted
       and l.database = (select oid from pg_database where datname = current_database())
     limit 1`,
    [...KEY, NAME],
  );
  const [row] = rows;
  if (!row) return undefined;
  return {
    pid: row.pid,
    runId: row.run_id || undefined,
    dyno: row.dyno ?? undefined,
    since: row.since,
    silentMs: Math.max(0, row.silent_ms),
  };
}

async function end(client: pg.Client, holder: FoundHolder): Promise<void> {
  try {
    await client.query("select pg_terminate_backend($1)", [holder.pid]);
  } catch (error) {
    throw new ExpectedError("failed", "The lock is held by a run that gives no sign of life and cannot be ended.", {
      why: `Postgres says: ${messageOf(error)} (${codeOf(error) ?? "no code"}).`,
      commands: ["heroku pg:killall -a APP"],
      cause: error,
    });
  }
}

function held(client: pg.Client, ended: Holder | undefined): Lock {
  let over = false;
  let lost: { readonly error: unknown } | undefined;
  let tell: ((error: unknown) => void) | undefined;
  const lose = (error: unknown) => {
    if (over || lost) return;
    lost = { error };
    tell?.(error);
  };
  client.on("error", lose);
  client.on("end", () => lose(new Error("the connection was closed")));
  return {
    client,
    ended,
    onLost: (listener) => {
      tell = listener;
      if (lost) listener(lost.error);
    },
    release: async () => {
      over = true;
      await close(client);
    },
  };
}
