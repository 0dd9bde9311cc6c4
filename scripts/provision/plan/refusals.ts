// What stops a plan before anything is written: what Heroku refuses or cannot change in place.
import { metabaseApp, pipelineApp } from "../../../config/stack.js";
import type { Account, EcoQuota } from "../../heroku/account.js";
import { nameTaken } from "../../heroku/apps.js";
import { candidate } from "../candidates.js";
import type { Actual, Answer, Desired, Refusal, Step } from "../types.js";
import { databaseName, isSold, tierOf } from "./addons.js";

/** Origins that are somebody's wish of today, not what is there or a default. */
export const wished = (answer: Answer | undefined) =>
  answer !== undefined && !["heroku", "default"].includes(answer.origin);

/** The account's standing: told before the first question. */
export function standingRefusals(account: Account): Refusal[] {
  const refusals: Refusal[] = [];
  if (account.suspended) {
    refusals.push({
      id: "suspended",
      message: `Heroku has suspended the account ${account.email}.`,
      why: "Only Heroku's support can lift that.",
      commands: ["open https://help.heroku.com"],
    });
  }
  if (account.delinquent) {
    refusals.push({
      id: "delinquent",
      message: `The account ${account.email} has an unpaid bill, so Heroku provides nothing new.`,
      commands: ["open https://dashboard.heroku.com/account/billing"],
    });
  }
  if (!account.verified) {
    refusals.push({
      id: "unverified",
      message: `The account ${account.email} is not verified, so Heroku provides no add-ons.`,
      why: "A payment card is missing. Heroku wants one even for free add-ons.",
      commands: ["open https://heroku.com/verify"],
    });
  }
  return refusals;
}

/** Eco dynos that cannot be had: by a team, or because the plan is clearly not bought. */
export function ecoRefusals(usesEco: boolean, team: string | undefined, eco: EcoQuota | undefined): Refusal[] {
  if (!usesEco) return [];
  if (team !== undefined) {
    return [
      {
        id: "eco-team",
        message: `The team ${team} cannot use Eco dynos.`,
        why: "Heroku gives Eco dynos to personal accounts only. Basic costs $7 a month.",
        commands: ["npm run setup -- --metabase-dyno basic --pipeline-dyno basic"],
      },
    ];
  }
  if (eco?.boughtSeconds === 0) {
    return [
      {
        id: "eco-not-bought",
        message: "Eco dynos are not bought for this account yet.",
        why: "They cost $5.00 a month for the whole account and are bought on the Billing page, which has no API.",
        commands: [
          "open https://dashboard.heroku.com/account/billing",
          "npm run setup -- --metabase-dyno basic --pipeline-dyno basic",
        ],
      },
    ];
  }
  return [];
}

/** Every refusal of a plan, at once. */
export function refusals(desired: Desired, actual: Actual, steps: readonly Step[]): Refusal[] {
  const usesEco = desired.metabase.dyno === "eco" || desired.pipeline.dyno === "eco";
  return [
    ...standingRefusals(actual.account),
    ...ecoRefusals(usesEco, desired.team, actual.eco),
    ...placeRefusals(desired, actual),
    ...addOnRefusals(desired, actual),
    ...databaseRefusals(desired, actual),
    ...sourceRefusals(desired, steps),
  ];
}

/** Names of others, and the region and owner of apps that are there: neither can be changed in place. */
function placeRefusals(desired: Desired, actual: Actual): Refusal[] {
  if (desired.pipeline.name === desired.metabase.name) {
    return [
      {
        id: "same-name",
        message: `Both apps are called ${desired.pipeline.name}.`,
        why: "The pipeline and Metabase are two apps, so they need two names.",
        commands: [`npm run setup -- --metabase-app ${desired.pipeline.name}-bi`],
      },
    ];
  }
  const pairs = [
    [desired.pipeline, actual.pipeline],
    [desired.metabase, actual.metabase],
  ] as const;
  return pairs.flatMap(([app, state]): Refusal[] => {
    if (state.state === "foreign") {
      const { message, why, commands } = nameTaken(app.name);
      return [{ id: `${app.role}.app`, message, commands, ...(why ? { why } : {}) }];
    }
    if (state.state !== "present") return [];
    const found: Refusal[] = [];
    const { region, team } = state.app;
    if (wished(desired.region) && region !== desired.region.value) {
      found.push({
        id: `${app.role}.region`,
        message: `The app ${app.name} is in the region ${region}, not ${desired.region.value}, and Heroku cannot move an app.`,
        why: "Its database lives there too. Keep the region, or set up apps of other names in the other one.",
        commands: [
          `npm run setup -- --region ${region}`,
          `npm run setup -- --region ${desired.region.value} --${app.role}-app another-name`,
        ],
      });
    }
    if (wished(desired.answers.team) && team !== desired.team) {
      found.push({
        id: `${app.role}.team`,
        message: `The app ${app.name} belongs to ${team ? `the team ${team}` : "a personal account"}, not to ${desired.team ? `the team ${desired.team}` : "your own account"}.`,
        why: "Setup does not move apps between owners.",
        commands: [
          desired.team ? `heroku apps:transfer ${desired.team} -a ${app.name}` : `npm run setup -- --team ${team}`,
        ],
      });
    }
    return found;
  });
}

