// A stack to set up against the sandbox in-process: answers, a small git checkout, and one call for read, plan and apply.
import { execFile } from "node:child_process";
import { setMaxListeners } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AnswerName } from "../../config/answers.js";
import { metabaseApp } from "../../config/stack.js";
import type { Sandbox } from "../../sandbox/index.js";
import { hostUrl } from "../../scripts/common/hosts.js";
import { Secret } from "../../scripts/common/secret.js";
import { gitIn, readCheckout } from "../../scripts/deploy/checkout.js";
import { herokuApi } from "../../scripts/heroku/api.js";
import { herokuTransport } from "../../scripts/heroku/transport.js";
import { type Applied, apply } from "../../scripts/provision/apply/index.js";
import { settle } from "../../scripts/provision/desired.js";
import { answersFromHeroku } from "../../scripts/provision/held.js";
import { plan } from "../../scripts/provision/plan/index.js";
import type { ProgressEvent } from "../../scripts/provision/progress.js";
import { type Remote, readActual } from "../../scripts/provision/read.js";
import { type Actual, type Answers, changesOf, type Desired, type Plan } from "../../scripts/provision/types.js";
import { fillDefaults, fillFromHeroku } from "../../scripts/wizard/answers.js";

const run = promisify(execFile);

/** A git checkout with what a build needs, and Metabase's real folder. */
export async function makeCheckout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "checkout-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "stack", version: "1.0.0" }));
  await writeFile(join(folder, "requirements.txt"), "");
  await writeFile(join(folder, "Procfile"), "pipeline: node dist/scripts/pipeline.js\n");
  await mkdir(join(folder, "metabase"));
  await cp("metabase", join(folder, "metabase"), { recursive: true });
  await git(folder, "init", "-q");
  await commit(folder, "First version");
  return folder;
}

export async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  return (await run("git", [...identity, ...args], { cwd: folder })).stdout.trim();
}

export async function commit(folder: string, message: string): Promise<void> {
  await git(folder, "add", "-A");
  await git(folder, "commit", "-q", "--allow-empty", "-m", message);
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** The keys that the sandbox takes, as answers from the environment; more answers on top. */
export function answersFor(sandbox: Sandbox, more: Partial<Record<AnswerName, string>> = {}): Answers {
  const from = (name: string) => ({ value: new Secret(sandbox.env[name] ?? ""), origin: "environment" as const });
  const plain = Object.entries(more).map(([name, value]) => [name, { value, origin: "flag" as const }]);
  return {
    "stripe-api-key": from("TAP_STRIPE_API_KEY"),
    "amplitude-api-key": from("TAP_AMPLITUDE_API_KEY"),
    "amplitude-secret-key": from("TAP_AMPLITUDE_SECRET_KEY"),
    "funnelfox-api-key": from("FUNNELFOX_API_KEY"),
    ...Object.fromEntries(plain),
  };
}

/** The sandbox as setup speaks to it; without pauses between tries. */
export function remoteOf(sandbox: Sandbox, signal?: AbortSignal): Remote {
  const token = new Secret(sandbox.env.HEROKU_API_KEY ?? "");
  const host = hostUrl("heroku", sandbox.env);
  return {
    api: herokuApi({
      transport: herokuTransport({ url: host, token, timeoutMs: 5_000, signal }),
      host,
      sleep: noSleep,
      signal,
    }),
    token,
    schedulerUrl: hostUrl("scheduler", sandbox.env),
    dataUrl: hostUrl("data", sandbox.env),
    papertrailUrl: hostUrl("papertrail", sandbox.env),
    signal,
  };
}

/** Lets other work go on, without waiting. */
export const noSleep = async (_ms: number, signal?: AbortSignal) => {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
};

export interface Situation {
  readonly desired: Desired;
  readonly actual: Actual;
  readonly plan: Plan;
}

/** Reads and plans; nothing is written. */
export async function look(
  sandbox: Sandbox,
  folder: string,
  given: Answers,
  remote = remoteOf(sandbox),
): Promise<Situation> {
  const named = fillDefaults(given, { today: new Date("2026-11-25T10:00:00Z") });
  const name = (answer: AnswerName) => String(named[answer]?.value);
  const actual = await readActual(remote, { pipelineApp: name("pipeline-app"), metabaseApp: name("metabase-app") });
  const answers = fillDefaults(fillFromHeroku(given, answersFromHeroku(actual)), {
    today: new Date("2026-11-25T10:00:00Z"),
  });
  const desired = settle(answers, await readCheckout(gitIn(folder), metabaseApp.folder));
  return { desired, actual, plan: plan(desired, actual) };
}

export interface SetUp extends Situation {
  readonly applied: Applied;
  readonly events: readonly ProgressEvent[];
}

/** One whole setup without its questions. */
export async function setUp(
  sandbox: Sandbox,
  folder: string,
  given: Answers,
  options: { signal?: AbortSignal } = {},
): Promise<SetUp> {
  if (options.signal) setMaxListeners(0, options.signal);
  const remote = remoteOf(sandbox, options.signal);
  const seen = await look(sandbox, folder, given, remote);
  const events: ProgressEvent[] = [];
  const applied = await apply(
    {
      remote,
      git: gitIn(folder),
      fetch: globalThis.fetch,
      sleep: noSleep,
      now: Date.now,
      signal: options.signal,
      report: (event) => events.push(event),
    },
    seen.desired,
    seen.actual,
    seen.plan,
  );
  return { ...seen, applied, events };
}

/** The steps that write, one line each: what a person would read. */
export const lines = (of: Plan): string[] =>
  changesOf(of).map(({ action, id, before, after }) =>
    `${action} ${id}${before ? ` ${before} →` : ""} ${after ?? ""}`.trim(),
  );
