// Heroku's Platform API: one file per resource, all behind the same door of token, version, rate limit and entity tags.
import { newRoutes, notImitated } from "../http/app.js";
import { authenticate } from "../http/auth.js";
import type { Routes } from "../http/context.js";
import { entityTag, rateLimit } from "../http/headers.js";
import type { Machine } from "../world/machine.js";
import { account } from "./account.js";
import { addons } from "./addons.js";
import { appExtras } from "./app-extras.js";
import { apps } from "./apps.js";
import { attachments } from "./attachments.js";
import { buildpacks } from "./buildpacks.js";
import { buildStreams, builds } from "./builds.js";
import { catalog } from "./catalog.js";
import { configVars } from "./config-vars.js";
import { dynos } from "./dynos.js";
import { formation } from "./formation.js";
import { logs } from "./log-sessions.js";
import { releases } from "./releases.js";
import { sourceStore, sources } from "./sources.js";
import { teamApps } from "./team-apps.js";

/** All routes that are imitated; whatever else is asked gets a loud 501. */
export function heroku(machine: Machine): Routes {
  const { api, streams } = logs(machine);
  const routes = newRoutes();
  // Signed addresses that Heroku hands out lead to other hosts: no token, no version, no rate limit there.
  for (const part of [sourceStore(machine), buildStreams(machine), streams]) routes.route("/", part);
  routes.all("/sources-store/*", notImitated);
  routes.all("/streams/*", notImitated);
  routes.use("*", entityTag);
  routes.use("*", authenticate(machine));
  routes.use("*", rateLimit(machine));
  for (const part of [account, catalog, teamApps, apps, addons, attachments, configVars, buildpacks])
    routes.route("/", part(machine));
  for (const part of [sources, builds, releases, formation, dynos, appExtras]) routes.route("/", part(machine));
  routes.route("/", api);
  routes.all("*", notImitated);
  return routes;
}
