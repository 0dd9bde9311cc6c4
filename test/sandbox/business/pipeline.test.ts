// The real pipeline over the company's sources and a real Postgres: every figure of its marts is the one that the company knows of itself.
import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sources, startSources } from "../../../sandbox/business/sources.js";
import type { Truth } from "../../../sandbox/business/truth/index.js";
import { postgresForTests, type TestDatabase } from "../../pipeline/database.js";
import { pythonForTests, root } from "../../reluvia/pytest.js";
import { built } from "../../support/built.js";
import { differences } from "./marts.js";

const MINUTES = 60_000;
const server = postgresForTests();
let sources: Sources;
let database: TestDatabase;
let hasPython = false;

beforeAll(async () => {
  await built();
  hasPython = (await pythonForTests()) !== undefined;
  // Six days before a month's end, so that the second night lies in the next one.
  sources = await startSources({ seed: 11, now: new Date("2026-11-24T10:30:00Z") });
  database = await server.database();
}, 10 * MINUTES);
afterAll(() => sources.close());

/** Runs the pipeline as a night does; its last line and its exit code. */
async function night(): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url, ...sources.env };
  const child = spawn(process.execPath, ["dist/scripts/pipeline.js"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 4 * MINUTES,
  });
  let said = "";
  const hear = (part: Buffer): void => {
    said += String(part);
  };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
  const code = await new Promise((done) => child.once("close", done));
  const lines = said.trimEnd().split("\n");
  return `${code} ${lines.find((line) => line.startsWith("PIPELINE_")) ?? lines.slice(-20).join("\n")}`;
}

async function expectMarts(truth: Truth): Promise<void> {
  for (const table of [
    "identity_links",
    "revenue_daily",
    "mrr_monthly",
    "ltv_by_cohort",
    "funnel_conversion",
    "reconciliation",
  ] as const) {
    expect({ table, ...(await differences((sql) => database.rows(sql), table, truth)) }).toEqual({
      table,
      mart: [],
      truth: [],
    });
  }
  const { events_by_method, ...totals } = truth.totals;
  for (const [mart, count] of Object.entries(totals)) {
    expect([mart, await database.rows(`select count(*)::int as count from analytics.${mart}`)]).toEqual([
      mart,
      [{ count }],
    ]);
  }
  const methods = await database.rows<{ method: string; events: number }>(
    "select method, sum(fact_count)::int as events from analytics.identity_coverage where source = 'amplitude' group by method",
  );
  expect(Object.fromEntries(methods.map((row) => [row.method, row.events]))).toEqual(events_by_method);
}

describe("a run of the pipeline", () => {
  it(
    "on an empty database, and another one days later, ends with the figures that the company knows of itself",
    async ({ skip }) => {
      if (!hasPython) skip();
      expect(await night()).toMatch(/^0 PIPELINE_OK /);
      await expectMarts(sources.truth());
      const snapshots = [sources.business.now()];
      sources.advance(8);
      expect(await night()).toMatch(/^0 PIPELINE_OK /);
      await expectMarts(sources.truth({ snapshots }));
      // The comparison can fail: yesterday's answers are none of today's.
      const stale = await differences(
        (sql) => database.rows(sql),
        "revenue_daily",
        sources.truth({ now: new Date("2026-11-24T10:30:00Z") }),
      );
      expect(stale.mart).not.toEqual([]);
    },
    10 * MINUTES,
  );
});
