// Housekeeping after a load: tables that changed much are vacuumed, counts that newer ones have replaced are dropped.
import pg from "pg";

const SHARE = 0.1;
/** Fewer changes than a page or two are not worth a scan. */
const FEWEST = 1_000;

/** Changed since the last ANALYZE, or dead: what one night did and what nights before left over. */
const CHANGED = `
  select schemaname as schema, relname as name from pg_stat_user_tables
  where schemaname = any($1)
    and greatest(n_mod_since_analyze, n_dead_tup) >= $2
    and greatest(n_mod_since_analyze, n_dead_tup) > $3::float8 * greatest(n_live_tup, 1)
  order by n_mod_since_analyze desc`;

/**
 * Vacuums what needs it.
 * @param client not the lock's: its heartbeats would wait
 * @returns the tables, as schema.name. Throws what pg throws
 */
export async function vacuumChanged(
  client: pg.ClientBase,
  schemas: readonly string[],
  fewest: number = FEWEST,
): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(CHANGED, [[...schemas], fewest, SHARE]);
  for (const { schema, name } of rows) {
    await client.query(`vacuum (analyze) ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`);
  }
  return rows.map(({ schema, name }) => `${schema}.${name}`);
}

// A day is counted anew every night that reads it; only its last whole count is compared.
const REPLACED = `
  delete from pipeline.stream_counts old
  where old.recorded_at < now() - interval '30 days'
    and exists (
      select from pipeline.stream_counts newer
      where newer.source = old.source and newer.stream = old.stream and newer.day = old.day
        and newer.complete and newer.recorded_at > old.recorded_at
    )`;

/**
 * Drops counts of the wire that are older than 30 days and that a later whole count of the same day has replaced.
 * @returns how many. Throws what pg throws
 */
export async function dropReplacedCounts(client: pg.ClientBase): Promise<number> {
  return (await client.query(REPLACED)).rowCount ?? 0;
}
