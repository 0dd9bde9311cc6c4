// How big a database is and how many connections it has, over one short connection.
import type pg from "pg";
import type { Secret } from "../common/secret.js";
import { type ConnectOptions, close, connect, placeOf } from "./connect.js";
import { postgresUnreachable } from "./unreachable.js";
import { parsePostgresUrl } from "./url.js";

export interface Measurements {
  readonly sizeBytes: number;
  /** open connections to this database, this one included */
  readonly connections: number;
  /** the least of what server, database and login allow */
  readonly connectionLimit: number;
  /** false when tables cannot be made: a plan that is exceeded, or a read-only copy */
  readonly writable: boolean;
}

const MEASURE = `
  select
    pg_database_size(current_database())::float8 as size_bytes,
    (select numbackends from pg_stat_database where datname = current_database())::int as connections,
    (select rolconnlimit from pg_roles where rolname = current_user)::int as login_limit,
    (select datconnlimit from pg_database where datname = current_database())::int as database_limit,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as server_limit,
    has_database_privilege(current_database(), 'CREATE') and current_setting('transaction_read_only') = 'off' as writable`;

interface Row {
  readonly size_bytes: number;
  readonly connections: number | null;
  readonly login_limit: number | null;
  readonly database_limit: number | null;
  readonly server_limit: number;
  readonly writable: boolean;
}

/** Measures the database behind an open connection. Throws what pg throws. */
export async function measure(client: pg.Client): Promise<Measurements> {
  const { rows } = await client.query<Row>(MEASURE);
  const [row] = rows;
  if (!row) throw new Error("the query for a database's size gave no row");
  // -1 is "no limit" (PostgreSQL documentation, pg_roles, pg_database).
  const limits = [row.server_limit, row.login_limit, row.database_limit].filter(
    (limit) => limit !== null && limit >= 0,
  );
  return {
    sizeBytes: row.size_bytes,
    connections: row.connections ?? 1,
    connectionLimit: Math.min(...(limits as number[])),
    writable: row.writable,
  };
}

/**
 * Connects, measures, closes, whatever happens.
 * @throws ExpectedError (usage) for a string that cannot be parsed; PostgresUnreachable
 */
export async function inspectDatabase(url: Secret | string, options: ConnectOptions = {}): Promise<Measurements> {
  const client = await connect(url, { applicationName: "reluvia verify", ...options });
  try {
    return await measure(client);
  } catch (error) {
    throw postgresUnreachable(error, placeOf(parsePostgresUrl(url)), options.app);
  } finally {
    await close(client);
  }
}
