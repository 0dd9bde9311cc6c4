// Runs checks side by side, each bounded in time, and makes a result of whatever happens to them.
import { ExpectedError, messageOf } from "../common/errors.js";
import { realSleep, type Sleep } from "../common/retry.js";
import type { Check, CheckContext, CheckResult, Finding } from "./types.js";

export interface RunOptions {
  readonly sleep?: Sleep | undefined;
  readonly signal?: AbortSignal | undefined;
  /** how many checks run at once; default all */
  readonly concurrency?: number | undefined;
  /** told each result as soon as it is there */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs every check once, side by side; one that needs others waits for them and is skipped when one of them did not pass.
 * @returns one result a check, in the order of `checks`, whatever the checks do
 * @throws the signal's reason when the person gave up; TypeError when a check needs something that nobody provides
 */
export async function runChecks<C extends CheckContext>(
  checks: readonly Check<C>[],
  context: C,
  options: RunOptions = {},
): Promise<CheckResult[]> {
  const { sleep = realSleep, signal, concurrency = checks.length, onResult } = options;
  const byId = new Map(checks.map((check) => [check.id, check]));
  refuseUnknownNeeds(checks, byId, context);
  signal?.throwIfAborted();
  const slots = limit(Math.max(1, concurrency));
  const results = new Map<string, Promise<CheckResult>>();

  const resultOf = (check: Check<C>): Promise<CheckResult> => {
    const existing = results.get(check.id);
    if (existing) return existing;
    const made = answer(check);
    results.set(check.id, made);
    return made;
  };

  async function answer(check: Check<C>): Promise<CheckResult> {
    const missing = missingFact(check, context);
    const others = check.needs.flatMap((need) => byId.get(need) ?? []);
    const blocker = missing ? undefined : (await Promise.all(others.map(resultOf))).find((other) => !passed(other));
    const finding =
      missing !== undefined
        ? skipped(`Not checked, because ${missing}.`)
        : blocker
          ? skipped(`Not checked, because "${blocker.title}" (${blocker.id}) ${whyNot[blocker.status]}.`)
          : await slots(() => bounded(check, context, sleep, signal));
    const result = { id: check.id, group: check.group, title: check.title, ...clean(finding, context) };
    onResult?.(result);
    return result;
  }

  const settled = await Promise.allSettled(checks.map(resultOf));
  signal?.throwIfAborted();
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function passed({ status }: CheckResult): boolean {
  return status === "ok" || status === "warn";
}

const whyNot: Readonly<Record<CheckResult["status"], string>> = {
  ok: "passed",
  warn: "passed",
  fail: "failed",
  unknown: "could not be checked",
  skipped: "was not checked",
};

function skipped(detail: string): Finding {
  return { status: "skipped", detail };
}

/** Why a fact that the check needs is not there, as a clause. */
function missingFact<C extends CheckContext>(check: Check<C>, context: C): string | undefined {
  for (const need of check.needs) {
    const fact = context.facts.get(need);
    if (fact && !fact.known) return fact.why;
  }
  return undefined;
}

/** Runs one check until it answers, its time is up, or the person gives up; never rejects. */
async function bounded<C extends CheckContext>(
  check: Check<C>,
  context: C,
  sleep: Sleep,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const timeoutMs = check.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const answered = new AbortController();
  const timeUp = new AbortController();
  const stop = signal ? AbortSignal.any([signal, timeUp.signal]) : timeUp.signal;
  const timer = sleep(timeoutMs, signal ? AbortSignal.any([signal, answered.signal]) : answered.signal).then(
    (): Finding => {
      timeUp.abort();
      return { status: "unknown", detail: `No answer within ${seconds(timeoutMs)}.` };
    },
    (): Finding => ({ status: "unknown", detail: "Stopped before there was an answer." }),
  );
  try {
    const run = Promise.resolve().then(() => check.run(context, stop));
    return await Promise.race([run.catch(findingOf), timer]);
  } finally {
    answered.abort();
  }
}

/** What an exception inside a check says to a person. */
function findingOf(error: unknown): Finding {
  const message = messageOf(error).trim() || "The check ended without a word.";
  if (!(error instanceof ExpectedError)) return { status: "unknown", detail: sentence(message) };
  return {
    status: "unknown",
    detail: error.why ? `${sentence(message)} ${sentence(error.why)}` : sentence(message),
    ...(error.commands.length > 0 ? { remedy: { text: "What to try:", commands: error.commands } } : {}),
  };
}

function clean(finding: Finding, context: CheckContext): Finding {
  const { status, detail, remedy } = finding;
  return {
    status,
    detail: context.redact(detail),
    ...(remedy ? { remedy: { text: context.redact(remedy.text), commands: remedy.commands.map(context.redact) } } : {}),
  };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** Lets so many tasks run at once; the others wait in line. */
function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const line: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => line.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** A need that is neither a check nor a fact, or that leads back to its check, would never be met: that is a bug, said at once. */
function refuseUnknownNeeds<C extends CheckContext>(
  checks: readonly Check<C>[],
  byId: ReadonlyMap<string, Check<C>>,
  context: C,
): void {
  const done = new Set<string>();
  const visit = (check: Check<C>, path: readonly string[]): void => {
    if (path.includes(check.id)) throw new TypeError(`checks need each other: ${[...path, check.id].join(" → ")}`);
    if (done.has(check.id)) return;
    for (const need of check.needs) {
      const other = byId.get(need);
      if (other) visit(other, [...path, check.id]);
      else if (!context.facts.has(need)) throw new TypeError(`the check ${check.id} needs ${need}, which is not there`);
    }
    done.add(check.id);
  };
  for (const check of checks) visit(check, []);
}
