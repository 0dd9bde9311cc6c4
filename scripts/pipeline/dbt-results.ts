// What a dbt build came to, from run_results.json: failing models and tests by name; a missing or stale file is a failure.
import { readFile } from "node:fs/promises";
import { z } from "zod";

/** A node that did not do: what it is, its name, dbt's status and message. */
export interface DbtFailure {
  /** model, test, unit_test, snapshot, seed */
  readonly kind: string;
  readonly name: string;
  /** error, fail, runtime error */
  readonly status: string;
  readonly message: string;
  /** rows that a test found, when it counts them */
  readonly failures: number | undefined;
}

export interface DbtResults {
  readonly failures: readonly DbtFailure[];
  /** tests with severity warn that found something */
  readonly warnings: readonly DbtFailure[];
  /** nodes that were done */
  readonly done: number;
  readonly skipped: number;
  /** rows that models and snapshots wrote, where dbt tells */
  readonly rows: number;
}

export type DbtReading =
  | { readonly kind: "results"; readonly results: DbtResults }
  | { readonly kind: "missing" }
  | { readonly kind: "stale"; readonly generatedAt: string }
  | { readonly kind: "unreadable" };

const resultSchema = z.object({
  unique_id: z.string(),
  status: z.string(),
  message: z.string().nullish(),
  failures: z.number().nullish(),
  adapter_response: z.looseObject({ rows_affected: z.number().optional() }).nullish(),
});
// dbt's run-results artifact, version 6 (dbt documentation, Run results JSON file).
const fileSchema = z.object({
  metadata: z.looseObject({ generated_at: z.string() }),
  results: z.array(resultSchema),
});

const failed = ["error", "fail", "runtime error", "partial success"];

/**
 * Reads target/run_results.json.
 * @param since milliseconds: a file that was written before says nothing about this run
 */
export async function readDbtResults(file: string, since: number): Promise<DbtReading> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return { kind: "missing" };
  }
  let parsed: z.infer<typeof fileSchema>;
  try {
    parsed = fileSchema.parse(JSON.parse(text));
  } catch {
    return { kind: "unreadable" };
  }
  const generatedAt = parsed.metadata.generated_at;
  const written = Date.parse(generatedAt);
  if (!(written >= since)) return { kind: "stale", generatedAt };
  const { results } = parsed;
  const named = results.map((result) => ({ result, ...nameOf(result.unique_id) }));
  const failures = named.filter(({ result }) => failed.includes(result.status));
  const warnings = named.filter(({ result }) => result.status === "warn");
  const count = (status: string) => results.filter((result) => result.status === status).length;
  return {
    kind: "results",
    results: {
      failures: failures.map(failureOf),
      warnings: warnings.map(failureOf),
      done: results.length - failures.length - count("skipped"),
      skipped: count("skipped"),
      // Tests report the rows of their own query, which nobody wrote.
      rows: named
        .filter(({ kind }) => kind === "model" || kind === "snapshot" || kind === "seed")
        .reduce((sum, { result }) => sum + Math.max(0, result.adapter_response?.rows_affected ?? 0), 0),
    },
  };
}

interface Named {
  readonly result: z.infer<typeof resultSchema>;
  readonly kind: string;
  readonly name: string;
}

function failureOf({ result, kind, name }: Named): DbtFailure {
  return {
    kind,
    name,
    status: result.status,
    message: (result.message ?? "").replace(/\s+/g, " ").trim(),
    failures: result.failures ?? undefined,
  };
}

/** "test.project.unique_fct_charges_id.5f3a" is the test unique_fct_charges_id; a unit test's id names its model too. */
function nameOf(id: string): { kind: string; name: string } {
  const [kind = "", , ...rest] = id.split(".");
  const words = kind === "test" && rest.length > 1 ? rest.slice(0, -1) : rest;
  return { kind, name: words.join(".") || id };
}

/** True when nothing but a lock that was not given in time stood in the way, so that the same again may well work. */
export function onlyLocks(failures: readonly DbtFailure[]): boolean {
  return (
    failures.length > 0 &&
    failures.every(({ message }) => /lock timeout|deadlock detected|could not obtain lock/i.test(message))
  );
}

/** "test unique_fct_charges_id failed (3 rows)": one failure in words. */
export function failureText({ kind, name, status, message, failures }: DbtFailure): string {
  const what = `${kind.replace("_", " ")} ${name}`;
  if (status === "fail") return `${what} failed${failures ? ` (${failures} ${failures === 1 ? "row" : "rows"})` : ""}`;
  const why = message.replace(/^(Database|Runtime|Compilation) Error( in [^(]*\([^)]*\))?\s*/, "");
  return why === "" ? `${what} could not be built` : `${what} could not be built: ${why}`;
}

const NAMED_AT_MOST = 3;

/** All failures in one sentence: models that could not be built first, since tests fail after them. */
export function failuresText(failures: readonly DbtFailure[]): string {
  const sorted = [...failures].sort((a, b) => Number(a.status === "fail") - Number(b.status === "fail"));
  const named = sorted.slice(0, NAMED_AT_MOST).map((failure, index) => {
    const text = failureText(failure);
    return index === 0 || failure.status === "fail" ? text : (text.split(":")[0] ?? text);
  });
  const more = failures.length - named.length;
  return `dbt: ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}