function addOnRefusals(desired: Desired, actual: Actual): Refusal[] {
  const app = desired.pipeline;
  return app.addOns.flatMap((wish): Refusal[] => {
    const { service, optional } = wish.spec;
    const found =
      actual.pipeline.state === "present" ? candidate(wish.spec, actual.pipeline) : { kind: "none" as const };
    const id = `pipeline.add-on.${wish.name}`;
    if (found.kind === "ambiguous") {
      const names = found.addOns.map(({ name }) => name);
      return [
        {
          id,
          message: `The app ${app.name} has several add-ons of ${service}: ${names.join(" and ")}. Setup does not pick one.`,
          why: `The wanted one has to be called ${wish.name}${wish.spec.attachment ? ` and be attached as ${wish.spec.attachment}` : ""}.`,
          commands: [
            `heroku addons:rename ${names.find((name) => name !== wish.name) ?? names[0]} ${wish.name} -a ${app.name}`,
            ...(wish.spec.attachment ? [`heroku pg:promote ${wish.name} -a ${app.name}`] : []),
          ],
        },
      ];
    }
    const current = found.kind === "none" ? undefined : found.addOn.plan;
    if (current === wish.plan) return [];
    if (!optional && !isSold(actual, service, wish.plan)) {
      const sold = [...(actual.plans.get(service)?.keys() ?? [])].slice(0, 6).join(", ");
      return [
        {
          id,
          message: `Heroku does not sell ${service}:${wish.plan}.`,
          why: `Sold are: ${sold || "no plans of this service"}.`,
          commands:
            service === "heroku-postgresql"
              ? ["npm run setup -- --postgres-plan essential-0"]
              : [`heroku addons:plans ${service}`],
        },
      ];
    }
    if (current === undefined || optional || tierOf(current) === tierOf(wish.plan)) return [];
    return [
      {
        id,
        message: `The database is on ${current}. Heroku cannot move it to ${wish.plan} in place, because that is another tier.`,
        why: "It takes a second database, a copy with the apps at rest, and a promotion; setup adopts the promoted one.",
        commands: [
          `heroku addons:create ${service}:${wish.plan} -a ${app.name}`,
          `heroku pg:copy DATABASE_URL NEW_DATABASE_URL -a ${app.name}`,
          `heroku pg:promote NEW_DATABASE -a ${app.name}`,
        ],
      },
    ];
  });
}

/** A connection string set by hand, or another database under the name of Metabase's attachment. */
function databaseRefusals(desired: Desired, actual: Actual): Refusal[] {
  const found: Refusal[] = [];
  const spec = pipelineApp.addOns.find(({ attachment }) => attachment !== undefined);
  const { pipeline, metabase } = actual;
  if (spec?.attachment && pipeline.state === "present" && candidate(spec, pipeline).kind !== "ambiguous") {
    const name = `${spec.attachment}_URL`;
    const attached = pipeline.attachments.some((one) => one.name === spec.attachment);
    const owned = pipeline.addOns.some((addOn) => addOn.configVars.includes(name));
    if (pipeline.config.has(name) && !attached && !owned) {
      found.push({
        id: "pipeline.config-var.DATABASE_URL",
        message: `${name} of ${desired.pipeline.name} was set by hand, so Heroku cannot give that name to the database.`,
        why: "It points to a database that this app does not own. Keep its value elsewhere, then unset it.",
        commands: [`heroku config:unset ${name} -a ${desired.pipeline.name}`],
      });
    }
  }
  const held =
    metabase.state === "present" ? metabase.attachments.find(({ name }) => name === metabaseApp.attachment) : undefined;
  if (held && held.addOnName !== databaseName(desired, actual) && pipeline.state === "present") {
    found.push({
      id: `metabase.attachment.${metabaseApp.attachment}`,
      message: `${desired.metabase.name} has another database attached as ${metabaseApp.attachment}: ${held.addOnName} of ${held.ownerApp}.`,
      why: "Setup does not take it away. Detach it, or name the stack that it belongs to.",
      commands: [
        `heroku addons:detach ${metabaseApp.attachment} -a ${desired.metabase.name}`,
        `npm run setup -- --pipeline-app ${held.ownerApp}`,
      ],
    });
  }
  return found;
}

/** Nothing runs and there is no source to build. */
function sourceRefusals(desired: Desired, steps: readonly Step[]): Refusal[] {
  const due = steps.some(
    ({ resource, action }) => resource === "build" && (action === "create" || action === "change"),
  );
  const { source } = desired.pipeline;
  if (!due || source.known) return [];
  return [
    {
      id: "source",
      message: `There is no source to deploy: ${source.why}.`,
      why: "What runs on Heroku is the last commit of this folder's git repository.",
      commands: ["git init && git add -A && git commit -m 'First version'"],
    },
  ];
}
