// What the plan refuses, as failed checks.
import type { Actual, Desired, Plan, Refusal } from "../../provision/types.js";
import type { CheckGroup, CheckResult } from "../types.js";
import { sentence } from "../words.js";
import { appGroup, groupOf, titleOf } from "./titles.js";

/** Refusals that a check of the account tells already, with the same remedy. */
const toldByAccount = new Set(["suspended", "delinquent", "unverified", "eco-not-bought"]);

/** One failed check for each refusal that no other check tells. */
export function refusalChecks(plan: Plan, desired: Desired, actual: Actual): CheckResult[] {
  return plan.refusals
    .filter(({ id }) => !toldByAccount.has(id) && !isForeignName(id, actual))
    .map(
      (refusal): CheckResult => ({
        id: refusal.id,
        ...headingOf(refusal, plan, desired),
        status: "fail",
        detail: [refusal.message, ...(refusal.why ? [refusal.why] : [])].map(sentence).join(" "),
        remedy: {
          text: "Setup cannot do this by itself. What to do instead:",
          commands: refusal.commands.length > 0 ? refusal.commands : ["npm run setup"],
        },
      }),
    );
}

/** The app's own check tells that its name is somebody else's. */
function isForeignName(id: string, actual: Actual): boolean {
  return (["pipeline", "metabase"] as const).some((role) => id === `${role}.app` && actual[role].state === "foreign");
}

function headingOf(
  { id }: Refusal,
  plan: Plan,
  desired: Desired,
): { readonly group: CheckGroup; readonly title: string } {
  const step = plan.steps.find((one) => one.id === id);
  if (step) return { group: groupOf(step), title: titleOf(step) };
  if (id.startsWith("eco")) return { group: "account", title: "Eco dynos" };
  const role = /^metabase\b/.test(id) ? "metabase" : "pipeline";
  const what = id.replace(/^(pipeline|metabase)\./, "").split(".")[0] ?? id;
  const words = what.replaceAll("-", " ");
  return { group: appGroup[role], title: `${words[0]?.toUpperCase() ?? ""}${words.slice(1)} of ${desired[role].name}` };
}
