// Applies a plan before the person's eyes, looks whether it took, and sums up.
import { ExpectedError, exitCodes } from "../../common/errors.js";
import { poll, realSleep } from "../../common/retry.js";
import type { Git } from "../../deploy/checkout.js";
import { type Applied, apply } from "../../provision/apply/index.js";
import { plan as judge } from "../../provision/plan/index.js";
import { type Remote, readApps } from "../../provision/read.js";
import { type Actual, changesOf, type Plan, type Step } from "../../provision/types.js";
import { renderInterrupted } from "../../terminal/messages.js";
import { errorDocument } from "../../terminal/plan-json.js";
import { renderSummary } from "../../terminal/summary.js";
import type { Session } from "../session.js";
import type { Ending } from "./ending.js";
import type { Gathered } from "./gather.js";
import { linksOf, nextOf, papertrailAlerts, stopCharges } from "./outlook.js";

export interface CarryOutDeps {
  readonly session: Session;
  readonly remote: Remote;
  readonly git: Git;
}

/** What Heroku shows can lag behind what it took: as long as this is looked again. */
const SETTLE_MS = 20_000;

/** Applies and verifies. Failures end in one error each, with the command that goes on. */
export async function carryOut(deps: CarryOutDeps, gathered: Gathered): Promise<Ending> {
  const { session, remote, git } = deps;
  const { output, signals } = session;
  const { desired, actual, plan } = gathered;
  const names = { pipeline: desired.pipeline.name, metabase: desired.metabase.name };
  const view = output.tasks(names);
  signals.onInterrupt(() => {
    void view.finish().then(() => output.talk(renderInterrupted(view.standing(), "npm run setup", output.style.talk)));
  });
  const { signal } = signals;
  const applied = await apply(
    { remote, git, fetch: globalThis.fetch, sleep: realSleep, now: Date.now, signal, report: view.report },
    desired,
    actual,
    plan,
  );
  await view.finish();
  if (signal.aborted) return interrupted(plan, signals.code());
  if (applied.failed.length > 0) return failed(session, plan, applied);
  const left = await stillDue(deps, gathered);
  if (left.length > 0) return notTaken(session, plan, left);
  return done(session, gathered, applied);
}

function interrupted(plan: Plan, code: number | undefined): Ending {
  const next = [{ command: "npm run setup", why: "to go on where this run stopped" }];
  const error = { id: "interrupted", message: "Interrupted. What was made stays.", commands: ["npm run setup"] };
  return { status: "failed", exitCode: code ?? exitCodes.interrupted, plan, next, error, lines: [] };
}

function failed(session: Session, plan: Plan, applied: Applied): Ending {
  for (const { error } of applied.failed) session.output.fail(error);
  const [first] = applied.failed;
  const error = first && { ...errorDocument(first.error), title: first.title };
  const next = [{ command: "npm run setup", why: "to go on where this run stopped, once the cause is mended" }];
  return { status: "failed", exitCode: exitCodes.failed, plan, next, error, lines: [] };
}

/** Steps that a second look still finds to do, without those that nothing can be done about by itself. */
async function stillDue({ remote }: CarryOutDeps, { desired, actual }: Gathered): Promise<readonly Step[]> {
  const names = { pipelineApp: desired.pipeline.name, metabaseApp: desired.metabase.name };
  const optional = new Set(desired.pipeline.addOns.filter(({ spec }) => spec.optional).map(({ name }) => name));
  let due: readonly Step[] = [];
  await poll(
    async () => {
      const now = judge(desired, withDomains(await readApps(remote, names), actual));
      due = changesOf(now).filter((step) => !isBeside(step, optional));
      return due.length === 0 ? true : undefined;
    },
    { sleep: realSleep, now: Date.now, deadlineMs: SETTLE_MS, firstMs: 1_000, signal: remote.signal },
  );
  return due;
}

/** Host names are not read again: setup does not touch them. */
function withDomains(now: Actual, before: Actual): Actual {
  if (now.metabase.state !== "present" || before.metabase.state !== "present") return now;
  return { ...now, metabase: { ...now.metabase, domains: before.metabase.domains } };
}

/** Job, backup, searches and optional add-ons never fail a setup: what is left of them is told as a thing to do by hand. */
function isBeside({ resource, name }: Step, optional: ReadonlySet<string>): boolean {
  return ["job", "backup", "search"].includes(resource) || (resource === "add-on" && optional.has(name));
}

function notTaken(session: Session, plan: Plan, left: readonly Step[]): Ending {
  const what = left.map(({ app, resource, name }) => `${resource} ${name} of ${app}`).join(", ");
  const error = new ExpectedError("failed", `Everything was sent, but Heroku does not show it all: ${what}.`, {
    why: "Somebody or something else changes the same apps, or Heroku is slow to show it.",
    commands: ["npm run setup", "npm run verify"],
  });
  session.output.fail(error);
  const next = [{ command: "npm run setup", why: "to do what is still different" }];
  return { status: "failed", exitCode: exitCodes.failed, plan, next, error: errorDocument(error), lines: [] };
}

function done({ output }: Session, gathered: Gathered, applied: Applied): Ending {
  const { plan, desired } = gathered;
  const manual = [
    ...plan.notices.filter(({ commands }) => commands.length > 0),
    ...applied.notices,
    ...papertrailAlerts(gathered),
  ];
  const next = nextOf(gathered);
  const summary = {
    changed: changesOf(plan),
    links: linksOf(desired, applied.metabaseUrl),
    next,
    manual: unique(manual),
    stopCharges: stopCharges(desired),
  };
  return { status: "done", exitCode: exitCodes.done, plan, next, lines: renderSummary(summary, output.style.result) };
}

/** One notice for each matter, the later one where there are two. */
function unique<T extends { readonly id: string }>(notices: readonly T[]): T[] {
  return [...new Map(notices.map((notice) => [notice.id, notice])).values()];
}
