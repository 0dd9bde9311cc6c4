// dbt's run_results.json, read.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onlyLocks, readDbtResults } from "../../scripts/pipeline/dbt-results.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "results-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const BEGUN = Date.parse("2026-11-25T02:00:00Z");
const after = "2026-11-25T02:01:00.123456Z";

async function reading(results: object[], generatedAt = after) {
  const file = join(folder, "run_results.json");
  await writeFile(file, JSON.stringify({ metadata: { generated_at: generatedAt, dbt_version: "1.11" }, results }));
  return readDbtResults(file, BEGUN);
}

const node = (unique_id: string, status: string, more: object = {}) => ({
  unique_id,
  status,
  message: null,
  failures: null,
  adapter_response: {},
  timing: [],
  ...more,
});

describe("run_results.json", () => {
  it("names failing tests and models, counts the rest and the rows that models wrote", async () => {
    const read = await reading([
      node("model.reluvia.fct_charges", "success", { adapter_response: { rows_affected: 12, _message: "SELECT 12" } }),
      node("test.reluvia.unique_fct_charges_charge_id.0f1e2d", "fail", {
        failures: 3,
        adapter_response: { rows_affected: 1 },
      }),
      node("test.reluvia.mrr_adds_up", "fail", { failures: 1 }),
      node("unit_test.reluvia.int_links.ladder_falls_through", "error", { message: "Compilation Error\n  in x" }),
      node("model.reluvia.mrr_monthly", "skipped"),
      node("test.reluvia.slow.ab", "warn", { failures: 2 }),
      node("test.reluvia.fine.cd", "pass"),
    ]);
    expect(read).toEqual({
      kind: "results",
      results: {
        failures: [
          { kind: "test", name: "unique_fct_charges_charge_id", status: "fail", message: "", failures: 3 },
          { kind: "test", name: "mrr_adds_up", status: "fail", message: "", failures: 1 },
          {
            kind: "unit_test",
            name: "int_links.ladder_falls_through",
            status: "error",
            message: "Compilation Error in x",
            failures: undefined,
          },
        ],
        warnings: [{ kind: "test", name: "slow", status: "warn", message: "", failures: 2 }],
        done: 3,
        skipped: 1,
        rows: 12,
      },
    });
  });

  it("of an earlier run is stale", async () => {
    expect(await reading([], "2026-11-25T01:59:59Z")).toEqual({ kind: "stale", generatedAt: "2026-11-25T01:59:59Z" });
    expect((await reading([], "no time")).kind).toBe("stale");
  });

  it("may be missing or no such document", async () => {
    expect(await readDbtResults(join(folder, "none.json"), BEGUN)).toEqual({ kind: "missing" });
    const file = join(folder, "half.json");
    await writeFile(file, '{"metadata": {');
    expect(await readDbtResults(file, BEGUN)).toEqual({ kind: "unreadable" });
  });

  it("tells whether nothing but locks stood in the way", async () => {
    const lock = {
      kind: "model",
      name: "a",
      status: "error",
      message: "canceling statement due to lock timeout",
      failures: undefined,
    };
    expect(onlyLocks([lock, { ...lock, message: "deadlock detected" }])).toBe(true);
    expect(onlyLocks([lock, { ...lock, message: "syntax error" }])).toBe(false);
    expect(onlyLocks([])).toBe(false);
  });
});
