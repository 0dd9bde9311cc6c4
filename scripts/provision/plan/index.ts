// The only judge: what is desired against what is there, as sorted steps. Pure.
import type { Actual, Desired, DesiredApp, Notice, Plan } from "../types.js";
import { addOnSteps, attachmentSteps } from "./addons.js";
import { appSteps } from "./app.js";
import { configSteps } from "./config.js";
import { consents } from "./consents.js";
import { dynoNotices, priceLines } from "./prices.js";
import { refusals } from "./refusals.js";
import { buildSteps, formationSteps } from "./release.js";
import { backupSteps, jobSteps, searchSteps } from "./services.js";
import { sorted } from "./steps.js";

/**
 * Compares and says what is to be done. Every declared thing has exactly one step (create, adopt, change, keep), every
 * undeclared one that was seen has one too (unmanaged); secrets are masked.
 */
export function plan(desired: Desired, actual: Actual): Plan {
  const perApp = (app: DesiredApp, state: Actual["pipeline"]) => [
    ...appSteps(desired, app, state),
    ...configSteps(app, state, actual),
    ...buildSteps(app, state),
    ...formationSteps(app, state),
  ];
  const addOns = addOnSteps(desired, actual);
  const hasLog = addOns.steps.some(
    ({ name, action }) => action !== "unmanaged" && desired.pipeline.addOns.some((wish) => isLog(wish, name, actual)),
  );
  const services = [jobSteps(desired, actual), backupSteps(desired, actual), searchSteps(desired, actual, hasLog)];
  const steps = sorted([
    ...perApp(desired.pipeline, actual.pipeline),
    ...perApp(desired.metabase, actual.metabase),
    ...addOns.steps,
    ...attachmentSteps(desired, actual),
    ...services.flatMap((service) => service.steps),
  ]);
  const prices = priceLines(desired, steps);
  return {
    steps,
    refusals: refusals(desired, actual, steps),
    consents: consents(desired, actual, steps),
    notices: [
      ...addOns.notices,
      ...services.flatMap((service) => service.notices),
      ...dynoNotices(desired, actual),
      ...sourceNotices(desired),
    ],
    prices,
    monthlyCents: prices.reduce((sum, { monthlyCents }) => sum + monthlyCents, 0),
  };
}

/** True for the step of the log add-on, under our name or an adopted one's. */
function isLog(wish: DesiredApp["addOns"][number], stepName: string, actual: Actual): boolean {
  if (wish.spec.service !== "papertrail") return false;
  if (stepName === wish.name) return true;
  return (
    actual.pipeline.state === "present" &&
    actual.pipeline.addOns.some(({ name, service }) => name === stepName && service === wish.spec.service)
  );
}

function sourceNotices(desired: Desired): Notice[] {
  const { source } = desired.pipeline;
  if (source.known) return [];
  return [
    {
      id: "source",
      text: `Whether the newest source is running cannot be told: ${source.why}.`,
      commands: ["git status"],
    },
  ];
}
