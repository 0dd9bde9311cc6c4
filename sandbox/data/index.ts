// Heroku's data API, as far as backups go: the daily schedules of a database, and the backups that were taken.
import { z } from "zod";
import { newRoutes, notImitated } from "../http/app.js";
import { requireToken } from "../http/auth.js";
import { readBody } from "../http/body.js";
import type { Ctx, Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { addonOf, findAddon, findApp } from "../world/find.js";
import { newId } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import type { AddonRecord, ScheduleRecord, TransferRecord } from "../world/types.js";

export const schemas = {
  schedule: z.strictObject({
    // The official CLI sends the hour as a text, other clients as a number.
    hour: z.union([z.int().min(0).max(23), z.string().regex(/^([01]?\d|2[0-3])$/)]),
    timezone: z.string().min(1),
    schedule_name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  }),
};

/** Lives at /client/v11 of the same address; undocumented, so it can fall silent. */
export function data(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  routes.use("/client/*", async (c, next) => {
    if (world.settings.silent.includes("data"))
      throw new ApiError(503, { id: "service_unavailable", message: "No answer from the data API." });
    requireToken(machine, c);
    await next();
  });
  const database = (c: Ctx): AddonRecord => {
    const addon = findAddon(machine, c.req.param("database") ?? "");
    if (!addon.plan.startsWith("heroku-postgresql:") || addon.state !== "provisioned")
      throw notFound("database", "database");
    return addon;
  };
  routes.get("/client/v11/databases/:database", (c) => {
    const addon = database(c);
    const info = [
      { name: "Plan", values: [addon.plan.replace(/^.*:/, "")] },
      { name: "Status", values: ["Available"] },
    ];
    return c.json({ id: addon.id, name: addon.name, plan: addon.plan.replace(/^.*:/, ""), info });
  });
  routes.get("/client/v11/databases/:database/transfer-schedules", (c) => {
    const addon = database(c);
    return c.json(world.schedules.filter((item) => item.addon === addon.id).map(scheduleAnswer));
  });
  routes.post("/client/v11/databases/:database/transfer-schedules", async (c) => {
    const addon = database(c);
    const wish = await readBody(c, schemas.schedule);
    if (!isTimeZone(wish.timezone)) throw invalid(`${wish.timezone} is not a time zone.`);
    const schedule: ScheduleRecord = {
      uuid: newId(),
      addon: addon.id,
      name: wish.schedule_name,
      hour: Number(wish.hour),
      timezone: wish.timezone,
      created_at: machine.stamp(),
    };
    const others = world.schedules.filter((item) => item.addon !== addon.id || item.name !== schedule.name);
    world.schedules = [...others, schedule];
    machine.touch();
    return c.json(scheduleAnswer(schedule), 201);
  });
  routes.delete("/client/v11/databases/:database/transfer-schedules/:schedule", (c) => {
    const addon = database(c);
    const found = world.schedules.find((item) => item.addon === addon.id && item.uuid === c.req.param("schedule"));
    if (found === undefined) throw notFound("transfer schedule", "transfer_schedule");
    world.schedules = world.schedules.filter((item) => item.uuid !== found.uuid);
    machine.touch();
    return c.json(scheduleAnswer(found));
  });
  routes.get("/client/v11/apps/:app/transfers", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const list = world.transfers.filter((item) => addonOf(machine, item.addon).app === app.id);
    return c.json(list.map((item) => transferAnswer(machine, item)));
  });
  routes.all("/client/*", notImitated);
  return routes;
}

function scheduleAnswer(schedule: ScheduleRecord): object {
  const { uuid, name, hour, timezone, created_at } = schedule;
  const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  return {
    uuid,
    name,
    hour,
    timezone,
    days,
    retain_weeks: 1,
    retain_months: 0,
    created_at,
    updated_at: created_at,
    deleted_at: null,
  };
}

function transferAnswer(machine: Machine, item: TransferRecord): object {
  return {
    uuid: item.uuid,
    num: item.num,
    from_name: addonOf(machine, item.addon).name,
    from_type: "pg_dump",
    to_name: "SCHEDULED BACKUP",
    to_type: "gof3r",
    created_at: item.started_at,
    started_at: item.started_at,
    finished_at: item.finished_at,
    canceled_at: null,
    succeeded: item.succeeded,
    source_bytes: 0,
    processed_bytes: 0,
    warnings: 0,
    schedule: null,
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
