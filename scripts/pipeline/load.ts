// Loading: Meltano over Stripe and Amplitude beside the FunnelFox extractor; then the tables that changed much are vacuumed.

import { note, type Run } from "./context.js";
import { Digest } from "./digest.js";
import { childReason, errorReason } from "./reasons.js";
import { failPhase, recordEnd, recordSkipped, runJobs } from "./run-jobs.js";
import { withSideConnection } from "./side-connection.js";
import { funnelfoxJob, meltanoJob, type StepContext } from "./steps.js";
import { dropReplacedCounts, vacuumChanged } from "./tidy.js";

/** VACUUM of a full database of 1 GB takes a minute or two. */
const VACUUM_MS = 15 * 60_000;
const RAW = ["raw_stripe", "raw_amplitude", "raw_funnelfox"];

/**
 * Loads what was asked for.
 * @param eventsPause the database is full: money only
 * @returns false when there was nothing to load
 * @throws PhaseFailed, Halted
 */
export async function load(run: Run, context: StepContext, eventsPause: boolean): Promise<boolean> {
  const { only } = run.options;
  const wants = (part: (typeof only)[number]) => only.includes(part);
  const taps = only.filter((part) => part === "stripe" || (part === "amplitude" && !eventsPause));
  const meltano = meltanoJob(context, taps);
  const jobs = [...(meltano ? [meltano] : []), ...(wants("funnelfox") ? [funnelfoxJob(context)] : [])];
  if (!meltano && wants("amplitude")) await recordSkipped(run, "meltano", "The database is full: events pause.");
  if (jobs.length === 0) return false;
  const { ended, firstFailure, digests } = await runJobs(run, jobs);
  const reason = firstFailure && childReason(firstFailure, digests.get(firstFailure.name) ?? new Digest());
  for (const one of ended) {
    const own = one === firstFailure ? { detail: { reason } } : {};
    await recordEnd(run, one, digests.get(one.name) ?? new Digest(), own);
  }
  if (firstFailure) failPhase(reason ?? "", firstFailure);
  return true;
}

/** Vacuums what the load has changed by more than a tenth, and drops replaced counts. It is housekeeping: that it failed is told, and the run goes on. */
export async function tidy(run: Run): Promise<void> {
  const { databaseUrl, env, halt, reporter } = run;
  try {
    const tables = await withSideConnection(
      databaseUrl,
      { env, timeoutMs: VACUUM_MS, signal: halt.signal },
      async (client) => {
        await dropReplacedCounts(client);
        return vacuumChanged(client, RAW);
      },
    );
    if (tables.length > 0) reporter.event("vacuumed", { tables: tables.join(",") });
  } catch (error) {
    halt.check();
    note(run, `Housekeeping was not done: ${errorReason(error)}.`);
  }
}
