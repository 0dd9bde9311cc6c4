// The words of `verify`: a check as data, what came of it, and what a check may rely on.
import type { Known } from "../heroku/known.js";

/** The headings under which results are shown, in this order. */
export const checkGroups = [
  "account",
  "pipeline app",
  "Metabase app",
  "schedule",
  "database",
  "Metabase",
  "log",
  "sources",
] as const;

export type CheckGroup = (typeof checkGroups)[number];

/**
 * ok: as it should be · warn: works, but should be looked at · fail: is wrong · unknown: could not be found out ·
 * skipped: not looked at, for a reason that the detail tells
 */
export type CheckStatus = "ok" | "warn" | "fail" | "unknown" | "skipped";

/** What to do about a result: a sentence, and the commands that do it, best first. */
export interface Remedy {
  readonly text: string;
  readonly commands: readonly string[];
}

/** What a check found. `fail` always carries a remedy with a command. */
export interface Finding {
  readonly status: CheckStatus;
  /** never empty and without secrets: what was seen, or what is wrong and likely why */
  readonly detail: string;
  readonly remedy?: Remedy;
}

/** A finding with the name of what was checked: one row of the table, one item of `--json`. */
export interface CheckResult extends Finding {
  /** stable; what `--only` selects by */
  readonly id: string;
  readonly group: CheckGroup;
  /** for a person: "Last release of reluvia-dwh" */
  readonly title: string;
}

/** A question that can be asked of a running stack. */
export interface Check<C> {
  readonly id: string;
  readonly group: CheckGroup;
  readonly title: string;
  /** ids of checks that have to pass, or facts of the context that have to be there, before this one makes sense */
  readonly needs: readonly string[];
  /** default 10,000 */
  readonly timeoutMs?: number;
  /** @param signal aborted when the time is up or the person gave up */
  run(context: C, signal: AbortSignal): Promise<Finding>;
}

/** What every context of checks offers to the one who runs them. */
export interface CheckContext {
  /** facts by name: there, or why not (a clause: "the app reluvia-dwh does not exist") */
  readonly facts: ReadonlyMap<string, Known<unknown>>;
  /** takes known secrets out of a text that others wrote */
  redact(text: string): string;
}
