// What a declared thing that is as it should be looks like, in a few words.

import { Secret } from "../../common/secret.js";
import { shortVersion } from "../../deploy/checkout.js";
import type { Actual, Desired, Step } from "../../provision/types.js";
import { presentApp } from "../present.js";
import { jobLine, sizeName } from "../words.js";

/** A few words on a step's thing as it is on Heroku; never empty, never a secret. */
export function detailOf(step: Step, desired: Desired, actual: Actual): string {
  return describe(step, desired, actual) || step.reason || "as declared";
}

function describe(step: Step, desired: Desired, actual: Actual): string | undefined {
  const present = presentApp(actual[step.role]);
  const wanted = desired[step.role];
  switch (step.resource) {
    case "app":
      return present && `${present.app.region}, ${present.app.team ? `team ${present.app.team}` : "your own account"}`;
    case "stack":
      return present?.app.stack;
    case "buildpacks":
      return present?.buildpacks.join(", then ");
    case "add-on": {
      const addOn = present?.addOns.find(({ name }) => name === step.name);
      return addOn && `${addOn.service}:${addOn.plan}, ${addOn.state}`;
    }
    case "attachment":
      return present?.attachments.find(({ name }) => name === step.name)?.addOnName;
    case "config-var": {
      const declared = wanted.config.find(({ spec }) => spec.name === step.name);
      const value = declared?.answer?.value;
      if (!declared || declared.spec.secret || value === undefined || value instanceof Secret) return "set";
      return value || "set, empty";
    }
    case "build":
      return wanted.source.known ? versionLine(wanted.source) : undefined;
    case "formation":
      return present && formationLine(present.formation);
    case "job":
      return jobLine({ ...desired.job, dynoSize: sizeName(desired.job.size) });
    // Their reasons tell what was found, which may be another hour or name than the declared one.
    case "backup":
    case "search":
      return undefined;
  }
}

function versionLine({ tree, dirty }: { readonly tree: string; readonly dirty: boolean }): string {
  const version = `${shortVersion(tree)}, the last commit of this checkout`;
  return dirty ? `${version}; its uncommitted changes are not deployed` : version;
}

function formationLine(formation: readonly { type: string; quantity: number; size: string }[]): string {
  const running = formation.filter(({ quantity }) => quantity > 0);
  if (running.length === 0) return "no dynos run all day";
  return running.map(({ type, quantity, size }) => `${type}: ${quantity} × ${size}`).join(", ");
}
