// Apps of teams, and personal apps of somebody whose default is a team (Heroku Platform API, Team App).
import type { TeamApp } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Ctx, Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { findApp } from "../world/find.js";
import type { Machine } from "../world/machine.js";
import type { AppRecord } from "../world/types.js";
import { appAnswer, createApp, requireTeam } from "./apps.js";
import { appName } from "./names.js";

export const schemas = {
  create: z.strictObject({
    locked: z.boolean().optional(),
    name: appName.optional(),
    team: z.string().optional(),
    personal: z.boolean().optional(),
    region: z.string().optional(),
    space: z.string().optional(),
    stack: z.string().optional(),
    internal_routing: z.boolean().nullable().optional(),
  }),
};

export function teamApps(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const answer = (c: Ctx, app: AppRecord): TeamApp => teamAppAnswer(machine, app, c);
  routes.post("/teams/apps", async (c) => {
    const wish = await readBody(c, schemas.create);
    if (wish.space !== undefined || wish.internal_routing === true) {
      throw new ApiError(501, { id: "not_imitated", message: "The sandbox has no private spaces." });
    }
    if (wish.personal === true && wish.team !== undefined) throw invalid("An app is either personal or a team's.");
    const team = wish.team === undefined ? world.account.default_team : requireTeam(machine, wish.team);
    const { name, region, stack, locked } = wish;
    const app = createApp(machine, { name, region, stack, locked, team: wish.personal === true ? null : team });
    return c.json(answer(c, app), 201);
  });
  routes.get("/teams/apps/:app", (c) => c.json(answer(c, teamApp(machine, c.req.param("app")))));
  routes.get("/teams/:team/apps", (c) => {
    const team = requireTeam(machine, c.req.param("team"));
    const list = world.apps.filter((app) => app.team === team).map((app) => answer(c, app));
    return page(c, list, ["name", "id", "updated_at"]);
  });
  return routes;
}

function teamApp(machine: Machine, named: string): AppRecord {
  const app = findApp(machine, named);
  if (app.team === null) throw notFound("team app", "app");
  return app;
}

function teamAppAnswer(machine: Machine, app: AppRecord, c: Ctx): TeamApp {
  const { acm: _acm, organization: _organization, ...rest } = appAnswer(machine, app, c);
  return { ...rest, joined: true, locked: app.locked };
}
