// How a step of a plan is written and sorted.
import type { Role } from "../../../config/stack.js";
import { MASK, Secret } from "../../common/secret.js";
import type { Action, Answer, DesiredApp, Resource, Step } from "../types.js";

/** What stands for a value that Heroku tells only after something has been made. */
export const KNOWN_AFTER = "(known after apply)";

const roleOrder: readonly Role[] = ["pipeline", "metabase"];
const resourceOrder: readonly Resource[] = [
  "app",
  "stack",
  "buildpacks",
  "add-on",
  "attachment",
  "config-var",
  "build",
  "formation",
  "job",
  "backup",
  "search",
];

type StepFacts = Omit<Step, "id" | "role" | "app">;

/** A step of one app. */
export function step(app: Pick<DesiredApp, "role" | "name">, facts: StepFacts): Step {
  return { id: stepId(app.role, facts.resource, facts.name), role: app.role, app: app.name, ...facts };
}

/** The stable name of a step: `<role>.<resource>.<name>`. */
export function stepId(role: Role, resource: Resource, name: string): string {
  return `${role}.${resource}.${name}`;
}

/** By app, then in the order in which things are made, then as declared. */
export function sorted(steps: readonly Step[]): Step[] {
  const rank = (one: Step) => roleOrder.indexOf(one.role) * 1000 + resourceOrder.indexOf(one.resource);
  return steps
    .map((one, index) => ({ one, index }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index)
    .map(({ one }) => one);
}

/** A value as a plan may show it. */
export function shown(value: string | Secret, secret: boolean): string {
  return secret || value instanceof Secret ? MASK : value;
}

/** The origin to show, left out where there is none. */
export function originOf(answer: Answer | undefined): Pick<Step, "origin"> {
  return answer ? { origin: answer.origin } : {};
}

/** create, change or keep, by what is there. */
export function actionFor(before: unknown, equal: boolean): Action {
  return before === undefined ? "create" : equal ? "keep" : "change";
}
