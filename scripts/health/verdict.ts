// What all results come to: one word, and the exit code for it.
import { exitCodes } from "../common/errors.js";
import type { CheckResult } from "./types.js";

export type Verdict = "healthy" | "unhealthy" | "unknown";

/**
 * unhealthy: anything failed.
 * unknown: nothing failed, but something of the stack itself could not be found out, or nothing could.
 * healthy: all that was looked at is as it should be. Warnings and skipped checks change nothing, and neither does a
 * source that does not answer: Stripe, Amplitude or FunnelFox being down says nothing about this stack.
 */
export function verdict(results: readonly Pick<CheckResult, "status" | "group">[]): Verdict {
  if (results.some(({ status }) => status === "fail")) return "unhealthy";
  const unknown = results.filter(({ status }) => status === "unknown");
  if (unknown.some(({ group }) => group !== "sources")) return "unknown";
  const seen = results.some(({ status }) => status === "ok" || status === "warn");
  return unknown.length > 0 && !seen ? "unknown" : "healthy";
}

/** 0 healthy, 1 unhealthy, 3 could not check. */
export function exitCodeOf(verdict: Verdict): number {
  return { healthy: exitCodes.done, unhealthy: exitCodes.failed, unknown: exitCodes.couldNotCheck }[verdict];
}
