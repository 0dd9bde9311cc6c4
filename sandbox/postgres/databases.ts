// Databases and their owners: made, given new credentials, removed, by the superuser over SQL.
import pg from "pg";
import {
  type Credentials,
  type Database,
  databaseOf,
  isDatabaseName,
  newCredentials,
  newDatabaseName,
} from "./credentials.js";
import { PostgresError } from "./errors.js";

/** Connections that an Essential-0 database takes (Heroku Dev Center, "Choosing the Right Heroku Postgres Plan"). */
export const CONNECTION_LIMIT = 20;

/** What can be done to the databases of a running server. */
export interface Databases {
  create(): Promise<Database>;
  rotate(name: string): Promise<Database>;
  drop(name: string): Promise<void>;
}

const quoted = pg.escapeIdentifier;
const text = pg.escapeLiteral;

/** How the superuser reaches the server. */
export interface Superuser {
  port: number;
  user: string;
  password: string;
}

/** A short-lived connection as superuser. The caller ends it. */
export function superuserClient({ port, user, password }: Superuser): pg.Client {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user,
    password,
    database: "postgres",
    ssl: false,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
    application_name: "sandbox",
  });
  // Without a listener a server that ends takes this process down with it.
  client.on("error", () => {});
  return client;
}

/** The operations on databases of the server at `superuser.port`. Each opens its own connection: they are rare, and no idle one is left. */
export function databases(superuser: Superuser): Databases {
  async function withServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = superuserClient(superuser);
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async function ownerOf(client: pg.Client, name: string): Promise<{ oid: number; user: string }> {
    const { rows } = isDatabaseName(name)
      ? await client.query<{ oid: number; user: string }>(
          `SELECT r.oid, r.rolname AS "user" FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = $1`,
          [name],
        )
      : { rows: [] };
    const owner = rows[0];
    if (owner === undefined) throw new PostgresError(`The sandbox's Postgres has no database ${name}.`);
    return owner;
  }

  return {
    create: () =>
      withServer(async (client) => {
        const name = newDatabaseName();
        const login: Credentials = newCredentials("plain");
        await client.query(
          `CREATE ROLE ${quoted(login.user)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${text(login.password)}`,
        );
        try {
          await client.query(
            `CREATE DATABASE ${quoted(name)} OWNER ${quoted(login.user)} CONNECTION LIMIT ${CONNECTION_LIMIT}`,
          );
          await client.query(`REVOKE ALL ON DATABASE ${quoted(name)} FROM PUBLIC`);
        } catch (error) {
          await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
          await client.query(`DROP ROLE IF EXISTS ${quoted(login.user)}`);
          throw error;
        }
        return databaseOf(name, login, superuser.port);
      }),

    rotate: (name) =>
      withServer(async (client) => {
        const owner = await ownerOf(client, name);
        const login = newCredentials("awkward");
        // Renaming keeps everything that the role owns, its default privileges and settings; the old name is gone for good.
        await client.query("BEGIN");
        await client.query(`ALTER ROLE ${quoted(owner.user)} RENAME TO ${quoted(login.user)}`);
        await client.query(`ALTER ROLE ${quoted(login.user)} PASSWORD ${text(login.password)}`);
        await client.query("COMMIT");
        await client.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usesysid = $1", [
          owner.oid,
        ]);
        return databaseOf(name, login, superuser.port);
      }),

    drop: (name) =>
      withServer(async (client) => {
        const owner = await ownerOf(client, name);
        await client.query(`DROP DATABASE ${quoted(name)} WITH (FORCE)`);
        await client.query(`DROP ROLE ${quoted(owner.user)}`);
      }),
  };
}
