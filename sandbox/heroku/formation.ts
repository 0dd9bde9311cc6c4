// The formation: how many dynos of which size run each process type.
import type { Formation } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import { isCli, type Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { entry, sizes } from "../world/catalog.js";
import { alignDynos } from "../world/dynos.js";
import { appOf, findApp } from "../world/find.js";
import { checkFormation, formationOf, sizeNamed } from "../world/formation.js";
import type { Machine } from "../world/machine.js";
import { currentRelease } from "../world/releases.js";
import type { AppRecord, FormationRecord } from "../world/types.js";
import { requireVerified } from "./account.js";

const dynoSize = z.strictObject({ id: z.string().optional(), name: z.string().optional() });
const change = { dyno_size: dynoSize.optional(), quantity: z.int().min(0).optional() };
// The official CLI sends what the published schema does not know: `size`, and quantities as texts like "2" or "+1".
const cliChange = {
  size: z.string().optional(),
  quantity: z.union([z.int().min(0), z.string().regex(/^[+-]?\d+$/)]).optional(),
};
const type = z.string().regex(/^[-\w]{1,128}$/);

export const schemas = {
  update: z.strictObject(change),
  batch: z.strictObject({ updates: z.array(z.strictObject({ ...change, type })) }),
  cliUpdate: z.strictObject(cliChange),
  cliBatch: z.strictObject({ updates: z.array(z.strictObject({ ...cliChange, type })) }),
};

interface Change {
  type: string;
  quantity?: number | string | undefined;
  size?: string | undefined;
  dyno_size?: { id?: string | undefined; name?: string | undefined } | undefined;
}

export function formation(machine: Machine): Routes {
  const routes = newRoutes();
  routes.get("/apps/:app/formation", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return page(
      c,
      formationOf(machine, app).map((row) => formationAnswer(machine, row)),
      ["type", "id"],
    );
  });
  routes.get("/apps/:app/formation/:type", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return c.json(formationAnswer(machine, rowNamed(formationOf(machine, app), c.req.param("type"))));
  });
  routes.patch("/apps/:app/formation", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const { updates } = await readBody<{ updates: Change[] }>(c, isCli(c) ? schemas.cliBatch : schemas.batch);
    const rows = apply(machine, app, updates);
    return c.json(rows.map((row) => formationAnswer(machine, row)));
  });
  routes.patch("/apps/:app/formation/:type", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const wish = await readBody<Omit<Change, "type">>(c, isCli(c) ? schemas.cliUpdate : schemas.update);
    const { type: name } = rowNamed(formationOf(machine, app), c.req.param("type"));
    const [row] = apply(machine, app, [{ ...wish, type: name }]);
    if (row === undefined) throw notFound("process type", "formation");
    return c.json(formationAnswer(machine, row));
  });
  return routes;
}

// All changes or none: the whole table is checked before anything of it is written.
function apply(machine: Machine, app: AppRecord, changes: Change[]): FormationRecord[] {
  const draft = formationOf(machine, app).map((row) => ({ ...row }));
  for (const wish of changes) {
    const row = rowNamed(draft, wish.type);
    const named = wish.size ?? wish.dyno_size?.name ?? wish.dyno_size?.id;
    if (wish.dyno_size !== undefined && named === undefined) throw invalid("dyno_size needs a name or an id.");
    if (named !== undefined) row.size = sizeNamed(named).name;
    row.quantity = quantityOf(row.quantity, wish.quantity);
    row.updated_at = machine.stamp();
  }
  if (draft.some((row) => row.quantity > 0)) requireVerified(machine, "run more than the first dyno");
  checkFormation(machine, app, draft);
  machine.world.formation = [...machine.world.formation.filter((row) => row.app !== app.id), ...draft];
  const release = currentRelease(machine, app);
  if (release !== undefined) alignDynos(machine, app, release);
  machine.touch();
  return draft.filter((row) => changes.some((wish) => wish.type === row.type || wish.type === row.id));
}

function quantityOf(before: number, wish: number | string | undefined): number {
  if (wish === undefined) return before;
  if (typeof wish === "number") return wish;
  const quantity = /^[+-]/.test(wish) ? before + Number(wish) : Number(wish);
  if (quantity < 0) throw invalid("Quantity cannot be below 0.");
  return quantity;
}

function rowNamed(rows: FormationRecord[], named: string): FormationRecord {
  const row = rows.find(({ id, type: name }) => id === named || name === named);
  if (row !== undefined) return row;
  throw new ApiError(404, {
    id: "not_found",
    message: `Couldn't find that process type (${named}).`,
    resource: "formation",
  });
}

function formationAnswer(machine: Machine, row: FormationRecord): Formation {
  const app = appOf(machine, row.app);
  return {
    app: { id: app.id, name: app.name },
    command: row.command,
    created_at: row.created_at,
    dyno_size: { id: entry(sizes, row.size)?.id ?? "", name: row.size },
    id: row.id,
    quantity: row.quantity,
    size: row.size,
    type: row.type,
    updated_at: row.updated_at,
  };
}
