// All that is declared, as checks: one passes when the plan has nothing to write for it.
import { answerSpec } from "../../config/answers.js";
import { buildpackWarning, metabaseApp, type Role } from "../../config/stack.js";
import { reveal } from "../common/secret.js";
import type { Actual, Desired, Plan, Step } from "../provision/types.js";
import { detailOf } from "./plan/details.js";
import { silentChecks } from "./plan/silent.js";
import { appGroup, groupOf, titleOf } from "./plan/titles.js";
import { configOf, presentApp } from "./present.js";
import type { CheckResult, Finding } from "./types.js";
import { clock, sentence } from "./words.js";

const SETUP = "npm run setup";
const roles: readonly Role[] = ["pipeline", "metabase"];

/**
 * One result for each declared thing, named by its step's id, in the plan's order within each app; then what the plan
 * refuses. Pure: nothing is asked.
 * - nothing to write: ok, and the detail tells what is there
 * - something to write: fail, with the step's reason; everything of an app that does not exist is skipped instead
 * - what only an undocumented API tells, and it is silent: warn, with the line to compare
 */
export function planChecks(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  const declared = plan.steps
    .filter((step) => step.action !== "unmanaged")
    .map((step): CheckResult => ({ ...named(step), ...findingOf(step, desired, actual) }));
  const all = [
    ...plan.refusals.map(refused),
    ...silentChecks(plan.steps, desired, actual),
    ...declared,
    ...roles.flatMap((role) => regionCheck(role, plan, desired, actual)),
    ...notSold(plan, desired, actual),
    ...vulnerable(desired),
    ...roles.flatMap((role) => undeclared(role, plan, desired)),
  ];
  // The first of a name wins: a refusal and a silent API say more than the step that they stand in for.
  return all.filter((result, at) => all.findIndex((other) => other.id === result.id) === at).sort(byGroup(plan));
}

function named(step: Step): Pick<CheckResult, "id" | "group" | "title"> {
  return { id: step.id, group: groupOf(step), title: titleOf(step) };
}

function findingOf(step: Step, desired: Desired, actual: Actual): Finding {
  if (step.action === "keep" || step.action === "adopt") {
    const finding: Finding = { status: "ok", detail: detailOf(step, desired, actual) };
    return otherTime(step, desired) ?? unknownVersion(step, desired) ?? finding;
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
  const time = clock(desired.job.at);
  if (reveal(answer.value) === usual || time === usual) return undefined;
  return {
    status: "warn",
    detail: `Runs at ${time} UTC, not at ${usual}. If that is meant, put PIPELINE_SCHEDULE=${time} into .env.`,
    remedy: { text: `To have it at ${usual} again:`, commands: [`${SETUP} -- --schedule ${usual}`] },
  };
}

/** Without a checkout to compare with, a build that is kept says nothing about its version. */
function unknownVersion(step: Step, desired: Desired): Finding | undefined {
  const { source } = desired[step.role];
  if (step.resource !== "build" || source.known) return undefined;
  return { status: "skipped", detail: `Not compared with this folder: ${sentence(source.why)}` };
}

function refused({ id, message, why, commands }: Plan["refusals"][number]): CheckResult {
  return {
    id,
    group: /^metabase\b/.test(id) ? appGroup.metabase : appGroup.pipeline,
    title: "What setup cannot do by itself",
    status: "fail",
    detail: why ? `${sentence(message)} ${sentence(why)}` : sentence(message),
    remedy: { text: "What to do instead:", commands: commands.length > 0 ? commands : [SETUP] },
  };
}

/** An app's region cannot be changed: a difference is fixed by building anew or by wanting what is there. */
function regionCheck(role: Role, plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  const present = presentApp(actual[role]);
  if (!present || plan.refusals.some(({ id }) => id.includes("region"))) return [];
  const wanted = reveal(desired.region.value);
  const { name, region } = present.app;
  const same = region === wanted;
  return [
    {
      id: `${role}.region`,
      group: appGroup[role],
      title: `Region of ${name}`,
      status: same ? "ok" : "fail",
      detail: same ? region : `The app is in ${region}, not in ${wanted}; Heroku cannot move an app.`,
      ...(same ? {} : { remedy: { text: "To keep it where it is:", commands: [`${SETUP} -- --region ${region}`] } }),
    },
  ];
}

/** An optional add-on that is neither there nor planned, because its plan is not sold. */
function notSold(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  if (actual.pipeline.state !== "present") return [];
  const { addOns } = actual.pipeline;
  return desired.pipeline.addOns.flatMap(({ spec, name, plan: wanted }): CheckResult[] => {
    const id = `pipeline.add-on.${name}`;
    const there = addOns.some(({ service }) => service === spec.service);
    if (!spec.optional || there || plan.steps.some((step) => step.id === id)) return [];
    const notice = plan.notices.find((one) => one.id === id);
    return [
      {
        id,
        group: appGroup.pipeline,
        title: `Add-on ${name}`,
        status: "warn",
        detail: notice?.text ?? `Heroku does not sell ${spec.service}:${wanted} today, so the stack goes without it.`,
        remedy: {
          text: "Another plan can be had by hand; setup then uses it as it is.",
          commands: notice?.commands.length ? notice.commands : [`heroku addons:plans ${spec.service}`],
        },
      },
    ];
  });
}

function vulnerable(desired: Desired): CheckResult[] {
  if (desired.runtime !== "buildpack") return [];
  return [
    {
      id: "metabase.vulnerability",
      group: appGroup.metabase,
      title: "Known vulnerabilities of Metabase",
      status: "warn",
      detail: buildpackWarning,
      remedy: {
        text: "The container runs a current version.",
        commands: [`${SETUP} -- --metabase-runtime container`],
      },
    },
  ];
}

/** What people added to an app themselves: named once, never touched, never wrong. */
function undeclared(role: Role, plan: Plan, desired: Desired): CheckResult[] {
  const steps = plan.steps.filter((step) => step.role === role && step.action === "unmanaged");
  if (steps.length === 0) return [];
  const names = steps.map(({ resource, name }) => `${resource === "config-var" ? "config var" : resource} ${name}`);
  return [
    {
      id: `${role}.undeclared`,
      group: appGroup[role],
      title: `Not declared on ${desired[role].name}`,
      status: "ok",
      detail: `Left as it is: ${names.join(", ")}.`,
    },
  ];
}

/** The plan's own order; what has no step stands behind, refusals before all. */
function byGroup(plan: Plan): (a: CheckResult, b: CheckResult) => number {
  const refusals = new Set(plan.refusals.map(({ id }) => id));
  const places = new Map(plan.steps.map(({ id }, at) => [id, at]));
  const place = ({ id }: CheckResult) => (refusals.has(id) ? -1 : (places.get(id) ?? plan.steps.length));
  return (a, b) => place(a) - place(b);
}
