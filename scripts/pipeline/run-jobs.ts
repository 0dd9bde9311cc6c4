// Runs jobs as steps of a run: supervised, told, recorded.

import { readChildLine } from "./child-lines.js";
import { note, PhaseFailed, type Run, type StepResult } from "./context.js";
import { Digest } from "./digest.js";
import { Halted } from "./halt.js";
import { LONGEST_LINE } from "./lines.js";
import { beginStep, endStep } from "./runs.js";
import { type Ended, type Job, supervise } from "./supervise.js";
import type { StepName } from "./types.js";

const TAIL = 20;

export interface JobsResult {
  readonly ended: readonly Ended[];
  readonly firstFailure: Ended | undefined;
  readonly digests: ReadonlyMap<string, Digest>;
}

/**
 * Starts the jobs side by side and waits for all.
 * @throws Halted when the run had to stop before any failed
 */
export async function runJobs(run: Run, jobs: readonly Job[]): Promise<JobsResult> {
  const { reporter, redactor, lock, runId, halt } = run;
  const digests = new Map(jobs.map(({ name }) => [name, new Digest()]));
  halt.check();
  for (const { name } of jobs) await beginStep(lock.client, runId, name as StepName);
  const supervised = await supervise(
    jobs.map((job) => run.job?.(job) ?? job),
    {
      now: run.now,
      sleep: run.sleep,
      start: run.start,
      stop: halt.signal,
      onStart: (name, pid) => {
        reporter.begin(name);
        reporter.event("step_started", { step: name, pid });
      },
      onLine: (name, line) => {
        const digest = digests.get(name);
        if (digest) takeLine(run, name, digest, redactor.text(line).slice(0, LONGEST_LINE));
      },
      onEnd: (ended) => {
        const digest = digests.get(ended.name);
        reporter.end(ended.name, ended.outcome);
        reporter.event("step_ended", {
          step: ended.name,
          outcome: ended.outcome,
          exit_code: ended.exitCode,
          // What dbt wrote stands in its results.
          rows: ended.name === "dbt" ? undefined : digest?.rows,
          seconds: Math.round((ended.finishedAt - ended.startedAt) / 1_000),
        });
        if (ended.outcome === "failed" && digest) reporter.tail(ended.name, digest.lines().slice(-TAIL));
      },
    },
  );
  const { ended, firstFailure, stopped } = supervised;
  for (const { name } of jobs) {
    for (const notice of digests.get(name)?.notices ?? []) if (!run.notices.includes(notice)) run.notices.push(notice);
  }
  if (stopped) {
    await Promise.all(ended.map((one) => recordEnd(run, one, digests.get(one.name) ?? new Digest())));
    throw new Halted(stopped);
  }
  return { ended, firstFailure, digests };
}

function takeLine(run: Run, step: string, digest: Digest, line: string): void {
  const event = readChildLine(step, line);
  digest.take(event);
  const { reporter } = run;
  switch (event.kind) {
    case "progress": {
      const stream = digest.streamOf(event.from, event.stream);
      reporter.progress(step, stream, digest.streams.get(stream) ?? event.rows);
      return;
    }
    case "notice":
      note(run, digest.notices.at(-1) ?? event.text);
      return;
    case "failure":
      reporter.line(step, event.from, "error", event.text);
      return;
    case "text":
      reporter.line(step, event.from, event.level, event.text);
  }
}

/**
 * Writes a step's end, unless the connection is gone: then the run's end says enough.
 * @param more what else belongs into the step's detail; `rows` where the child does not tell them
 */
export async function recordEnd(
  run: Run,
  ended: Ended,
  digest: Digest,
  more: { readonly rows?: number; readonly failed?: boolean; readonly detail?: Readonly<Record<string, unknown>> } = {},
): Promise<void> {
  const { exitCode, startedAt, finishedAt } = ended;
  const step = ended.name as StepName;
  const status = more.failed && ended.outcome === "succeeded" ? "failed" : ended.outcome;
  const rows = more.rows ?? digest.rows;
  const streams = Object.fromEntries(digest.streams);
  const result: StepResult = {
    step,
    status,
    exitCode,
    rows,
    seconds: Math.round((finishedAt - startedAt) / 100) / 10,
    streams,
  };
  run.steps.push(result);
  if (run.halt.reason()?.kind === "lock lost") return;
  await endStep(run.lock.client, run.runId, step, {
    status,
    exitCode,
    rows,
    detail: { streams, notices: digest.notices, ...more.detail },
  });
}

/** Writes that a step is left out, and why. */
export async function recordSkipped(run: Run, step: StepName, why: string): Promise<void> {
  run.steps.push({ step, status: "skipped", exitCode: undefined, rows: 0, seconds: 0, streams: {} });
  await endStep(run.lock.client, run.runId, step, {
    status: "skipped",
    exitCode: undefined,
    rows: undefined,
    detail: { reason: why },
  });
}

/** @throws PhaseFailed for a failure of a child, with its exit code */
export function failPhase(reason: string, { exitCode }: Ended): never {
  throw new PhaseFailed(reason, exitCode === 0 ? 1 : exitCode);
}
