// PIPELINE_EVENTS_DAYS: raw events that are older are deleted, in batches, once the marts hold what they need of them.

import type pg from "pg";
import { ExpectedError } from "../common/errors.js";
import type { Environment } from "../common/hosts.js";
import { note, type Run } from "./context.js";
import { errorReason } from "./reasons.js";
import { withSideConnection } from "./side-connection.js";

/** The last exported day is read again every night, and identities are linked over a few. */
const FEWEST_DAYS = 7;
const BATCH = 20_000;
const STATEMENT_MS = 5 * 60_000;
/** What is left waits for the next night. */
const LONGEST_MS = 20 * 60_000;

/**
 * How many days raw events are kept; undefined for all.
 * @throws ExpectedError (usage) for anything that is no whole number of days, or too few
 */
export function eventsDays(env: Environment): number | undefined {
  const text = env.PIPELINE_EVENTS_DAYS?.trim();
  if (!text || /^all$/i.test(text)) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) >= FEWEST_DAYS) return Number(text);
  throw new ExpectedError(
    "usage",
    `PIPELINE_EVENTS_DAYS is a whole number of days, ${FEWEST_DAYS} or more, or not set to keep all events.`,
    { commands: ["heroku config:unset PIPELINE_EVENTS_DAYS"] },
  );
}

/** Deletes what is too old. It is housekeeping: that it failed is told, and the run is still a good one. */
export async function forgetOldEvents(run: Run, days: number): Promise<void> {
  const { databaseUrl, env, halt, now, reporter } = run;
  const until = now() + LONGEST_MS;
  try {
    const deleted = await withSideConnection(
      databaseUrl,
      { env, timeoutMs: STATEMENT_MS, signal: halt.signal },
      (client) => deleteOldEvents(client, cutoffOf(days, env, now), () => now() < until),
    );
    if (deleted > 0) reporter.event("events_deleted", { rows: deleted, older_than_days: days });
  } catch (error) {
    halt.check();
    note(run, `Old events were not deleted: ${errorReason(error)}.`);
  }
}

const DAY_MS = 24 * 60 * 60_000;

/** Midnight UTC so many days ago; PIPELINE_NOW is the clock of a rehearsal. */
function cutoffOf(days: number, env: Environment, now: () => number): Date {
  const set = Date.parse(env.PIPELINE_NOW ?? "");
  const today = Math.floor((Number.isNaN(set) ? now() : set) / DAY_MS) * DAY_MS;
  return new Date(today - days * DAY_MS);
}

const DAYS = `
  select distinct date_trunc('day', server_upload_time at time zone 'UTC') at time zone 'UTC' as day
  from raw_amplitude.events where server_upload_time < $1 order by 1`;

// What the marts hold is this very version of the event, with the actor that its device and addresses stand in; the two
// are built from the raw table in one dbt run and only grow.
const DELETE = `
  delete from raw_amplitude.events where uuid in (
    select e.uuid from raw_amplitude.events e
    join analytics.fct_events f on f.event_id = e.uuid and f.loaded_at >= e._loaded_at
    join intermediate.int_event_actors a on a.actor_id = f.actor_id
    where e.server_upload_time >= $1 and e.server_upload_time < $1::timestamptz + interval '1 day' and e.server_upload_time < $2
    limit $3
  )`;

/**
 * Deletes raw events that were uploaded before `cutoff` and that the marts hold, oldest day first, each batch in a
 * transaction of its own, and then frees their room for new rows.
 * @param goOn asked before each batch
 * @returns how many. Throws what pg throws
 */
export async function deleteOldEvents(
  client: pg.ClientBase,
  cutoff: Date,
  goOn: () => boolean,
  batch: number = BATCH,
): Promise<number> {
  const needed = ["raw_amplitude.events", "analytics.fct_events", "intermediate.int_event_actors"];
  const { rows: found } = await client.query<{ all: boolean }>(
    "select bool_and(to_regclass(t) is not null) as all from unnest($1::text[]) t",
    [needed],
  );
  if (found[0]?.all !== true) return 0;
  const { rows: days } = await client.query<{ day: Date }>(DAYS, [cutoff]);
  let deleted = 0;
  for (const { day } of days) {
    for (;;) {
      if (!goOn()) return deleted;
      const { rowCount } = await client.query(DELETE, [day, cutoff, batch]);
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < batch) break;
    }
  }
  if (deleted > 0) await client.query("vacuum (analyze) raw_amplitude.events");
  return deleted;
}
