// Config vars: read whole, changed by differences; what attachments own cannot be written.
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Routes } from "../http/context.js";
import { invalid } from "../http/errors.js";
import { configOf, ownedNames } from "../world/config.js";
import { findApp } from "../world/find.js";
import type { Machine } from "../world/machine.js";
import { observeConfig } from "../world/provision.js";
import { addRelease } from "../world/releases.js";
import type { AppRecord } from "../world/types.js";
import { varName } from "./names.js";

export const schemas = { update: z.record(varName, z.string().nullable()) };

/** All names and values of an app together (Dev Center, Config Vars > Limits). */
const LIMIT_BYTES = 64 * 1024;

export function configVars(machine: Machine): Routes {
  const routes = newRoutes();
  routes.get("/apps/:app/config-vars", (c) => {
    const app = findApp(machine, c.req.param("app"));
    observeConfig(machine, app);
    return c.json(configOf(machine.world, app));
  });
  routes.patch("/apps/:app/config-vars", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    change(machine, app, await readBody(c, schemas.update));
    return c.json(configOf(machine.world, app));
  });
  return routes;
}

/** Merges the differences in; null deletes. One release, none when nothing differs. 422 leaves everything as it was. */
export function change(machine: Machine, app: AppRecord, wish: Record<string, string | null>): void {
  const owned = ownedNames(machine.world, app).filter((name) => name in wish);
  const removed = owned.filter((name) => wish[name] === null);
  if (removed.length > 0) throw invalid(`Cannot destroy attachment values ${removed.join(", ")}`);
  if (owned.length > 0) throw invalid(`Cannot overwrite attachment values ${owned.join(", ")}`);
  const before = app.config;
  const after = Object.fromEntries(
    Object.entries({ ...before, ...wish }).filter((pair): pair is [string, string] => pair[1] !== null),
  );
  const size = Object.entries(after).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (size > LIMIT_BYTES) throw invalid("Config vars are limited to 64kb of data.");
  const set = Object.keys(wish).filter((name) => wish[name] !== null && before[name] !== wish[name]);
  const unset = Object.keys(wish).filter((name) => wish[name] === null && name in before);
  if (set.length + unset.length === 0) return;
  app.config = after;
  const words = [
    ...(set.length > 0 ? [`Set ${set.join(", ")} config vars`] : []),
    ...(unset.length > 0 ? [`Remove ${unset.join(", ")} config vars`] : []),
  ];
  addRelease(machine, app, words.join(" and "));
}
