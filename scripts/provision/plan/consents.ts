// What a person has to agree to in so many words before a plan goes on.
import { buildpackWarning, pipelineApp } from "../../../config/stack.js";
import { currentRelease } from "../../heroku/releases.js";
import type { Actual, Consent, Desired, DesiredApp, Step } from "../types.js";
import { planCents } from "./addons.js";
import { isOurs } from "./app.js";
import { wished } from "./refusals.js";

/** What needs a person's word, beyond the plan itself. */
export function consents(desired: Desired, actual: Actual, steps: readonly Step[]): Consent[] {
  const builds = steps.filter(
    ({ resource, action }) => resource === "build" && (action === "create" || action === "change"),
  );
  const { source } = desired.pipeline;
  const dirty = builds.length > 0 && source.known && source.dirty;
  return [
    ...(dirty ? [{ ...dirtyCheckout, files: source.changed ?? [] }] : []),
    ...vulnerable(desired),
    ...adoptions(desired, actual),
    ...secondStack(desired, actual),
  ];
}

const dirtyCheckout: Consent = {
  id: "dirty-checkout",
  message: "This checkout has changes that are not committed, and they would not be deployed.",
  why: "Heroku gets the last commit (HEAD), not the files as they are.",
  flag: "--deploy-head",
  commands: ["git commit -am 'Describe the change'", "npm run setup -- --deploy-head"],
};

function vulnerable(desired: Desired): Consent[] {
  if (desired.runtime !== "buildpack" || !wished(desired.answers["metabase-runtime"])) return [];
  return [
    {
      id: "vulnerable-metabase",
      message: "The buildpack's way of running Metabase is not safe on a public address.",
      why: buildpackWarning,
      flag: "--accept-cve-2023-38646",
      commands: ["npm run setup -- --metabase-runtime container"],
    },
  ];
}

function adoptions(desired: Desired, actual: Actual): Consent[] {
  const pairs: readonly (readonly [DesiredApp, Actual["pipeline"]])[] = [
    [desired.pipeline, actual.pipeline],
    [desired.metabase, actual.metabase],
  ];
  return pairs.flatMap(([app, state]): Consent[] => {
    if (state.state !== "present" || isOurs(app, state)) return [];
    const runs = currentRelease(state.releases);
    if (!runs?.slugId && !runs?.artifactIds.length) return [];
    return [
      {
        id: "adopt",
        message: `The app ${app.name} is yours, but runs something else today (release v${runs.version}), which this stack would replace.`,
        why: "Nothing of a setup is on it: no add-on, config var or attachment of this stack.",
        flag: "--adopt",
        commands: [`npm run setup -- --${app.role}-app another-name`],
      },
    ];
  });
}

/** The same stack under other names: found by the database that is attached to its Metabase. */
function secondStack(desired: Desired, actual: Actual): Consent[] {
  const { name: pipelineName } = desired.pipeline;
  const { name: metabaseName } = desired.metabase;
  const other = actual.elsewhere.find(
    (pair) => !(pair.pipelineApp === pipelineName && pair.metabaseApp === metabaseName),
  );
  if (!other) return [];
  const spec = pipelineApp.addOns.find(({ attachment }) => attachment !== undefined);
  const wish = desired.pipeline.addOns.find((addOn) => addOn.spec === spec);
  const cents = spec && wish ? planCents(actual, spec.service, wish.plan) : undefined;
  return [
    {
      id: "second-stack",
      message: `You already have ${other.pipelineApp}, whose database is attached to ${other.metabaseApp}: this would be a second stack.`,
      why: `The app names differ from those of that stack.${cents ? ` A second database alone costs $${(cents / 100).toFixed(2)} a month.` : ""}`,
      flag: "--second-stack",
      commands: [`npm run setup -- --pipeline-app ${other.pipelineApp} --metabase-app ${other.metabaseApp}`],
    },
  ];
}
