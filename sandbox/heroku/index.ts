// Heroku's Platform API: one file per resource, all behind the same door of token, version, rate limit and entity tags.

import { newRoutes, notImitated } from "../http/app.js";
import { authenticate } from "../http/auth.js";
import type { Routes } from "../http/context.js";
import { entityTag, rateLimit } from "../http/headers.js";
import type { Machine } from "../world/machine.js";
import { account } from "./account.js";

/** All routes that are imitated; whatever else is asked gets a loud 501. */
export function heroku(machine: Machine): Routes {
  const routes = newRoutes();
  routes.use("*", entityTag);
  routes.use("*", authenticate(machine));
  routes.use("*", rateLimit(machine));
  for (const part of [account]) routes.route("/", part(machine));
  routes.all("*", notImitated);
  return routes;
}
