// What a person may want after a setup: where things are, what comes next, what ends all charges.
import type { Desired, Notice } from "../../provision/types.js";
import { changesOf } from "../../provision/types.js";
import type { NextCommand } from "../../terminal/plan-json.js";
import type { Gathered } from "./gather.js";

const dashboard = (app: string) => `https://dashboard.heroku.com/apps/${app}`;

/** Pages of both apps. */
export function linksOf(
  { pipeline, metabase }: Desired,
  metabaseUrl: string | undefined,
): { title: string; url: string }[] {
  return [
    { title: "Metabase", url: metabaseUrl || dashboard(metabase.name) },
    { title: "Dashboard", url: dashboard(pipeline.name) },
    { title: "Scheduler", url: `${dashboard(pipeline.name)}/scheduler` },
    { title: "Papertrail", url: `${dashboard(pipeline.name)}/resources` },
  ];
}

export function nextOf({ desired, plan }: Gathered): NextCommand[] {
  const first = changesOf(plan).some(({ id }) => id === "metabase.build.source");
  return [
    { command: "npm run verify", why: "checks everything, at any time" },
    ...(first
      ? [
          {
            command: `heroku open -a ${desired.metabase.name}`,
            why: "set Metabase up at once: until then anybody who finds it can claim it; its first start can take ten minutes",
          },
        ]
      : []),
  ];
}

/** Papertrail has saved searches in its API, but no alerts: those are three clicks. */
export function papertrailAlerts({ desired, plan }: Gathered): Notice[] {
  if (!changesOf(plan).some(({ resource }) => resource === "search")) return [];
  return [
    {
      id: "papertrail.alert",
      text: 'To get a message when a night fails: open Papertrail, choose the saved search "Pipeline failed", then "+ Alert", and enter your e-mail address.',
      commands: [`heroku addons:open papertrail -a ${desired.pipeline.name}`],
    },
  ];
}

/** Destroying the apps destroys their add-ons; Eco is the account's own subscription. */
export function stopCharges(desired: Desired): string[] {
  const eco = desired.metabase.dyno === "eco" || desired.pipeline.dyno === "eco";
  return [
    `heroku apps:destroy ${desired.metabase.name}`,
    `heroku apps:destroy ${desired.pipeline.name}   # with its database and everything in it`,
    ...(eco ? ["open https://dashboard.heroku.com/account/billing   # to end the Eco subscription"] : []),
  ];
}
