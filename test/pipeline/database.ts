// A real PostgreSQL for a test file: one server, a new database and connections on demand, all closed at the end.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, afterEach, beforeAll } from "vitest";
import { openPostgres, type Postgres } from "../../sandbox/postgres/index.js";
import { close, connect } from "../../scripts/postgres/connect.js";

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly user: string;
  /** a connection that is closed after the test */
  client(): Promise<pg.Client>;
  /** rows of a query over a connection of its own */
  rows<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
}

/** Registers the hooks; the returned functions are for inside of tests. */
export function postgresForTests(): { database(): Promise<TestDatabase>; postgres(): Postgres } {
  let root = "";
  let postgres: Postgres | undefined;
  const open: pg.Client[] = [];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "pipeline-pg-"));
    await chmod(root, 0o755);
    postgres = await openPostgres({ dataDir: join(root, "data") });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(close));
  });
  afterAll(async () => {
    await postgres?.stop();
    await rm(root, { recursive: true, force: true });
  });
  const server = () => {
    if (!postgres) throw new Error("the server has not been started");
    return postgres;
  };
  return {
    postgres: server,
    database: async () => {
      const { url, name, user } = await server().createDatabase();
      const client = async () => {
        const one = await connect(url, { env: {}, applicationName: "a test", timeoutMs: 20_000 });
        open.push(one);
        return one;
      };
      return {
        url,
        name,
        user,
        client,
        rows: async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => {
          const one = await connect(url, { env: {}, applicationName: "a look", timeoutMs: 20_000 });
          try {
            return (await one.query<T>(sql, values)).rows;
          } finally {
            await close(one);
          }
        },
      };
    },
  };
}

/** Asks until the answer is there. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
