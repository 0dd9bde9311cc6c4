// The words of a run: its steps, their states, what ends them.

/** What can be named with --only; the first two are loaded by Meltano, one after the other. */
export const parts = ["stripe", "amplitude", "funnelfox", "dbt"] as const;
export type Part = (typeof parts)[number];

/** A process of the run, and a row of `pipeline.steps`. */
export type StepName = "meltano" | "funnelfox" | "dbt";

export type RunStatus = "running" | "succeeded" | "partial" | "failed" | "crashed";
export type StepStatus = "running" | "succeeded" | "partial" | "failed" | "stopped" | "skipped" | "crashed";

/** What a run may become; what has ended stays as it is. */
export const successors: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  running: ["succeeded", "partial", "failed", "crashed"],
  succeeded: [],
  partial: [],
  failed: [],
  crashed: [],
};

/** True for a night that nobody has to look at. */
export function isGood(status: RunStatus): boolean {
  return status === "succeeded" || status === "partial";
}

/** Why a whole run is told to stop. */
export type StopReason =
  | { readonly kind: "signal"; readonly signal: "SIGTERM" | "SIGINT" }
  /** the run has taken as long as a dyno may live, less what an orderly end takes */
  | { readonly kind: "deadline" }
  | { readonly kind: "lock lost"; readonly error: unknown };

/** What the command line asks for. */
export interface PipelineOptions {
  /** all parts when nothing was named */
  readonly only: readonly Part[];
  readonly fullRefresh: boolean;
  /** YYYY-MM-DD: what is on or after this day is read again */
  readonly since: string | undefined;
  readonly json: boolean;
}
