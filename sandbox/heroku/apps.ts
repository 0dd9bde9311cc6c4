// Apps: list, create, info, change, delete; personal ones here, those of teams through /teams too.
import type { App } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Ctx, Routes } from "../http/context.js";
import { forbidden, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { entry, regions, stacks } from "../world/catalog.js";
import { findApp } from "../world/find.js";
import { idOf, newId, newName, newToken } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import { removeAddon } from "../world/provision.js";
import { addRelease } from "../world/releases.js";
import type { AppRecord } from "../world/types.js";
import { isSelf } from "./account.js";
import { appName, reference } from "./names.js";

export const schemas = {
  create: z.strictObject({
    name: appName.optional(),
    region: reference.optional(),
    stack: reference.optional(),
    feature_flags: z.array(z.string()).optional(),
  }),
  update: z.strictObject({
    build_stack: reference.optional(),
    maintenance: z.boolean().optional(),
    name: appName.optional(),
  }),
};

export function apps(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const answer = (c: Ctx, app: AppRecord): App => appAnswer(machine, app, c);
  routes.get("/apps", (c) =>
    page(
      c,
      world.apps.map((app) => answer(c, app)),
      ["name", "id", "updated_at"],
    ),
  );
  routes.get("/users/:account/apps", (c) => {
    if (!isSelf(machine, c.req.param("account"))) throw notFound("account", "account");
    const own = world.apps.filter((app) => app.team === null);
    return page(
      c,
      own.map((app) => answer(c, app)),
      ["name", "id", "updated_at"],
    );
  });
  routes.post("/apps", async (c) => {
    const wish = await readBody(c, schemas.create);
    const app = createApp(machine, { ...wish, team: world.account.default_team });
    return c.json(answer(c, app), 201);
  });
  routes.get("/apps/:app", (c) => c.json(answer(c, findApp(machine, c.req.param("app")))));
  routes.patch("/apps/:app", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const wish = await readBody(c, schemas.update);
    if (wish.name !== undefined && wish.name !== app.name) requireFreeName(machine, wish.name);
    const stack = wish.build_stack === undefined ? app.build_stack : stackNamed(wish.build_stack);
    app.build_stack = stack;
    app.maintenance = wish.maintenance ?? app.maintenance;
    app.name = wish.name ?? app.name;
    app.updated_at = machine.stamp();
    machine.touch();
    return c.json(answer(c, app));
  });
  routes.delete("/apps/:app", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const last = answer(c, app);
    await removeApp(machine, app);
    return c.json(last);
  });
  return routes;
}

export interface AppWish {
  name?: string | undefined;
  region?: string | undefined;
  stack?: string | undefined;
  team: string | null;
  locked?: boolean | undefined;
}

/** Makes an app with its first release. 422 for a taken name, an unknown region or stack. */
export function createApp(machine: Machine, wish: AppWish): AppRecord {
  const name = wish.name ?? newName();
  requireFreeName(machine, name);
  const region = wish.region === undefined ? "us" : entry(regions, wish.region)?.name;
  if (region === undefined || entry(regions, region)?.private) throw invalid(`${wish.region} is not a valid region.`);
  const stack = wish.stack === undefined ? "heroku-24" : stackNamed(wish.stack);
  const stamp = machine.stamp();
  const app: AppRecord = {
    id: newId(),
    name,
    suffix: newToken(12),
    region,
    stack,
    build_stack: stack,
    team: wish.team,
    locked: wish.locked ?? false,
    maintenance: false,
    created_at: stamp,
    updated_at: stamp,
    released_at: null,
    slug_size: null,
    visited_at: null,
    config: {},
    buildpacks: [],
    features: [],
  };
  machine.world.apps.push(app);
  addRelease(machine, app, "Initial release");
  return app;
}

/** Deletes an app with all that belongs to it, databases too. */
export async function removeApp(machine: Machine, app: AppRecord): Promise<void> {
  const { world } = machine;
  for (const addon of world.addons.filter((item) => item.app === app.id)) await removeAddon(machine, addon);
  const others = <T extends { app: string }>(list: T[]): T[] => list.filter((item) => item.app !== app.id);
  world.apps = world.apps.filter((other) => other.id !== app.id);
  world.attachments = others(world.attachments);
  world.builds = others(world.builds);
  world.slugs = others(world.slugs);
  world.releases = others(world.releases);
  world.formation = others(world.formation);
  world.dynos = others(world.dynos);
  world.jobs = others(world.jobs);
  delete world.searches.searches[app.id];
  delete world.logs[app.id];
  machine.touch();
}

/** Where the app's web dynos answer: below this sandbox, since no host name of Heroku's leads here. */
export function webUrl(machine: Machine, app: AppRecord): string {
  return `${machine.base()}/web/${app.name}-${app.suffix}/`;
}

function requireFreeName({ world }: Machine, name: string): void {
  const isTaken = world.settings.foreignApps.includes(name) || world.apps.some((app) => app.name === name);
  if (isTaken) throw invalid(`Name ${name} is already taken`);
}

function stackNamed(named: string): string {
  const stack = entry(stacks, named);
  if (stack === undefined) throw invalid(`${named} is not a valid stack.`);
  return stack.name;
}

/** The app as Heroku answers it; the CLI's own version of the API also tells the tier. */
export function appAnswer(machine: Machine, app: AppRecord, c: Ctx): App {
  const { world } = machine;
  const team = world.teams.find(({ name }) => name === app.team);
  const { id, email } = world.account;
  const size = world.formation.find((row) => row.app === app.id)?.size ?? "Basic";
  const sdk = { process_tier: size.toLowerCase() };
  return {
    acm: false,
    archived_at: null,
    build_stack: { id: entry(stacks, app.build_stack)?.id ?? "", name: app.build_stack },
    buildpack_provided_description: null,
    created_at: app.created_at,
    generation: { id: idOf("generation", "cedar"), name: "cedar" },
    git_url: `https://git.heroku.com/${app.name}.git`,
    id: app.id,
    internal_routing: null,
    maintenance: app.maintenance,
    name: app.name,
    organization: team === undefined ? null : { id: team.id, name: team.name },
    owner:
      team === undefined ? { email, id } : { email: `${team.name}@herokumanager.com`, id: idOf("manager", team.name) },
    region: { id: entry(regions, app.region)?.id ?? "", name: app.region },
    released_at: app.released_at,
    repo_size: null,
    slug_size: app.slug_size,
    space: null,
    stack: { id: entry(stacks, app.stack)?.id ?? "", name: app.stack },
    team: team === undefined ? null : { id: team.id, name: team.name },
    updated_at: app.updated_at,
    web_url: webUrl(machine, app),
    ...(/version=3\.sdk/.test(c.req.header("accept") ?? "") ? sdk : {}),
  };
}

/** Refuses a team that the account is not in. */
export function requireTeam({ world }: Machine, named: string): string {
  const team = world.teams.find(({ id, name }) => id === named || name === named);
  if (team === undefined) throw forbidden(`You do not have access to the team ${named}.`);
  return team.name;
}
