// The strings of this world: everything below /_sandbox/, for tests and for people; no token asked.

import { environment } from "../environment.js";
import { newRoutes } from "../http/app.js";
import type { Call } from "../http/calls.js";
import type { Routes } from "../http/context.js";
import type { FaultBook } from "../http/faults.js";
import type { Machine } from "../world/machine.js";

export interface ControlOptions {
  machine: Machine;
  calls: Call[];
  faults: FaultBook;
  latency: { ms: number };
}

export function control(options: ControlOptions): Routes {
  const { machine } = options;
  const guests = new Set<number>();
  const routes = newRoutes();
  routes.get("/health", (c) => c.json({ pid: process.pid }));
  routes.get("/env", (c) => c.json(environment(machine.base(), machine.world)));
  routes.get("/guests", (c) => c.json([...guests]));
  routes.put("/guests/:pid", (c) => {
    guests.add(Number(c.req.param("pid")));
    return c.json({ env: environment(machine.base(), machine.world) });
  });
  routes.delete("/guests/:pid", (c) => {
    guests.delete(Number(c.req.param("pid")));
    return c.json([...guests]);
  });
  return routes;
}
