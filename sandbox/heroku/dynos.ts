// Dynos: list, info, one-off runs, restart and stop.
import type { Dyno } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Ctx, Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { observeDynos, restartDynos, startOneOff } from "../world/dynos.js";
import { appOf, findApp } from "../world/find.js";
import { checkTiers, formationOf, sizeNamed } from "../world/formation.js";
import type { Machine } from "../world/machine.js";
import { currentRelease } from "../world/releases.js";
import type { AppRecord, DynoRecord, ReleaseRecord } from "../world/types.js";
import { requireVerified } from "./account.js";

export const schemas = {
  create: z.strictObject({
    attach: z.boolean().optional(),
    command: z.string().min(1),
    env: z.record(z.string().regex(/^\w+$/), z.string()).optional(),
    force_no_tty: z.boolean().nullable().optional(),
    size: z.string().optional(),
    type: z.string().optional(),
    time_to_live: z.int().min(1).max(86_400).optional(),
  }),
};

export function dynos(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const restart = (app: AppRecord, only?: (dyno: DynoRecord) => boolean): void => {
    restartDynos(machine, app, runningRelease(machine, app), only);
  };
  /** A dyno of the formation is replaced by a fresh one; a one-off dyno is gone. */
  const stop = (c: Ctx, appNamed: string, named: string): Response => {
    const app = findApp(machine, appNamed);
    const dyno = dynoNamed(machine, app, named);
    if (dyno.readsLeft === null) restart(app, ({ id }) => id === dyno.id);
    else world.dynos = world.dynos.filter(({ id }) => id !== dyno.id);
    machine.touch();
    return accepted(c);
  };
  const accepted = (c: Ctx): Response => c.json({}, 202);
  routes.get("/apps/:app/dynos", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return page(
      c,
      observeDynos(machine, app).map((dyno) => dynoAnswer(machine, dyno)),
      ["name", "id"],
    );
  });
  routes.get("/apps/:app/dynos/:dyno", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const shown = observeDynos(machine, app).find(
      ({ id, name }) => id === c.req.param("dyno") || name === c.req.param("dyno"),
    );
    if (shown === undefined) throw notFound("dyno", "dyno");
    return c.json(dynoAnswer(machine, shown));
  });
  routes.post("/apps/:app/dynos", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const wish = await readBody(c, schemas.create);
    if (wish.attach === true) {
      throw new ApiError(501, {
        id: "not_imitated",
        message: "The sandbox attaches no terminals to dynos: send attach: false.",
      });
    }
    requireVerified(machine, "run one-off dynos");
    const release = runningRelease(machine, app);
    const rows = formationOf(machine, app);
    const size = sizeNamed(wish.size ?? rows[0]?.size ?? "Basic");
    checkTiers(machine, app, [size, ...rows.map((row) => sizeNamed(row.size))]);
    const dyno = startOneOff(machine, app, release, {
      command: wish.command,
      size: size.name,
      type: wish.type ?? "run",
    });
    return c.json(dynoAnswer(machine, dyno), 201);
  });
  routes.delete("/apps/:app/dynos", (c) => {
    restart(findApp(machine, c.req.param("app")));
    return accepted(c);
  });
  routes.delete("/apps/:app/dynos/:dyno", (c) => stop(c, c.req.param("app"), c.req.param("dyno")));
  routes.delete("/apps/:app/formations/:type", (c) => {
    restart(findApp(machine, c.req.param("app")), ({ type }) => type === c.req.param("type"));
    return accepted(c);
  });
  routes.post("/apps/:app/dynos/:dyno/actions/stop", (c) => stop(c, c.req.param("app"), c.req.param("dyno")));
  return routes;
}

function runningRelease(machine: Machine, app: AppRecord): ReleaseRecord {
  const release = currentRelease(machine, app);
  if (release === undefined || (release.slug === null && release.image === null)) {
    throw invalid(`Cannot run dynos of ${app.name}: no code has been deployed to it yet.`);
  }
  return release;
}

function dynoNamed(machine: Machine, app: AppRecord, named: string): DynoRecord {
  const found = machine.world.dynos.find((dyno) => dyno.app === app.id && (dyno.id === named || dyno.name === named));
  if (found === undefined) throw notFound("dyno", "dyno");
  return found;
}

function dynoAnswer(machine: Machine, dyno: DynoRecord): Dyno {
  const app = appOf(machine, dyno.app);
  const release = machine.world.releases.find(({ id }) => id === dyno.release);
  return {
    app: { id: app.id, name: app.name },
    attach_url: null,
    command: dyno.command,
    created_at: dyno.created_at,
    id: dyno.id,
    name: dyno.name,
    release: { id: dyno.release, version: release?.version ?? 0 },
    size: dyno.size,
    state: dyno.state,
    type: dyno.type,
    updated_at: dyno.updated_at,
  };
}
