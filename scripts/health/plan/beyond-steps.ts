// Declared things for which a plan has no step: regions, keys that nobody gave, add-ons that are not sold; and what is not declared.
import { answerSpec } from "../../../config/answers.js";
import { buildpackWarning, type Role } from "../../../config/stack.js";
import { reveal } from "../../common/secret.js";
import type { Actual, Desired, Plan } from "../../provision/types.js";
import { configOf, presentApp } from "../present.js";
import type { CheckResult } from "../types.js";
import { appGroup } from "./titles.js";

const SETUP = "npm run setup";
const roles: readonly Role[] = ["pipeline", "metabase"];

/** Results for what stands beside the plan's steps. */
export function beyondSteps(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  return [
    ...roles.flatMap((role) => region(role, desired, actual)),
    ...roles.flatMap((role) => missingKeys(role, plan, desired, actual)),
    ...notSold(plan, desired, actual),
    ...vulnerable(desired),
    ...roles.flatMap((role) => undeclared(role, plan, desired)),
  ];
}

/** Heroku cannot move an app; what was asked for in so many words is refused by the plan, so the rest is only said. */
function region(role: Role, desired: Desired, actual: Actual): CheckResult[] {
  const present = presentApp(actual[role]);
  if (!present) return [];
  const wanted = reveal(desired.region.value);
  const { name, region } = present.app;
  const at = { id: `${role}.region`, group: appGroup[role], title: `Region of ${name}` } as const;
  if (region === wanted) return [{ ...at, status: "ok", detail: region }];
  return [
    {
      ...at,
      status: "warn",
      detail: `The app is in ${region}, the stack in ${wanted}: it works, and every query crosses the ocean. Heroku cannot move an app.`,
      remedy: {
        text: "If it is not meant, set the app up anew under another name.",
        commands: [`${SETUP} -- --${role}-app another-name`],
      },
    },
  ];
}

/** Config vars that only a person can give and that are neither answered nor on Heroku: the plan waits for the answer. */
function missingKeys(role: Role, plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  const state = actual[role];
  if (state.state !== "present") return [];
  return desired[role].config.flatMap(({ spec, answer }): CheckResult[] => {
    const id = `${role}.config-var.${spec.name}`;
    if (spec.value.from !== "answer" || answer || configOf(state, spec.name)) return [];
    const { required, title, hint, variable } = answerSpec(spec.value.answer);
    if (!required || plan.steps.some((step) => step.id === id)) return [];
    return [
      {
        id,
        group: appGroup[role],
        title: `Config var ${spec.name}`,
        status: "fail",
        detail: `Not set on ${desired[role].name}, and no ${title} was given here: the nightly job cannot read that source.`,
        remedy: { text: `${hint} Put it into .env as ${variable}, then:`, commands: [SETUP] },
      },
    ];
  });
}

/** An optional add-on that is neither there nor planned, because its plan is not sold. */
function notSold(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  const present = presentApp(actual.pipeline);
  if (!present) return [];
  return desired.pipeline.addOns.flatMap(({ spec, name, plan: wanted }): CheckResult[] => {
    const id = `pipeline.add-on.${name}`;
    const there = present.addOns.some(({ service }) => service === spec.service);
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
