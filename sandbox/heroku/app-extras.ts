// What the official CLI reads beside the resources above: collaborators, domains, features, pipelines.
import type { Collaborator, Domain } from "@heroku-cli/schema";
import { newRoutes } from "../http/app.js";
import type { Routes } from "../http/context.js";
import { notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { findApp } from "../world/find.js";
import { idOf } from "../world/ids.js";
import type { Machine } from "../world/machine.js";

export function appExtras(machine: Machine): Routes {
  const routes = newRoutes();
  routes.get("/apps/:app/collaborators", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const { id, email } = machine.world.account;
    const owner: Collaborator = {
      app: { id: app.id, name: app.name },
      created_at: app.created_at,
      id: idOf("collaborator", app.id, id),
      permissions: [],
      role: app.team === null ? "owner" : "admin",
      updated_at: app.created_at,
      user: { email, federated: false, id },
    };
    return page(c, [owner], ["id"]);
  });
  routes.get("/apps/:app/domains", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const own: Domain = {
      acm_status: null,
      acm_status_reason: null,
      app: { id: app.id, name: app.name },
      cname: null,
      created_at: app.created_at,
      hostname: `${app.name}-${app.suffix}.herokuapp.com`,
      id: idOf("domain", app.id),
      kind: "heroku",
      sni_endpoint: null,
      status: "none",
      updated_at: app.created_at,
    };
    return page(c, [own], ["id", "hostname"]);
  });
  routes.get("/apps/:app/features", (c) => {
    findApp(machine, c.req.param("app"));
    return c.json([]);
  });
  routes.get("/apps/:app/pipeline-couplings", (c) => {
    findApp(machine, c.req.param("app"));
    throw notFound("pipeline coupling", "pipeline_coupling");
  });
  return routes;
}
