// What the phases of a run share.
import type { Environment } from "../common/hosts.js";
import type { Redactor } from "../common/redact.js";
import type { Clock, Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import type { StartChild } from "./child.js";
import type { Halt } from "./halt.js";
import type { Lock } from "./lock.js";
import type { Reporter } from "./reporter.js";
import type { Job } from "./supervise.js";
import type { PipelineOptions, StepName, StepStatus } from "./types.js";

export interface PipelineDeps {
  readonly env: Environment;
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly reporter: Reporter;
  readonly redactor: Redactor;
  /** aborted with a StopReason at the first SIGTERM or SIGINT */
  readonly stop: AbortSignal;
  /** the folder that holds reluvia/, dbt/ and dist/ */
  readonly root: string;
  /** the folder of meltano and dbt, made when it is missing */
  readonly python: (signal: AbortSignal) => Promise<string>;
  readonly start?: StartChild | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** changes a job before it starts; for rehearsals */
  readonly job?: ((job: Job) => Job) | undefined;
  readonly newRunId?: (() => string) | undefined;
  readonly longestRunMs?: number | undefined;
}

export interface StepResult {
  readonly step: StepName;
  readonly status: Exclude<StepStatus, "running">;
  readonly exitCode: number | undefined;
  readonly rows: number;
  readonly seconds: number;
  readonly streams: Readonly<Record<string, number>>;
}

/** A run that holds the lock. */
export interface Run extends PipelineDeps {
  readonly options: PipelineOptions;
  readonly runId: string;
  readonly databaseUrl: Secret;
  /** of `environmentFor` */
  readonly variables: Readonly<Record<string, string>>;
  readonly lock: Lock;
  readonly halt: Halt;
  /** filled as steps end */
  readonly steps: StepResult[];
  /** sentences for the record, filled along the way */
  readonly notices: string[];
}

/** A phase did not do: why, and with which exit code the run leaves. */
export class PhaseFailed extends Error {
  override readonly name = "PhaseFailed";
  readonly exitCode: number;

  constructor(reason: string, exitCode: number) {
    super(reason);
    this.exitCode = exitCode;
  }
}

/** A sentence that belongs into the log and into the record. */
export function note(run: Run, text: string): void {
  const masked = run.redactor.text(text);
  if (!run.notices.includes(masked)) run.notices.push(masked);
  run.reporter.warn(masked);
}
