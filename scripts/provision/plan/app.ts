// The steps of an app itself: made, adopted or kept, its stack and its buildpacks.
import { addOnName, metabaseApp, pipelineApp } from "../../../config/stack.js";
import type { ActualApp, ActualState, Desired, DesiredApp, Step } from "../types.js";
import { step } from "./steps.js";

/** True when an app carries something of ours: an add-on, a config var or the attachment of a setup. */
export function isOurs(app: DesiredApp, actual: ActualApp): boolean {
  const declared = app.role === "pipeline" ? pipelineApp.config : metabaseApp.config;
  return (
    declared.some(({ name }) => name !== "JAVA_OPTS" && actual.config.has(name)) ||
    pipelineApp.addOns.some((spec) => actual.addOns.some(({ name }) => name === addOnName(actual.app.name, spec))) ||
    (app.role === "metabase" && actual.attachments.some(({ name }) => name === metabaseApp.attachment))
  );
}

/** The app, its stack and its buildpacks. */
export function appSteps(desired: Desired, app: DesiredApp, actual: ActualState): Step[] {
  const region = `region ${desired.region.value}`;
  const owner = desired.team ? `team ${desired.team}` : "your own account";
  if (actual.state !== "present") {
    return [
      step(app, {
        action: "create",
        resource: "app",
        name: app.name,
        reason: `no app has this name yet; it will be in ${region}, owned by ${owner}`,
        after: `${region}, stack ${app.stack}`,
        origin: desired.answers[app.role === "pipeline" ? "pipeline-app" : "metabase-app"]?.origin ?? "default",
      }),
      ...buildpackSteps(app, undefined),
    ];
  }
  const ours = isOurs(app, actual);
  return [
    step(app, {
      action: ours ? "keep" : "adopt",
      resource: "app",
      name: app.name,
      reason: ours ? `in region ${actual.app.region}` : "it is yours already and becomes part of this stack",
    }),
    actual.app.stack === app.stack
      ? step(app, { action: "keep", resource: "stack", name: app.stack, reason: "as declared" })
      : step(app, {
          action: "change",
          resource: "stack",
          name: app.stack,
          reason: "the next build is made for another stack",
          before: actual.app.stack,
          after: app.stack,
        }),
    ...buildpackSteps(app, actual.buildpacks),
  ];
}

function buildpackSteps(app: DesiredApp, actual: readonly string[] | undefined): Step[] {
  const after = list(app.buildpacks);
  // An image is built from a Dockerfile: buildpacks that an app carries from earlier days do nothing there.
  if (app.buildpacks.length === 0) return [];
  const equal = actual !== undefined && sameBuildpacks(actual, app.buildpacks);
  if (equal) return [step(app, { action: "keep", resource: "buildpacks", name: after, reason: "as declared" })];
  const before = actual?.length ? { before: list(actual) } : {};
  return [
    step(app, {
      action: actual?.length ? "change" : "create",
      resource: "buildpacks",
      name: after,
      reason: actual?.length ? "others are installed, or in another order" : "none are installed",
      ...before,
      after,
    }),
  ];
}

const list = (buildpacks: readonly string[]) => buildpacks.join(", ");

/** True when both lists name the same buildpacks in the same order. */
export function sameBuildpacks(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((buildpack, index) => buildpack === b[index]);
}
