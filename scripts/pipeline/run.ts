// A run from the lock to its record: load, tidy, build, forget what is too old, and say what it came to.
import { randomUUID } from "node:crypto";
import { ExpectedError, exitCodes } from "../common/errors.js";
import { Secret } from "../common/secret.js";
import { measure } from "../postgres/inspect.js";
import { conclude } from "./conclude.js";
import { note, PhaseFailed, type PipelineDeps, type Run, type StepResult } from "./context.js";
import { createHalt, Halted } from "./halt.js";
import { environmentFor } from "./launch.js";
import { load, tidy } from "./load.js";
import { type Holder, type Lock, takeLock } from "./lock.js";
import { errorReason, stopReason } from "./reasons.js";
import { eventsDays, forgetOldEvents } from "./retention.js";
import { beginRun, type CrashedRun, heartbeat, markCrashed, stateMark } from "./runs.js";
import { ensureSchemas } from "./schemas.js";
import type { StepContext } from "./steps.js";
import { roomLeft, storageLimit } from "./storage.js";
import { leaveMarts, transform } from "./transform.js";
import type { PipelineOptions } from "./types.js";

export type Outcome =
  | { readonly status: "skipped"; readonly exitCode: 0; readonly holder: Holder }
  | {
      readonly status: "succeeded" | "partial" | "failed";
      readonly exitCode: number;
      readonly runId: string;
      /** for failed and partial */
      readonly reason: string | undefined;
      readonly rows: number;
      readonly seconds: number;
      readonly steps: readonly StepResult[];
      readonly notices: readonly string[];
    };

/** What a run came to, before it is written down. */
export interface Verdict {
  readonly status: "succeeded" | "partial" | "failed";
  readonly exitCode: number;
  readonly reason: string | undefined;
}

const succeeded: Verdict = { status: "succeeded", exitCode: exitCodes.done, reason: undefined };

/**
 * Runs the pipeline once. Every failure is an outcome with a reason.
 * @throws ExpectedError (missing, usage) for variables that cannot be used; nothing has been touched then
 */
export async function runPipeline(options: PipelineOptions, deps: PipelineDeps): Promise<Outcome> {
  const { env, now, sleep, reporter } = deps;
  const begun = now();
  const databaseUrl = databaseUrlOf(env.DATABASE_URL);
  const variables = environmentFor(databaseUrl, env, deps.root);
  const keepDays = eventsDays(env);
  checkKeys(options, env);
  const runId = (deps.newRunId ?? randomUUID)();
  const halt = createHalt(deps.stop, sleep, deps.longestRunMs);
  const seconds = () => Math.round((now() - begun) / 100) / 10;
  let lock: Lock | undefined;
  let run: Run | undefined;
  let crashed: readonly CrashedRun[] = [];
  let heart: { stop(): void } | undefined;
  let verdict: Verdict;
  try {
    const taken = await takeLock(databaseUrl, runId, { env, sleep, now });
    if (taken.kind === "busy") {
      halt.close();
      return { status: "skipped", exitCode: exitCodes.done, holder: taken.holder };
    }
    lock = taken.lock;
    lock.onLost(halt.lost);
    run = { ...deps, options, runId, databaseUrl, variables, lock, halt, steps: [], notices: [] };
    await ensureSchemas(lock.client);
    crashed = await markCrashed(lock.client, runId);
    await beginRun(lock.client, { runId, release: releaseOf(env), dyno: env.DYNO });
    heart = heartbeat(lock.client, runId, halt.lost, sleep);
    reporter.event("run_started", { run_id: runId, release: releaseOf(env), dyno: env.DYNO });
    for (const { runId: dead, dyno, steps } of crashed) {
      note(
        run,
        `Run ${dead}${dyno ? ` on ${dyno}` : ""} ended without a word${steps.length > 0 ? ` in ${steps.join(" and ")}` : ""}.`,
      );
    }
    verdict = await phases(run, keepDays);
  } catch (error) {
    verdict = failure(error, halt.reason());
  }
  // What has been decided is not changed by a signal that comes now; what is left is bounded.
  heart?.stop();
  halt.close();
  const rows = (run?.steps ?? []).filter(({ step }) => step !== "dbt").reduce((sum, step) => sum + step.rows, 0);
  verdict = { ...verdict, reason: verdict.reason && deps.redactor.text(verdict.reason) };
  await conclude({
    deps,
    databaseUrl,
    runId,
    lock,
    notices: run?.notices ?? [],
    crashed,
    verdict,
    rows,
    seconds: seconds(),
  });
  return { ...verdict, runId, rows, seconds: seconds(), steps: run?.steps ?? [], notices: run?.notices ?? [] };
}

