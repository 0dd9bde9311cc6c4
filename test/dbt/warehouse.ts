// A real PostgreSQL and the project's own dbt for a test file: new databases with raw tables on demand, built as the pipeline builds them.
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { openPostgres, type Postgres } from "../../sandbox/postgres/index.js";
import { ExpectedError } from "../../scripts/common/errors.js";
import { Secret } from "../../scripts/common/secret.js";
import { environmentFor, projectRoot } from "../../scripts/pipeline/launch.js";
import { ensureSchemas } from "../../scripts/pipeline/schemas.js";
import { close, connect } from "../../scripts/postgres/connect.js";
import { run } from "../../scripts/python/child.js";
import { ensurePython, type PythonEnvironment } from "../../scripts/python/ensure.js";
import { makeRawTables } from "./raw-tables.js";

/** A value that stands in a table of a test: days as text, whole numbers as numbers. */
export type Cell = string | number | boolean | null;

export interface Built {
  readonly ok: boolean;
  readonly output: string;
  /** what did not pass, by name: models, tests, snapshots */
  readonly failed: string[];
  /** models and tests that were left out because of it */
  readonly skipped: string[];
}

export interface BuildOptions {
  /** the clock of the run */
  readonly now: string;
  /** default: build without unit tests, as the pipeline does */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Warehouse {
  readonly client: pg.Client;
  readonly name: string;
  /** a further connection, closed by the caller */
  connect(): Promise<pg.Client>;
  build(options: BuildOptions): Promise<Built>;
  /** rows as arrays of cells, in the order of the query */
  table(sql: string): Promise<Cell[][]>;
}

const MINUTES = 60_000;

/** Registers the hooks; the returned function is for inside of tests and makes a new database each time. */
export function warehousesForTests(): { open(options?: { rawTables?: boolean }): Promise<Warehouse> } {
  let folder = "";
  let why = "";
  let postgres: Postgres | undefined;
  let python: PythonEnvironment | undefined;
  const clients: pg.Client[] = [];
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dbt-test-"));
    await chmod(folder, 0o755);
    postgres = await openPostgres({ dataDir: join(folder, "postgres") });
    try {
      python = await ensurePython({ root: projectRoot, env: process.env, report: (line) => console.error(line) });
    } catch (error) {
      if (!(error instanceof ExpectedError && error.kind === "unreachable") || process.env.CI === "true") throw error;
      why = `SKIPPED, no Python environment: ${error.message}`;
      console.error(why);
    }
  }, 10 * MINUTES);
  beforeEach((context) => context.skip(why !== "", why));
  afterAll(async () => {
    await Promise.all(clients.map(close));
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    async open({ rawTables = true } = {}) {
      const { name, url } = (await postgres?.createDatabase()) ?? { name: "", url: "" };
      count += 1;
      const target = join(folder, `target-${count}`);
      const connectOne = () => connect(url, { env: {}, applicationName: "a test", timeoutMs: 20_000 });
      const client = await connectOne();
      clients.push(client);
      await ensureSchemas(client);
      if (rawTables) await makeRawTables(client);
      const variables = environmentFor(new Secret(url), {});
      const build = async ({ now, command, env }: BuildOptions): Promise<Built> => {
        const args = command ?? ["build", "--exclude-resource-types", "unit_test"];
        const ran = await run(join(python?.bin ?? "", "dbt"), args, {
          env: {
            PATH: process.env.PATH ?? "",
            HOME: folder,
            ...variables,
            DBT_TARGET_PATH: target,
            DBT_LOG_PATH: join(target, "logs"),
            DBT_USE_COLORS: "false",
            PIPELINE_NOW: now,
            ...env,
          },
          cwd: variables.DBT_PROJECT_DIR ?? "",
          timeoutMs: 5 * MINUTES,
        });
        const output = ran.stdout + ran.stderr;
        return { ok: ran.code === 0, output, ...(await outcomes(join(target, "run_results.json"))) };
      };
      return { client, name, connect: connectOne, build, table: (sql) => table(client, sql) };
    },
  };
}

async function outcomes(file: string): Promise<Pick<Built, "failed" | "skipped">> {
  const text = await readFile(file, "utf8").catch(() => '{"results":[]}');
  const { results } = JSON.parse(text) as { results: { unique_id: string; status: string }[] };
  const named = (...statuses: string[]) =>
    results
      .filter(({ status }) => statuses.includes(status))
      .map(({ unique_id }) => unique_id.split(".")[2] ?? unique_id);
  return { failed: named("error", "fail"), skipped: named("skipped") };
}

const { builtins } = pg.types;
const asText: readonly number[] = [builtins.DATE, builtins.TIMESTAMPTZ, builtins.TIMESTAMP];
const asNumber: readonly number[] = [builtins.INT8, builtins.NUMERIC, builtins.INT4];

async function table(client: pg.Client, sql: string): Promise<Cell[][]> {
  const { rows } = await client.query<Cell[]>({
    text: sql,
    rowMode: "array",
    types: {
      getTypeParser: (type: number) => {
        if (asText.includes(type)) return (value: string) => value;
        if (asNumber.includes(type)) return Number;
        return pg.types.getTypeParser(type);
      },
    },
  } as pg.QueryArrayConfig);
  return rows;
}
