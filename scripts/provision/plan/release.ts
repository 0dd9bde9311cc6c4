// The steps of what runs: the build of an app's source, and the formation of its dynos.
import { dynoSizes } from "../../../config/prices.js";
import { shortVersion } from "../../deploy/checkout.js";
import { deployedBuild } from "../../deploy/deployed.js";
import type { Process } from "../../heroku/formation.js";
import type { ActualApp, ActualState, DesiredApp, Step } from "../types.js";
import { sameBuildpacks } from "./app.js";
import { step } from "./steps.js";

/** Why an app has to be built, or undefined when what runs is what is wanted. */
function buildReason(app: DesiredApp, present: ActualApp): { reason: string; before?: string } | undefined {
  const deployed = deployedBuild(present.releases, present.builds);
  if (!deployed) return { reason: "nothing that this repository made is running" };
  const before = shortVersion(deployed.version ?? "unknown");
  if (app.source.known && deployed.version !== app.source.tree) return { reason: "the source has changed", before };
  if (present.app.stack !== app.stack || (deployed.stack !== undefined && deployed.stack !== app.stack)) {
    return { reason: `what runs was built for the stack ${deployed.stack ?? present.app.stack}`, before };
  }
  const installed = app.buildpacks.length === 0 || sameBuildpacks(present.buildpacks, app.buildpacks);
  const built =
    app.buildpacks.length === 0 ||
    deployed.buildpacks === undefined ||
    sameBuildpacks(deployed.buildpacks, app.buildpacks);
  return installed && built ? undefined : { reason: "what runs was built with other buildpacks", before };
}

/** The build step: made when nothing runs, or when source, stack or buildpacks differ from what runs. */
export function buildSteps(app: DesiredApp, state: ActualState): Step[] {
  const { source } = app;
  const facts = { resource: "build" as const, name: "source" };
  const after = source.known ? { after: shortVersion(source.tree) } : {};
  if (state.state !== "present") {
    return [step(app, { ...facts, action: "create", reason: "nothing is deployed yet", ...after })];
  }
  const due = buildReason(app, state);
  if (!due) {
    const reason = source.known ? `${shortVersion(source.tree)} is running` : `left as it is: ${source.why}`;
    return [step(app, { ...facts, action: "keep", reason })];
  }
  return [step(app, { ...facts, action: due.before ? "change" : "create", ...due, ...after })];
}

/** True when a process runs on the wanted size; Heroku writes sizes in its own case. */
function sized(process: Process, app: DesiredApp): boolean {
  return process.size.toLowerCase() === dynoSizes[app.dyno].name.toLowerCase();
}

/** What one app's dynos should be, as `{type, quantity?, size}` for the types that differ. */
export function formationWishes(
  app: DesiredApp,
  formation: readonly Process[],
): { type: string; quantity?: number; size: string }[] {
  const size = dynoSizes[app.dyno].name;
  return formation.flatMap((process) => {
    const web = process.type === "web";
    const quantity = web && process.quantity !== app.webQuantity ? { quantity: app.webQuantity } : {};
    return sized(process, app) && quantity.quantity === undefined ? [] : [{ type: process.type, ...quantity, size }];
  });
}

const amount = ({ quantity, size }: { quantity: number; size: string }) => `${quantity} × ${size}`;

/** The formation step: Metabase's one web dyno; no web dyno and one size on the pipeline app. */
export function formationSteps(app: DesiredApp, state: ActualState): Step[] {
  const formation = state.state === "present" ? state.formation : [];
  const size = dynoSizes[app.dyno];
  const wanted = app.webQuantity > 0;
  const web = formation.find((process) => process.type === "web");
  const facts = { resource: "formation" as const, name: wanted ? "web" : "dynos" };
  const after = wanted ? amount({ quantity: app.webQuantity, size: size.name }) : `no web dyno, size ${size.name}`;
  const price = wanted ? { monthlyCents: size.monthlyCents * app.webQuantity } : {};
  const undeclared = formation
    .filter((process) => process.type !== "web" && process.quantity > 0)
    .map((process) =>
      step(app, {
        action: "unmanaged",
        resource: "formation",
        name: process.type,
        reason: `${amount(process)} runs, which is not declared here`,
      }),
    );
  const due = formationWishes(app, formation);
  // A release without process types is as it should be on the pipeline app: nothing of it has to run.
  const deployed = state.state === "present" && deployedBuild(state.releases, state.builds) !== undefined;
  const first = wanted ? !web : formation.length === 0 && !deployed;
  if (!first && due.length === 0) {
    return [step(app, { ...facts, action: "keep", reason: after, ...price }), ...undeclared];
  }
  const before = first ? {} : { before: formation.map((process) => `${process.type} ${amount(process)}`).join(", ") };
  const reason = first ? "dynos get their size with the first release" : "number or size differ";
  return [
    step(app, { ...facts, action: first ? "create" : "change", reason, ...before, after, ...price }),
    ...undeclared,
  ];
}
