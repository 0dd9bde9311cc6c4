// A connection to Postgres with a deadline, whose failures say what to do, and which is closed in bounded time.
import pg from "pg";
import type { Environment } from "../common/hosts.js";
import type { Secret } from "../common/secret.js";
import { tlsFor } from "./tls.js";
import { postgresUnreachable } from "./unreachable.js";
import { type PostgresParts, parsePostgresUrl } from "./url.js";

export interface ConnectOptions {
  /** for connecting, and again for each query; default 10,000 */
  readonly timeoutMs?: number | undefined;
  /** how `heroku pg:ps` shows it */
  readonly applicationName?: string | undefined;
  /** for PGSSLMODE */
  readonly env?: Environment | undefined;
  /** the app that owns the database, for the commands in errors */
  readonly app?: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const CLOSE_MS = 2_000;

/**
 * Connects. The caller closes with `close`.
 * @throws ExpectedError (usage) for a string that cannot be parsed; PostgresUnreachable
 */
export async function connect(url: Secret | string, options: ConnectOptions = {}): Promise<pg.Client> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, applicationName = "reluvia", env = process.env, app } = options;
  const parts = parsePostgresUrl(url);
  const client = new pg.Client({
    host: parts.host,
    port: parts.port,
    database: parts.database,
    user: parts.user,
    // A function keeps pg from falling back on PGPASSWORD and .pgpass when the string has no password.
    password: () => parts.password.reveal(),
    ssl: tlsFor(parts, env),
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
  });
  // Without a listener a connection that breaks between two queries would end the process; the next query reports it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await close(client);
    throw postgresUnreachable(error, placeOf(parts), app);
  }
}

/** host:port/database, for messages. */
export function placeOf({ host, port, database }: Pick<PostgresParts, "host" | "port" | "database">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

/** Says goodbye, and hangs up when the other side does not answer. Never throws. */
export async function close(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      hangUp(client);
      resolve();
    }, CLOSE_MS);
  });
  await Promise.race([client.end().catch(() => undefined), late]);
  clearTimeout(timer);
}

function hangUp(client: pg.Client): void {
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
