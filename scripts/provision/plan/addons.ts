// The steps of add-ons and attachments: what the pipeline app owns, and its database attached to Metabase.
import { planPrices } from "../../../config/prices.js";
import { addOnName, metabaseApp } from "../../../config/stack.js";
import type { AddOn } from "../../heroku/addons.js";
import { candidate } from "../candidates.js";
import type { Actual, ActualApp, ActualState, Desired, DesiredAddOn, DesiredApp, Notice, Step } from "../types.js";
import { step } from "./steps.js";

/** The price of a plan a month: the API's where it told one, else the table's; undefined when neither knows. */
export function planCents(actual: Actual, service: string, plan: string): number | undefined {
  return actual.plans.get(service)?.get(plan)?.monthlyCents ?? planPrices[`${service}:${plan}`]?.monthlyCents;
}

/** False only when the API lists the service's plans and this one is not among them. */
export function isSold(actual: Actual, service: string, plan: string): boolean {
  const plans = actual.plans.get(service);
  return plans === undefined || plans.has(plan);
}

/** Add-ons by their tier: what stands before the number (essential-0 → essential). Heroku moves databases inside a tier only. */
export function tierOf(plan: string): string {
  return plan.replace(/-\w+$/, "");
}

/** The declared add-ons of the pipeline app, and those that are there undeclared. */
export function addOnSteps(desired: Desired, actual: Actual): { steps: Step[]; notices: Notice[] } {
  const app = desired.pipeline;
  const present = actual.pipeline.state === "present" ? actual.pipeline : undefined;
  const notices: Notice[] = [];
  const used = new Set<string>();
  const steps = app.addOns.flatMap((wish): Step[] => {
    const found = present ? candidate(wish.spec, present) : { kind: "none" as const };
    if (found.kind === "ambiguous") {
      for (const { name } of found.addOns) used.add(name);
      return [];
    }
    if (found.kind === "none") return createStep(app, wish, actual, notices);
    used.add(found.addOn.name);
    return [existingStep(app, wish, found.kind, found.addOn, actual)];
  });
  const unmanaged = (present?.addOns ?? []).filter(({ name }) => !used.has(name));
  return { steps: [...steps, ...unmanaged.map((addOn) => undeclared(app, addOn))], notices };
}

function createStep(app: DesiredApp, wish: DesiredAddOn, actual: Actual, notices: Notice[]): Step[] {
  const { service, optional } = wish.spec;
  if (optional && !isSold(actual, service, wish.plan)) {
    notices.push(notSold(app, wish, actual));
    return [];
  }
  const cents = planCents(actual, service, wish.plan);
  return [
    step(app, {
      action: "create",
      resource: "add-on",
      name: wish.name,
      reason: `the app has no ${service} yet`,
      after: `${service}:${wish.plan}`,
      origin: wish.origin,
      ...(cents === undefined ? {} : { monthlyCents: cents }),
    }),
  ];
}

/** For an optional add-on whose plan Heroku does not offer today: said, with what is offered, and gone on without. */
function notSold(app: DesiredApp, wish: DesiredAddOn, actual: Actual): Notice {
  const { service } = wish.spec;
  const offers = [...(actual.plans.get(service)?.values() ?? [])]
    .sort((a, b) => (a.monthlyCents ?? Infinity) - (b.monthlyCents ?? Infinity))
    .slice(0, 3)
    .map(
      ({ name, monthlyCents }) =>
        `${name}${monthlyCents === undefined ? "" : ` ($${(monthlyCents / 100).toFixed(2)} a month)`}`,
    );
  const offered = offers.length > 0 ? `Sold are ${offers.join(", ")}.` : "No other plan is sold.";
  return {
    id: `${app.role}.add-on.${wish.name}`,
    text: `Heroku does not sell ${service}:${wish.plan} today, so the stack goes without it. ${offered} An add-on that you create yourself is used as it is.`,
    commands: [`heroku addons:create ${service} -a ${app.name}`],
  };
}

function existingStep(app: DesiredApp, wish: DesiredAddOn, kind: "own" | "adopt", addOn: AddOn, actual: Actual): Step {
  const cents = planCents(actual, addOn.service, addOn.plan);
  const price = cents === undefined ? {} : { monthlyCents: cents };
  // The plan of an optional add-on is the person's business: another one was chosen because ours is not sold.
  if (addOn.plan !== wish.plan && !wish.spec.optional) {
    const next = planCents(actual, addOn.service, wish.plan);
    return step(app, {
      action: "change",
      resource: "add-on",
      name: addOn.name,
      reason: "another plan is wanted",
      before: `${addOn.service}:${addOn.plan}`,
      after: `${addOn.service}:${wish.plan}`,
      origin: wish.origin,
      ...(next === undefined ? {} : { monthlyCents: next }),
    });
  }
  return step(app, {
    action: kind === "own" ? "keep" : "adopt",
    resource: "add-on",
    name: addOn.name,
    reason: `${addOn.service}:${addOn.plan}, ${addOn.state}`,
    ...price,
  });
}

function undeclared(app: DesiredApp, addOn: AddOn): Step {
  return step(app, {
    action: "unmanaged",
    resource: "add-on",
    name: addOn.name,
    reason: `${addOn.service}:${addOn.plan} is not declared here`,
  });
}

/** The database's attachment to its own app, where it was taken away, and to Metabase. */
export function attachmentSteps(desired: Desired, actual: Actual): Step[] {
  return [...ownAttachments(desired.pipeline, actual.pipeline), ...warehouseAttachment(desired, actual)];
}

function ownAttachments(app: DesiredApp, actual: ActualState): Step[] {
  if (actual.state !== "present") return [];
  return app.addOns.flatMap(({ spec }): Step[] => {
    const found = candidate(spec, actual);
    if (!spec.attachment || (found.kind !== "own" && found.kind !== "adopt")) return [];
    const there = attachmentOf(actual, spec.attachment);
    const facts = { resource: "attachment" as const, name: spec.attachment };
    if (there) return [step(app, { ...facts, action: "keep", reason: `${there.addOnName} is attached` })];
    return [
      step(app, {
        ...facts,
        action: "create",
        reason: `${found.addOn.name} is not attached under this name`,
        after: found.addOn.name,
      }),
    ];
  });
}

function warehouseAttachment(desired: Desired, actual: Actual): Step[] {
  const app = desired.metabase;
  const database = databaseName(desired, actual);
  const there = actual.metabase.state === "present" ? attachmentOf(actual.metabase, metabaseApp.attachment) : undefined;
  const facts = { resource: "attachment" as const, name: metabaseApp.attachment };
  if (there && there.addOnName === database) {
    return [step(app, { ...facts, action: "keep", reason: `${database} is attached` })];
  }
  // Another database under this name is refused elsewhere: it is not ours to take away.
  if (there) return [];
  return [
    step(app, {
      ...facts,
      action: "create",
      reason: "Metabase gets the database's address from it, kept current when Heroku rotates the credentials",
      after: database,
    }),
  ];
}

/** The name that the warehouse's add-on has or will have. */
export function databaseName(desired: Desired, actual: Actual): string {
  const wish = desired.pipeline.addOns.find(({ spec }) => spec.attachment !== undefined);
  const name = wish?.name ?? "";
  if (!wish || actual.pipeline.state !== "present") return name;
  const found = candidate(wish.spec, actual.pipeline);
  return found.kind === "own" || found.kind === "adopt"
    ? found.addOn.name
    : addOnName(desired.pipeline.name, wish.spec);
}

const attachmentOf = (actual: ActualApp, name: string) => actual.attachments.find((one) => one.name === name);
