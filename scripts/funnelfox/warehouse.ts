// The database's side of the extractor: one connection, one writer, a transaction for each batch.
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { codeOf, ExpectedError, messageOf } from "../common/errors.js";
import type { Environment } from "../common/hosts.js";
import { poll, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import { ensureSchemas } from "../pipeline/schemas.js";
import { close, connect, placeOf } from "../postgres/connect.js";
import { postgresUnreachable } from "../postgres/unreachable.js";
import { parsePostgresUrl } from "../postgres/url.js";
import type { Batch } from "./batch.js";
import { type StreamState, saveCounts, saveCursor } from "./cursors.js";
import { type Statements, statementsFor } from "./sql.js";
import { SCHEMA, type Table } from "./tables.js";
import type { WholeDay } from "./watch.js";

/** Two numbers that nobody else uses in this database; the pipeline's own lock is (720311, 1). */
const LOCK = [720_311, 2] as const;
const APPLICATION = "reluvia funnelfox";
/** A process that was killed in the middle of a merge leaves its connection at work for a moment. */
const LOCK_WAIT_MS = 60_000;
/** Whoever holds the lock and has asked Postgres nothing for so long hangs. */
const SILENT = "15 minutes";
const CONNECT_MS = 30_000;
const STATEMENT_MS = 15 * 60_000;

export interface Load {
  readonly table: Table;
  readonly batch: Batch;
  /** none of its keys can be in the table, nor twice in the batch */
  readonly allNew?: boolean | undefined;
  /** most of its rows are probably there, and equal */
  readonly likelyEqual?: boolean | undefined;
}

export interface Cursor {
  readonly stream: string;
  readonly state: StreamState;
  /** the crawl has ended: what was loaded until now counts as known */
  readonly ended: boolean;
  readonly days?: readonly WholeDay[] | undefined;
}

export interface Written {
  /** rows inserted or changed */
  readonly changed: number;
  /** every row was there, equal, and loaded no later than the time asked for */
  readonly known: boolean;
}

export class Warehouse {
  readonly client: pg.Client;
  readonly #statements = new Map<string, Statements>();
  readonly #place: string;
  readonly #runId: string;

  private constructor(client: pg.Client, place: string, runId: string) {
    this.client = client;
    this.#place = place;
    this.#runId = runId;
  }

  /**
   * Connects, takes the extractor's lock, and makes what is missing.
   * @throws PostgresUnreachable; ExpectedError (usage) for a wrong connection string, (failed) while another one is loading
   */
  static async open(
    url: Secret,
    tables: readonly Table[],
    deps: {
      env: Environment;
      runId: string;
      sleep: Sleep;
      now: () => number;
      signal?: AbortSignal;
      lockWaitMs?: number;
    },
  ): Promise<Warehouse> {
    const { env, runId } = deps;
    const client = await connect(url, { applicationName: APPLICATION, timeoutMs: CONNECT_MS, env });
    const warehouse = new Warehouse(client, placeOf(parsePostgresUrl(url)), runId);
    try {
      await client.query("set timezone to 'UTC'");
      await takeLock(client, deps);
      await ensureSchemas(client);
      for (const table of tables) await warehouse.#prepare(table);
      return warehouse;
    } catch (error) {
      await close(client);
      throw warehouse.#named(error, "FunnelFox's tables");
    }
  }

  async close(): Promise<void> {
    await close(this.client);
  }

  /**
   * Merges batches and moves the cursor, all or nothing.
   * @param knownAt asks whether every row was loaded until then
   */
  async write(loads: readonly Load[], cursor: Cursor | undefined, knownAt?: string): Promise<Written> {
    const { client } = this;
    let changed = 0;
    let known = knownAt !== undefined;
    try {
      await client.query("begin");
      for (const load of loads) {
        const { table, batch } = load;
        if (batch.rows === 0) continue;
        const merged = await this.#merge(this.#for(table), load);
        changed += merged;
        known = known && merged === 0 && !(await this.#hasUnknown(this.#for(table), knownAt));
      }
      if (cursor) {
        await saveCursor(client, cursor.stream, cursor.state, cursor.ended, this.#runId);
        if (cursor.days) await saveCounts(client, cursor.stream, cursor.days, this.#runId);
      }
      await client.query("commit");
      return { changed, known };
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      throw this.#named(error, loads.map(({ table }) => table.name).join(" and "));
    }
  }

  /** VACUUM (ANALYZE) when `changed` is more than a tenth of the table: the planner's figures and the dead rows are then old. */
  async tidy(table: Table, changed: number): Promise<boolean> {
    if (changed === 0) return false;
    const { target } = this.#for(table);
    const { rows } = await this.client.query<{ rows: number }>(
      "select reltuples::float8 as rows from pg_class where oid = to_regclass($1)",
      [target],
    );
    if (changed <= Math.max(0, rows[0]?.rows ?? 0) / 10) return false;
    await this.#run(`vacuum (analyze) ${target}`);
    return true;
  }

  async isEmpty(table: Table): Promise<boolean> {
    const { rows } = await this.#run<{ empty: boolean }>(
      `select not exists (select from ${this.#for(table).target}) as empty`,
    );
    return rows[0]?.empty === true;
  }

  async dropStaging(tables: readonly Table[]): Promise<void> {
    for (const table of tables) await this.#run(this.#for(table).dropStaging);
  }

  async #merge(statements: Statements, { batch, allNew, likelyEqual }: Load): Promise<number> {
    await this.#run(statements.truncate);
    await this.#copy(statements.copy, batch.text.bytes.subarray(0, batch.text.length));
    if (allNew) return (await this.#run(statements.insertNew)).rowCount ?? 0;
    let rows = batch.rows;
    if (batch.repeats) rows -= (await this.#run(statements.dedupe)).rowCount ?? 0;
    const differences = likelyEqual ? await this.#compare(statements) : undefined;
    const inserted = differences?.new === 0 ? 0 : ((await this.#run(statements.insert)).rowCount ?? 0);
    if (inserted === rows || differences?.changed === 0) return inserted;
    return inserted + ((await this.#run(statements.update)).rowCount ?? 0);
  }

  async #compare(statements: Statements): Promise<{ new: number; changed: number } | undefined> {
    const { rows } = await this.#run<{ new: number; changed: number }>(statements.compare);
    return rows[0];
  }

  async #hasUnknown(statements: Statements, knownAt: string | undefined): Promise<boolean> {
    const { rows } = await this.client.query<{ unknown: boolean }>(statements.unknown, [knownAt]);
    return rows[0]?.unknown !== false;
  }

  #copy(sql: string, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = copyFrom(sql);
      // pg looks for this name on whatever it is given to run.
      Object.assign(stream, { query_timeout: STATEMENT_MS });
      stream.on("error", reject);
      stream.on("finish", resolve);
      this.client.query(stream).end(bytes);
    });
  }

  /** The result of the last statement of `sql`. */
  async #run<Row extends pg.QueryResultRow>(sql: string): Promise<pg.QueryResult<Row>> {
    const config = { text: sql, query_timeout: STATEMENT_MS };
    const result: unknown = await this.client.query(config);
    return (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Row>;
  }

  async #prepare(table: Table): Promise<void> {
    const statements = this.#for(table);
    const { rows } = await this.client.query<{ column_name: string }>(
      "select column_name from information_schema.columns where table_schema = $1 and table_name = $2",
      [SCHEMA, table.name],
    );
    const has = new Set(rows.map((row) => row.column_name));
    if (has.size === 0) await this.#run(statements.create);
    else {
      const wanted = [...statements.columns, { name: "_loaded_at", type: "timestamptz not null default now()" }];
      for (const { name, type } of wanted.filter((column) => !has.has(column.name))) {
        await this.#run(`alter table ${statements.target} add column if not exists "${name}" ${type}`);
      }
    }
    await this.#run(statements.makeStaging);
  }

  #for(table: Table): Statements {
    let statements = this.#statements.get(table.name);
    if (!statements) {
      statements = statementsFor(table);
      this.#statements.set(table.name, statements);
    }
    return statements;
  }

  #named(error: unknown, what: string): unknown {
    if (error instanceof ExpectedError) return error;
    const known = postgresUnreachable(error, this.#place);
    if (known.reason !== "other") return known;
    return new ExpectedError("failed", `Postgres at ${this.#place} did not take ${what}: ${messageOf(error)}.`, {
      why: `Its code is ${codeOf(error) ?? "unknown"}. Nothing of that batch was kept.`,
      commands: ["heroku pg:info -a APP"],
      cause: error,
    });
  }
}

async function takeLock(
  client: pg.Client,
  deps: { sleep: Sleep; now: () => number; signal?: AbortSignal; lockWaitMs?: number },
): Promise<void> {
  const got = await poll(
    async () => {
      const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2) as got", [...LOCK]);
      if (rows[0]?.got) return true;
      await client.query(
        `select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted and a.application_name = $3
           and l.database = (select oid from pg_database where datname = current_database())
           and a.state like 'idle%' and a.state_change < now() - $4::interval`,
        [...LOCK, APPLICATION, SILENT],
      );
      return undefined;
    },
    { sleep: deps.sleep, now: deps.now, deadlineMs: deps.lockWaitMs ?? LOCK_WAIT_MS, signal: deps.signal },
  );
  if (got) return;
  throw new ExpectedError("failed", "FunnelFox is being loaded by another process.", {
    why: "Two at once would undo each other's place in the lists.",
    commands: ["heroku ps -a APP", "heroku pg:ps -a APP"],
  });
}
