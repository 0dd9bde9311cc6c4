// All that is declared, as checks: one passes when the plan has nothing to write for it.
import { answerSpec } from "../../config/answers.js";
import { metabaseApp } from "../../config/stack.js";
import { reveal } from "../common/secret.js";
import { clockTime } from "../provision/held.js";
import type { Actual, Desired, Plan, Step } from "../provision/types.js";
import { beyondSteps } from "./plan/beyond-steps.js";
import { detailOf } from "./plan/details.js";
import { refusalChecks } from "./plan/refusals.js";
import { silentChecks } from "./plan/silent.js";
import { groupOf, titleOf } from "./plan/titles.js";
import { configOf, presentApp } from "./present.js";
import type { CheckResult, Finding } from "./types.js";
import { sentence } from "./words.js";

const SETUP = "npm run setup";

/**
 * What the plan refuses, then one result for each declared thing, named by its step's id and in the plan's order, then
 * what has no step (region, a missing key, an add-on that is not sold). Pure: nothing is asked.
 * - nothing to write: ok, and the detail tells what is there
 * - something to write: fail, with the step's reason; everything of an app that does not exist is skipped instead
 * - what only an undocumented API tells, and it is silent: warn, with the line to compare
 */
export function planChecks(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  const declared = plan.steps
    .filter((step) => step.action !== "unmanaged")
    .map((step): CheckResult => ({ ...named(step), ...findingOf(step, desired, actual) }));
  const all = [
    ...refusalChecks(plan, desired, actual),
    ...silentChecks(plan.steps, desired, actual),
    ...declared,
    ...beyondSteps(plan, desired, actual),
  ];
  // The first of a name wins: a refusal and a silent API say more than the step that they stand in for.
  return all.filter((result, at) => all.findIndex((other) => other.id === result.id) === at).sort(inPlanOrder(plan));
}

function named(step: Step): Pick<CheckResult, "id" | "group" | "title"> {
  return { id: step.id, group: groupOf(step), title: titleOf(step) };
}

function findingOf(step: Step, desired: Desired, actual: Actual): Finding {
  if (step.action === "keep" || step.action === "adopt") {
    const detail = detailOf(step, desired, actual);
    const finding: Finding = { status: "ok", detail };
    return otherTime(step, desired) ?? unknownVersion(step, desired) ?? underway(step, actual, detail) ?? finding;
  }
  const state = actual[step.role];
  if (state.state !== "present" && step.resource !== "app") {
    return { status: "skipped", detail: `Not checked, because the app ${step.app} does not exist.` };
  }
  if (state.state === "foreign") {
    return {
      status: "fail",
      detail: `The name ${step.app} belongs to somebody else on Heroku, or to a team that you are not in.`,
      remedy: {
        text: "Choose another name, or use the token of somebody who has access.",
        commands: [`${SETUP} -- --${step.role}-app another-name`],
      },
    };
  }
  return staleCopy(step, actual) ?? due(step);
}

/** A difference that setup removes. */
function due(step: Step): Finding {
  const { reason, before, after } = step;
  const change =
    before !== undefined && after !== undefined && before !== after
      ? ` (${before} → ${after})`
      : after !== undefined && before === undefined
        ? ` (wanted: ${after})`
        : "";
  return {
    status: "fail",
    detail: sentence(`${reason.trim().replace(/\.$/, "")}${change}`),
    remedy: { text: "Setup shows what it will do, and does only that.", commands: [SETUP] },
  };
}

/** Metabase's start prefers the attachment, so a copy that a rotation left behind does no harm while that is current. */
function staleCopy(step: Step, actual: Actual): Finding | undefined {
  if (step.role !== "metabase" || step.name !== "MB_DB_CONNECTION_URI" || step.action !== "change") return undefined;
  const attached = configOf(actual.metabase, `${metabaseApp.attachment}_URL`);
  const live = configOf(actual.pipeline, "DATABASE_URL");
  if (!attached || !live?.equals(attached)) return undefined;
  return {
    status: "warn",
    detail:
      "Holds an older address of the database: its credentials have been rotated since. Metabase uses " +
      `${metabaseApp.attachment}_URL, which Heroku keeps current, so nothing is broken.`,
    remedy: { text: "Setup brings the copy up to date.", commands: [SETUP] },
  };
}

/** A time that somebody chose on Heroku's dashboard is kept, and said. */
function otherTime(step: Step, desired: Desired): Finding | undefined {
  const answer = desired.answers.schedule;
  const usual = answerSpec("schedule").default;
  if (step.resource !== "job" || answer?.origin !== "heroku" || usual === undefined) return undefined;
  const time = clockTime(desired.job.at);
  if (reveal(answer.value) === usual || time === usual) return undefined;
  return {
    status: "warn",
    detail: `Runs at ${time} UTC, not at ${usual}. If that is meant, put PIPELINE_SCHEDULE=${time} into .env.`,
    remedy: { text: `To have it at ${usual} again:`, commands: [`${SETUP} -- --schedule ${usual}`] },
  };
}

/** An add-on can take minutes; what it provides may not be there before. */
function underway(step: Step, actual: Actual, detail: string): Finding | undefined {
  const addOn = presentApp(actual[step.role])?.addOns.find(({ name }) => name === step.name);
  if (step.resource !== "add-on" || addOn?.state !== "provisioning") return undefined;
  return {
    status: "warn",
    detail: `${detail}: Heroku is still making it, which can take minutes.`,
    remedy: { text: "Wait for it:", commands: [`heroku addons:wait ${addOn.name} -a ${step.app}`] },
  };
}

/** Without a checkout to compare with, a build that is kept says nothing about its version. */
function unknownVersion(step: Step, desired: Desired): Finding | undefined {
  const { source } = desired[step.role];
  if (step.resource !== "build" || source.known) return undefined;
  return { status: "skipped", detail: `Not compared with this folder: ${sentence(source.why)}` };
}

/** Refusals, then steps as the plan has them, then the rest. */
function inPlanOrder(plan: Plan): (a: CheckResult, b: CheckResult) => number {
  const refusals = new Set(plan.refusals.map(({ id }) => id));
  const places = new Map(plan.steps.map(({ id }, at) => [id, at]));
  const place = ({ id }: CheckResult) => (refusals.has(id) ? -1 : (places.get(id) ?? plan.steps.length));
  return (a, b) => place(a) - place(b);
}
