// The marts: dbt build, judged by run_results.json and not by its exit code alone; locks are waited out with dbt retry.
import { rm } from "node:fs/promises";
import { note, type Run } from "./context.js";
import { type DbtFailure, type DbtReading, failureText, onlyLocks, readDbtResults } from "./dbt-results.js";
import { Digest } from "./digest.js";
import { childReason } from "./reasons.js";
import { failPhase, recordEnd, recordSkipped, runJobs } from "./run-jobs.js";
import { dbtJob, runResultsFile, type StepContext } from "./steps.js";

const RETRIES = 2;
const PAUSE_MS = 30_000;

/**
 * Builds and tests everything.
 * @throws PhaseFailed, Halted
 */
export async function transform(run: Run, context: StepContext): Promise<void> {
  const file = runResultsFile(context);
  // What an earlier run left must not be taken for this one's.
  await rm(file, { force: true });
  for (let attempt = 0; ; attempt += 1) {
    const begun = run.now();
    const { ended, firstFailure, digests } = await runJobs(run, [dbtJob(context, attempt === 0 ? "build" : "retry")]);
    const [end] = ended;
    if (!end) return;
    const digest = digests.get("dbt") ?? new Digest();
    const reading = await readDbtResults(file, begun);
    const failures = reading.kind === "results" ? reading.results.failures : [];
    if (firstFailure && onlyLocks(failures) && attempt < RETRIES) {
      note(run, `dbt waited for a lock in vain at ${failures[0]?.name}; what is left is tried again.`);
      await run.sleep(PAUSE_MS, run.halt.signal).catch(() => undefined);
      continue;
    }
    const well = !firstFailure && reading.kind === "results" && failures.length === 0;
    const reason = well ? undefined : childReason(end, digest, reading);
    await recordEnd(run, end, digest, {
      failed: !well,
      ...(reading.kind === "results" ? { rows: reading.results.rows } : {}),
      detail: { ...(reason === undefined ? {} : { reason }), ...resultsDetail(reading) },
    });
    if (reading.kind === "results") {
      for (const warning of reading.results.warnings) note(run, `dbt warns: ${failureText(warning)}.`);
    }
    if (reason !== undefined) failPhase(reason, end);
    return;
  }
}

function resultsDetail(reading: DbtReading): Record<string, unknown> {
  if (reading.kind !== "results") return { run_results: reading.kind };
  const { failures, done, skipped } = reading.results;
  const named = (failure: DbtFailure) => ({ name: failure.name, kind: failure.kind, status: failure.status });
  return { done, skipped, failures: failures.map(named) };
}

/** Writes that the marts were left as they are. */
export async function leaveMarts(run: Run, why: string): Promise<void> {
  if (run.options.only.includes("dbt")) await recordSkipped(run, "dbt", why);
}
