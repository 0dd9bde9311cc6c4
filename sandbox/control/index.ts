// The strings of this world: everything below /_sandbox/, for tests and for people; no token asked.
import { truthOf } from "../business/truth/index.js";
import { environment } from "../environment.js";
import { change } from "../heroku/config-vars.js";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Call } from "../http/calls.js";
import type { Routes } from "../http/context.js";
import type { FaultBook } from "../http/faults.js";
import { findAddon, findApp } from "../world/find.js";
import { newId } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import { rotate } from "../world/provision.js";
import { changeRecord, newTransfer, removeRecord } from "./hands.js";
import * as schemas from "./schemas.js";

export interface ControlOptions {
  machine: Machine;
  calls: Call[];
  faults: FaultBook;
  latency: { ms: number };
}

export function control({ machine, calls, faults, latency }: ControlOptions): Routes {
  const { world } = machine;
  const guests = new Set<number>();
  const routes = newRoutes();
  routes.get("/health", (c) => c.json({ pid: process.pid }));
  routes.get("/env", (c) => c.json(environment(machine.base(), world)));
  routes.get("/state", (c) => c.json(world));
  routes.get("/guests", (c) => c.json([...guests]));
  routes.put("/guests/:pid", (c) => {
    guests.add(Number(c.req.param("pid")));
    return c.json({ env: environment(machine.base(), world) });
  });
  routes.delete("/guests/:pid", (c) => {
    guests.delete(Number(c.req.param("pid")));
    return c.json([...guests]);
  });
  routes.post("/faults", async (c) => {
    const { pattern, path, service, method, nth, times, effect } = await readBody(c, schemas.fault);
    const where = pattern === undefined ? path : new RegExp(pattern);
    faults.add({
      ...(service === undefined ? {} : { service }),
      ...(method === undefined ? {} : { method }),
      ...(where === undefined ? {} : { path: where }),
      ...(nth === undefined ? {} : { nth }),
      ...(times === undefined ? {} : { times }),
      effect: effect as Parameters<FaultBook["add"]>[0]["effect"],
    });
    return c.json({}, 201);
  });
  routes.delete("/faults", (c) => {
    faults.clear();
    return c.json({});
  });
  routes.get("/calls", (c) => c.json(calls));
  routes.delete("/calls", (c) => {
    calls.length = 0;
    return c.json([]);
  });
  routes.put("/latency", async (c) => {
    latency.ms = (await readBody(c, schemas.latency)).ms;
    return c.json(latency);
  });
  routes.get("/business/truth", (c) => c.json(truthOf(machine.business)));
  routes.post("/business/advance", async (c) => {
    machine.business.advance((await readBody(c, schemas.advance)).days);
    return c.json(world.business ?? null);
  });
  routes.patch("/account", async (c) => {
    const wish = await readBody(c, schemas.account);
    const team = wish.default_team;
    if (typeof team === "string" && !world.teams.some(({ name }) => name === team))
      world.teams.push({ id: newId(), name: team });
    Object.assign(world.account, wish);
    machine.touch();
    return c.json(world.account);
  });
  routes.patch("/settings", async (c) => {
    const { rateRemaining, ...wish } = await readBody(c, schemas.settings);
    Object.assign(world.settings, wish);
    if (rateRemaining !== undefined) world.rate = { remaining: rateRemaining, at: machine.now().getTime() };
    machine.touch();
    return c.json(world.settings);
  });
  routes.post("/addons/:addon/rotate", async (c) => {
    await rotate(machine, findAddon(machine, c.req.param("addon")));
    return c.json({});
  });
  routes.post("/addons/:addon/backups", (c) =>
    c.json(newTransfer(machine, findAddon(machine, c.req.param("addon"))), 201),
  );
  routes.patch("/apps/:app/config-vars", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    change(machine, app, await readBody(c, schemas.config));
    return c.json(app.config);
  });
  routes.patch("/world/:collection/:record", async (c) => {
    const wish = await readBody(c, schemas.record);
    const collection = schemas.collection.parse(c.req.param("collection"));
    return c.json(changeRecord(machine, collection, c.req.param("record"), wish));
  });
  routes.delete("/world/:collection/:record", async (c) => {
    const collection = schemas.collection.parse(c.req.param("collection"));
    await removeRecord(machine, collection, c.req.param("record"));
    return c.json({});
  });
  return routes;
}
