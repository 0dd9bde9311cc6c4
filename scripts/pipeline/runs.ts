// The run's record in `pipeline.runs` and `pipeline.steps`: begun, kept alive, ended once; the dead ones are found and named.
import type pg from "pg";
import type { Sleep } from "../common/retry.js";
import { type RunStatus, type StepName, type StepStatus, successors } from "./types.js";

/** A run that is silent for twenty of these is dead. */
export const HEARTBEAT_MS = 15_000;

export interface RunStart {
  readonly runId: string;
  /** Heroku's release, such as v12, or what is known of the code */
  readonly release: string | undefined;
  /** such as scheduler.4711 */
  readonly dyno: string | undefined;
}

/** Writes the record of a run that begins. Throws what pg throws: 42501 in a database restricted to reading. */
export async function beginRun(client: pg.ClientBase, { runId, release, dyno }: RunStart): Promise<void> {
  await client.query("insert into pipeline.runs (run_id, release, dyno) values ($1, $2, $3)", [
    runId,
    release ?? null,
    dyno ?? null,
  ]);
}

export interface CrashedRun {
  readonly runId: string;
  readonly dyno: string | undefined;
  readonly lastSign: Date;
  /** steps that were under way */
  readonly steps: readonly string[];
}

const CRASHED =
  "Ended without a word: killed, out of memory, or its dyno was restarted. What was committed stays, and the next run goes on from there.";

/** Marks every other run that is still `running` as crashed. Only for the holder of the lock: then all of them are dead. */
export async function markCrashed(client: pg.ClientBase, runId: string): Promise<CrashedRun[]> {
  const { rows } = await client.query<{ run_id: string; dyno: string | null; heartbeat_at: Date; steps: string[] }>(
    `with dead as (
       update pipeline.runs set status = 'crashed', finished_at = heartbeat_at, reason = $2
       where status = 'running' and run_id <> $1 returning run_id, dyno, heartbeat_at
     ), dead_steps as (
       update pipeline.steps s set status = 'crashed', finished_at = d.heartbeat_at
       from dead d where s.run_id = d.run_id and s.status = 'running' returning s.run_id, s.step
     )
     select d.*, coalesce((select array_agg(step order by step) from dead_steps s where s.run_id = d.run_id), '{}') as steps
     from dead d order by heartbeat_at`,
    [runId, CRASHED],
  );
  return rows.map((row) => ({
    runId: row.run_id,
    dyno: row.dyno ?? undefined,
    lastSign: row.heartbeat_at,
    steps: row.steps,
  }));
}

export interface RunEnd {
  readonly status: Exclude<RunStatus, "running">;
  readonly reason: string | undefined;
  readonly rows: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Ends a run, and steps of it that still count as running.
 * @returns false when it had ended already (another run found it dead), and then changes nothing
 */
export async function endRun(client: pg.ClientBase, runId: string, end: RunEnd): Promise<boolean> {
  const from = (Object.keys(successors) as RunStatus[]).filter((status) => successors[status].includes(end.status));
  const { rowCount } = await client.query(
    `update pipeline.runs set status = $2, reason = $3, rows = $4, detail = $5::jsonb, finished_at = now(), heartbeat_at = now()
     where run_id = $1 and status = any($6)`,
    [runId, end.status, end.reason ?? null, Math.round(end.rows), jsonb(end.detail), from],
  );
  if (rowCount !== 1) return false;
  await client.query(
    "update pipeline.steps set status = 'stopped', finished_at = now() where run_id = $1 and status = 'running'",
    [runId],
  );
  return true;
}

/** Writes that a step begins; one that is tried again begins anew. */
export async function beginStep(client: pg.ClientBase, runId: string, step: StepName): Promise<void> {
  await client.query(
    `insert into pipeline.steps (run_id, step) values ($1, $2)
     on conflict (run_id, step) do update set status = 'running', started_at = now(), finished_at = null`,
    [runId, step],
  );
}

export interface StepEnd {
  readonly status: Exclude<StepStatus, "running">;
  readonly exitCode: number | undefined;
  readonly rows: number | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes how a step ended. A step that was never begun (skipped) gets its row here. */
export async function endStep(client: pg.ClientBase, runId: string, step: StepName, end: StepEnd): Promise<void> {
  await client.query(
    `insert into pipeline.steps (run_id, step, status, exit_code, rows, detail, finished_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, now())
     on conflict (run_id, step) do update
       set status = excluded.status, exit_code = excluded.exit_code, rows = excluded.rows, detail = excluded.detail,
           finished_at = excluded.finished_at`,
    [
      runId,
      step,
      end.status,
      end.exitCode ?? null,
      end.rows === undefined ? null : Math.round(end.rows),
      jsonb(end.detail),
    ],
  );
}

/** How the run before this one ended; undefined when there was none. */
export async function previousRun(
  client: pg.ClientBase,
  runId: string,
): Promise<{ readonly status: RunStatus; readonly finishedAt: Date } | undefined> {
  const { rows } = await client.query<{ status: RunStatus; finished_at: Date }>(
    `select status, finished_at from pipeline.runs
     where run_id <> $1 and finished_at is not null order by started_at desc limit 1`,
    [runId],
  );
  const [row] = rows;
  return row && { status: row.status, finishedAt: row.finished_at };
}

/**
 * A mark that changes when anything was committed that the next run goes on from: Meltano's state and our cursors.
 */
export async function stateMark(client: pg.ClientBase): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select t as name from unnest(array['meltano.state', 'pipeline.cursors']) t where to_regclass(t) is not null",
  );
  const marks = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await client.query<{ mark: string | null }>(
        `select md5(string_agg(t::text, ',' order by t::text)) as mark from ${name} t`,
      );
      return `${name}=${rows[0]?.mark ?? ""}`;
    }),
  );
  return marks.join(" ");
}

/**
 * Keeps the record alive on the lock's connection until `stop`.
 * @param lost told once when a heartbeat fails or another run has taken this one for dead
 */
export function heartbeat(
  client: pg.ClientBase,
  runId: string,
  lost: (error: unknown) => void,
  sleep: Sleep,
): { stop(): void } {
  const over = new AbortController();
  const beat = async () => {
    for (;;) {
      await sleep(HEARTBEAT_MS, over.signal);
      const { rowCount } = await client.query(
        "update pipeline.runs set heartbeat_at = now() where run_id = $1 and status = 'running'",
        [runId],
      );
      if (rowCount !== 1) throw new Error("another run took this one for dead");
    }
  };
  beat().catch((error: unknown) => {
    if (!over.signal.aborted) lost(error);
  });
  return { stop: () => over.abort() };
}

/** Text that JSON can hold and jsonb cannot (PostgreSQL documentation, JSON Types: \\u0000) is left out. */
function jsonb(value: unknown): string {
  return JSON.stringify(value).replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, "$1");
}
