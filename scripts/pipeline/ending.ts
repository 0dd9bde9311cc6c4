// The last line of a run, for log searches and alerts, and its JSON document.
import { keyValues } from "./key-values.js";
import type { Outcome } from "./run.js";

/** `PIPELINE_OK …`, `PIPELINE_SKIPPED …` or `PIPELINE_FAILED: <reason>`. */
export function lastLine(outcome: Outcome): string {
  switch (outcome.status) {
    case "skipped": {
      const { runId, dyno, since, silentMs } = outcome.holder;
      const fields = keyValues({
        reason: "another run is under way",
        held_by: runId ?? "unknown",
        dyno,
        since: since.toISOString(),
        last_heartbeat_seconds: Math.round(silentMs / 1_000),
      });
      return `PIPELINE_SKIPPED ${fields}`;
    }
    case "failed":
      return failedLine(outcome.reason ?? "no reason is known");
    default: {
      const { status, rows, seconds, runId, reason } = outcome;
      const fields = { rows, seconds, ...(status === "partial" ? { partial: true, reason } : {}), run_id: runId };
      return `PIPELINE_OK ${keyValues(fields)}`;
    }
  }
}

/** On one line, whatever the reason holds. */
export function failedLine(reason: string): string {
  return `PIPELINE_FAILED: ${reason.replace(/\s+/g, " ").trim()}`;
}

const SCHEMA_VERSION = 1;

/** What --json prints. */
export function outcomeDocument(outcome: Outcome): object {
  const common = { schemaVersion: SCHEMA_VERSION, command: "pipeline", status: outcome.status };
  if (outcome.status === "skipped") {
    const { runId = null, dyno = null, since, silentMs } = outcome.holder;
    return {
      ...common,
      holder: { runId, dyno, since: since.toISOString(), silentSeconds: Math.round(silentMs / 1_000) },
    };
  }
  const { runId, reason = null, rows, seconds, steps, notices } = outcome;
  return { ...common, runId, reason, rows, seconds, steps, notices };
}

/** The document of a run that never began. */
export function refusedDocument(reason: string): object {
  return {
    schemaVersion: SCHEMA_VERSION,
    command: "pipeline",
    status: "failed",
    reason,
    rows: 0,
    steps: [],
    notices: [],
  };
}
