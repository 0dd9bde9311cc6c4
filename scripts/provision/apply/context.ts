// What the tasks of one run share: what is wanted, what was there, and what has been made since.
import type { Role } from "../../../config/stack.js";
import { ExpectedError } from "../../common/errors.js";
import type { Clock, Sleep } from "../../common/retry.js";
import type { Secret } from "../../common/secret.js";
import type { Git } from "../../deploy/checkout.js";
import type { AddOn } from "../../heroku/addons.js";
import type { App } from "../../heroku/apps.js";
import { liveDatabaseUrl } from "../plan/config.js";
import type { Remote } from "../read.js";
import type { Actual, ActualApp, Desired, Notice, Plan, Resource, Step } from "../types.js";
import { changesOf } from "../types.js";

export interface ApplyDeps {
  readonly remote: Remote;
  readonly git: Git;
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: Sleep;
  readonly now: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Things that exist by now, filled in by the tasks that made or found them. */
export interface Made {
  readonly apps: Map<Role, App>;
  readonly addOns: Map<string, AddOn>;
  databaseUrl: Secret | undefined;
  papertrailToken: Secret | undefined;
  /** Metabase's config vars as last read: what another run has written meanwhile is not written again */
  metabaseConfig: ReadonlyMap<string, Secret>;
  readonly archives: Map<Role, Promise<{ readonly url: Secret; readonly checksum: string }>>;
  readonly notices: Notice[];
}

export interface ApplyContext extends ApplyDeps {
  readonly desired: Desired;
  readonly actual: Actual;
  readonly plan: Plan;
  readonly made: Made;
}

/** A context that starts from what was read. */
export function applyContext(deps: ApplyDeps, desired: Desired, actual: Actual, plan: Plan): ApplyContext {
  const apps = new Map<Role, App>();
  for (const role of ["pipeline", "metabase"] as const) {
    const state = actual[role];
    if (state.state === "present") apps.set(role, state.app);
  }
  const present = (state: Actual["pipeline"]): ActualApp | undefined => (state.state === "present" ? state : undefined);
  const made: Made = {
    apps,
    addOns: new Map(present(actual.pipeline)?.addOns.map((addOn) => [addOn.name, addOn])),
    databaseUrl: liveDatabaseUrl(actual.pipeline),
    papertrailToken: present(actual.pipeline)?.config.get("PAPERTRAIL_API_TOKEN"),
    metabaseConfig: present(actual.metabase)?.config ?? new Map(),
    archives: new Map(),
    notices: [],
  };
  return { ...deps, desired, actual, plan, made };
}

/** The writing steps of one kind on one app. */
export function writes(context: ApplyContext, role: Role, resource: Resource): Step[] {
  return changesOf(context.plan).filter((step) => step.role === role && step.resource === resource);
}

/** An app that has to be there by now. */
export function appOf(context: ApplyContext, role: Role): App {
  const app = context.made.apps.get(role);
  if (app) return app;
  throw new ExpectedError("failed", `The app ${context.desired[role].name} is not there.`, {
    commands: ["npm run setup"],
  });
}
