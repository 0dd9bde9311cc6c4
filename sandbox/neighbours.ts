// The services beside Heroku, given what they need of the world: Papertrail's tokens, the source keys, each app's Metabase.
import { sourceRoutes } from "./business/sources.js";
import { newRoutes, notImitated } from "./http/app.js";
import type { Routes } from "./http/context.js";
import { type MetabaseInstance, metabase } from "./metabase/index.js";
import { type LogEvent, memorySearches, papertrail } from "./papertrail/index.js";
import { configOf } from "./world/config.js";
import { observeDynos } from "./world/dynos.js";
import { idOf } from "./world/ids.js";
import type { Machine } from "./world/machine.js";
import type { AppRecord } from "./world/types.js";

/** All of them, each under the prefix that its variable of the environment ends in. */
export function neighbours(machine: Machine): Routes {
  const { world } = machine;
  const { keys } = world;
  const routes = newRoutes();
  routes.use("/papertrail/*", async (c, next) => {
    if (world.settings.silent.includes("papertrail")) return c.text("Service Unavailable", 503);
    await next();
    if (c.req.method !== "GET") machine.touch();
    return undefined;
  });
  const searches = memorySearches(world.searches);
  const events = (app: string): LogEvent[] => eventsOf(machine, app);
  routes.route(
    "/papertrail/api/v1",
    papertrail({ accountOfToken: (token) => appOfToken(machine, token), searches, events }),
  );
  const stripe = [
    { key: keys.stripe, live: true },
    { key: keys.stripe.replace("live", "test"), live: false },
  ];
  routes.route("/", sourceRoutes(machine.business, { ...keys, stripe }));
  routes.route("/web/:slug", metabase({ instance: (slug) => instanceOf(machine, slug) }));
  for (const prefix of ["papertrail", "web"]) routes.all(`/${prefix}/*`, notImitated);
  return routes;
}

function appOfToken({ world }: Machine, token: string): string | undefined {
  return world.addons.find((addon) => addon.plan.startsWith("papertrail:") && addon.values.API_TOKEN === token)?.app;
}

function eventsOf({ world }: Machine, app: string): LogEvent[] {
  const hostname = world.apps.find(({ id }) => id === app)?.name ?? app;
  return (world.logs[app] ?? []).map((line, index) => {
    const [, time = "", source = "", dyno = "", message = ""] = /^(\S+) (\w+)\[([^\]]+)\]: (.*)$/s.exec(line) ?? [];
    return { id: idOf(app, String(index), line), received_at: time, hostname, program: `${source}/${dyno}`, message };
  });
}

function instanceOf(machine: Machine, slug: string): MetabaseInstance | undefined {
  const app = machine.world.apps.find(({ name, suffix }) => `${name}-${suffix}` === slug);
  if (app === undefined) return undefined;
  const config = configOf(machine.world, app);
  const databaseUrl = config.DWH_URL ?? config.MB_DB_CONNECTION_URI;
  const web = observeDynos(machine, app).find((dyno) => dyno.type === "web");
  return {
    state:
      machine.world.settings.metabaseState[app.name] ?? (isLive(machine, databaseUrl) ? stateOf(web?.state) : "down"),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    wake: () => wake(machine, app),
  };
}

// Metabase's start wrapper refuses to run without a Postgres URL, and Metabase dies on one whose login was rotated away.
function isLive({ world }: Machine, url: string | undefined): boolean {
  return world.addons.some((addon) => addon.values.URL !== undefined && addon.values.URL === url);
}

function stateOf(dyno: string | undefined): MetabaseInstance["state"] {
  if (dyno === "up" || dyno === "idle" || dyno === "starting") return dyno;
  return "down";
}

function wake(machine: Machine, app: AppRecord): void {
  app.visited_at = machine.now().toISOString();
  for (const dyno of machine.world.dynos) {
    if (dyno.app === app.id && dyno.type === "web") dyno.state = "starting";
  }
  machine.touch();
}
