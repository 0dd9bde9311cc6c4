// The end of a run: its record, the lock given back, and Slack told; bounded, and it changes nothing about what the run came to.
import type pg from "pg";
import { Secret } from "../common/secret.js";
import type { PipelineDeps } from "./context.js";
import type { Lock } from "./lock.js";
import { errorReason } from "./reasons.js";
import type { Verdict } from "./run.js";
import { type CrashedRun, endRun, previousRun } from "./runs.js";
import { withSideConnection } from "./side-connection.js";
import { type SlackMessage, tellSlack } from "./slack.js";
import { isGood, type RunStatus } from "./types.js";

export interface Ending {
  readonly deps: PipelineDeps;
  readonly databaseUrl: Secret;
  readonly runId: string;
  /** undefined when it was never taken */
  readonly lock: Lock | undefined;
  readonly notices: readonly string[];
  readonly crashed: readonly CrashedRun[];
  readonly verdict: Verdict;
  readonly rows: number;
  readonly seconds: number;
}

const WRITE_MS = 3_000;

/** Never throws. */
export async function conclude(ending: Ending): Promise<void> {
  const before = await writeDown(ending);
  await ending.lock?.release();
  const webhook = ending.deps.env.SLACK_WEBHOOK_URL?.trim();
  if (!webhook) return;
  const told = messages(ending, before).map((message) => tellSlack(new Secret(webhook), message, ending.deps.fetch));
  for (const why of await Promise.all(told)) if (why) ending.deps.reporter.event("slack_failed", { why });
}

/** @returns how the run before this one ended, when that can be known */
async function writeDown(ending: Ending): Promise<RunStatus | undefined> {
  const { lock, deps, databaseUrl } = ending;
  if (!lock) return undefined;
  const write = async (client: pg.ClientBase) => {
    const previous = await previousRun(client, ending.runId);
    await record(client, ending);
    return previous?.status;
  };
  try {
    return await within(WRITE_MS, deps, write(lock.client));
  } catch {
    // The lock's connection is gone or hangs; the record is worth a second one.
    try {
      return await withSideConnection(databaseUrl, { env: deps.env, timeoutMs: WRITE_MS }, write);
    } catch (error) {
      deps.reporter.event("record_failed", { why: errorReason(error) });
      return undefined;
    }
  }
}

async function record(client: pg.ClientBase, { runId, verdict, rows, notices }: Ending): Promise<void> {
  const { status, reason } = verdict;
  await endRun(client, runId, { status, reason, rows, detail: { notices } });
}

async function within<T>(ms: number, { sleep }: PipelineDeps, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  work.catch(() => undefined);
  const late = sleep(ms, over.signal).then(() => {
    throw new Error("took too long");
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

function messages(ending: Ending, before: RunStatus | undefined): SlackMessage[] {
  const { deps, crashed, verdict, rows, seconds } = ending;
  const app = deps.env.HEROKU_APP_NAME || deps.env.PIPELINE_APP || "reluvia-dwh";
  const [dead] = crashed;
  return [
    ...(dead
      ? [
          {
            kind: "crashed" as const,
            app,
            text: `Its last sign of life was ${dead.lastSign.toISOString()}; killed, out of memory, or its dyno was restarted`,
          },
        ]
      : []),
    ...(verdict.status === "failed"
      ? [{ kind: "failed" as const, app, text: verdict.reason ?? "No reason is known" }]
      : []),
    ...(verdict.status !== "failed" && before !== undefined && !isGood(before)
      ? [{ kind: "recovered" as const, app, text: `${rows.toLocaleString("en-US")} rows in ${Math.round(seconds)} s` }]
      : []),
  ];
}
