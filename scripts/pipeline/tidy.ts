// VACUUM (ANALYZE) of raw tables that a load has changed by more than a tenth, so that they neither swell nor mislead the planner.
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