async function phases(run: Run, keepDays: number | undefined): Promise<Verdict> {
  const { options, lock, halt } = run;
  const before = await stateMark(lock.client);
  try {
    const found = await measure(lock.client);
    const room = roomLeft(found, storageLimit(run.env, found.connectionLimit));
    for (const warning of room.warnings) note(run, warning);
    const needsPython = options.only.some((part) => part !== "funnelfox");
    const bin = needsPython ? await run.python(halt.signal) : undefined;
    const context: StepContext = { ...run, bin };
    halt.check();
    if (await load(run, context, room.eventsPause)) await tidy(run);
    halt.check();
    if (options.only.includes("dbt")) {
      await transform(run, context);
      if (keepDays !== undefined) await forgetOldEvents(run, keepDays);
    }
    return succeeded;
  } catch (error) {
    const stop = halt.reason();
    if (stop?.kind !== "lock lost") await leaveMartsQuietly(run);
    if (stop?.kind !== "deadline") throw error;
    if ((await stateMark(lock.client)) === before) throw error;
    const reason = "Stopped by itself after 23 hours; the next run goes on from there";
    return { status: "partial", exitCode: exitCodes.done, reason };
  }
}

/** A step that never began has a row too, so that nobody looks for it. */
async function leaveMartsQuietly(run: Run): Promise<void> {
  if (run.steps.some(({ step }) => step === "dbt")) return;
  await leaveMarts(run, "The load did not end well; the marts are yesterday's.").catch(() => undefined);
}

function failure(error: unknown, stop: ReturnType<ReturnType<typeof createHalt>["reason"]>): Verdict {
  // A connection that broke, or a wait that was cut short, shows as other errors: the cause is the stop.
  const why = error instanceof Halted ? error.stop : error instanceof PhaseFailed ? undefined : stop;
  if (why) {
    const exitCode =
      why.kind !== "signal" ? exitCodes.failed : why.signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
    return { status: "failed", exitCode, reason: stopReason(why) };
  }
  if (error instanceof PhaseFailed) return { status: "failed", exitCode: error.exitCode, reason: error.message };
  const exitCode = error instanceof ExpectedError ? error.exitCode : exitCodes.failed;
  return { status: "failed", exitCode, reason: errorReason(error) };
}

function databaseUrlOf(text: string | undefined): Secret {
  const url = text?.trim();
  if (url) return new Secret(url);
  throw new ExpectedError("missing", "DATABASE_URL is not set, so there is no warehouse to load into.", {
    why: "On Heroku the Postgres add-on sets it; on a laptop it is taken from the app.",
    commands: ["export DATABASE_URL=$(heroku config:get DATABASE_URL -a reluvia-dwh)"],
  });
}

const keysOf = {
  stripe: ["TAP_STRIPE_API_KEY"],
  amplitude: ["TAP_AMPLITUDE_API_KEY", "TAP_AMPLITUDE_SECRET_KEY"],
  funnelfox: ["FUNNELFOX_API_KEY"],
  dbt: [],
} as const;

/** All that are missing, at once. */
function checkKeys({ only }: PipelineOptions, env: PipelineDeps["env"]): void {
  const missing = only.flatMap((part) => keysOf[part].filter((name) => !env[name]?.trim()));
  if (missing.length === 0) return;
  throw new ExpectedError("missing", `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set.`, {
    why: "Without its key a source cannot be read; --only leaves a source out.",
    commands: ["npm run setup", `heroku config:set ${missing[0]}=… -a reluvia-dwh`],
  });
}

/** Heroku's release where the app tells it to its dynos (Heroku Dev Center, Dyno Metadata), else the commit. */
function releaseOf(env: PipelineDeps["env"]): string | undefined {
  return env.HEROKU_RELEASE_VERSION || env.HEROKU_SLUG_COMMIT || env.SOURCE_VERSION || undefined;
}
