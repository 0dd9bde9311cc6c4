// Add-ons: create one at a time per app, list, info, change of plan or name, delete.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import { isCli, type Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { attach, checkAttachment, defaultName } from "../world/attach.js";
import { entry, type PlanEntry, planOf, services, tierOf } from "../world/catalog.js";
import { addonOf, findAddon, findApp } from "../world/find.js";
import { newId, newName, newToken } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import { beginDatabase, observeAddons, removeAddon } from "../world/provision.js";
import { addRelease } from "../world/releases.js";
import type { AddonRecord, AppRecord } from "../world/types.js";
import { isSelf, requireVerified } from "./account.js";
import { addonAnswer } from "./addon-answer.js";
import { addonName, cliReference, reference } from "./names.js";

const create = {
  attachment: z.strictObject({ name: z.string().optional() }).optional(),
  config: z.record(z.string().regex(/^\w+$/), z.string()).optional(),
  confirm: z.string().optional(),
  name: addonName.optional(),
};

export const schemas = {
  create: z.strictObject({ ...create, plan: reference }),
  update: z.strictObject({ name: addonName.optional(), plan: reference }),
  cliCreate: z.strictObject({ ...create, plan: cliReference }),
  cliUpdate: z.strictObject({ name: addonName.optional(), plan: cliReference.optional() }),
  cliDelete: z.strictObject({ force: z.boolean().optional() }),
};

/** How long an add-on request holds its app at the least, so that two at once are always seen as two at once. */
const HOLD_MS = 5;

export function addons(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const owned = (app: AppRecord): AddonRecord[] => world.addons.filter((addon) => addon.app === app.id);
  const observed = (list: AddonRecord[]): AddonRecord[] => {
    observeAddons(machine, list);
    return list;
  };
  routes.get("/addons", (c) => {
    const list = observed(world.addons).map((addon) => addonAnswer(machine, addon, c));
    return page(c, list, ["id", "name", "created_at", "updated_at"]);
  });
  routes.get("/users/:account/addons", (c) => {
    if (!isSelf(machine, c.req.param("account"))) throw notFound("account", "account");
    const list = observed(world.addons).map((addon) => addonAnswer(machine, addon, c));
    return page(c, list, ["id", "name", "created_at", "updated_at"]);
  });
  routes.get("/addons/:addon", (c) => {
    const addon = findAddon(machine, c.req.param("addon"));
    observeAddons(machine, [addon]);
    return c.json(addonAnswer(machine, addon, c));
  });
  routes.get("/apps/:app/addons", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const list = observed(owned(app)).map((addon) => addonAnswer(machine, addon, c));
    return page(c, list, ["id", "name", "created_at", "updated_at"]);
  });
  routes.get("/apps/:app/addons/:addon", (c) => {
    const addon = findAddon(machine, c.req.param("addon"), findApp(machine, c.req.param("app")));
    observeAddons(machine, [addon]);
    return c.json(addonAnswer(machine, addon, c));
  });
  routes.post("/apps/:app/addons", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const wish = await readBody(c, isCli(c) ? schemas.cliCreate : schemas.create);
    const addon = await alone(machine, app, () => createAddon(machine, app, wish));
    return c.json(addonAnswer(machine, addon, c), 201);
  });
  routes.patch("/apps/:app/addons/:addon", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const addon = findAddon(machine, c.req.param("addon"), app);
    const wish = await readBody(c, isCli(c) ? schemas.cliUpdate : schemas.update);
    if (wish.name !== undefined && wish.name !== addon.name) requireFreeName(machine, wish.name);
    const plan = wish.plan === undefined ? undefined : requirePlan(machine, wish.plan);
    if (plan !== undefined && plan.name !== addon.plan) changePlan(machine, app, addon, plan);
    addon.name = wish.name ?? addon.name;
    addon.updated_at = machine.stamp();
    machine.touch();
    return c.json(addonAnswer(machine, addon, c));
  });
  routes.delete("/apps/:app/addons/:addon", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const addon = findAddon(machine, c.req.param("addon"), app);
    if (addon.app !== app.id) throw notFound("add-on", "add_on");
    if (isCli(c)) await readBody(c, schemas.cliDelete);
    const last = addonAnswer(machine, addon, c);
    await alone(machine, app, () => removeAddon(machine, addon));
    return c.json(last);
  });
  return routes;
}

// Heroku works on one add-on request per app at a time.
async function alone<T>(machine: Machine, app: AppRecord, work: () => T | Promise<T>): Promise<T> {
  if (machine.creating.has(app.id)) {
    const message = `Another add-on request for ${app.name} is under way. Please wait until it is done.`;
    throw new ApiError(409, { id: "conflict", message });
  }
  machine.creating.add(app.id);
  try {
    const result = await work();
    await sleep(HOLD_MS);
    return result;
  } finally {
    machine.creating.delete(app.id);
  }
}

function createAddon(machine: Machine, app: AppRecord, wish: z.infer<typeof schemas.create>): AddonRecord {
  const { world } = machine;
  const plan = requirePlan(machine, wish.plan);
  const service = entry(services, plan.service);
  if (service === undefined) throw new Error(`The catalogue has no service ${plan.service}.`);
  requireVerified(machine, `install this add-on plan`);
  if (wish.name !== undefined) requireFreeName(machine, wish.name);
  const rivals = world.addons.filter((addon) => addon.app === app.id && addon.plan.startsWith(`${service.name}:`));
  if (!service.multiple && rivals.length > 0) {
    throw invalid(
      `The add-on ${service.name} is already installed on ${app.name} as ${rivals[0]?.name}; it can be installed only once.`,
    );
  }
  const stamp = machine.stamp();
  const addon: AddonRecord = {
    id: newId(),
    name: wish.name ?? newName(service.name.replace(/^heroku-/, "")),
    app: app.id,
    plan: plan.name,
    state: service.slow ? "provisioning" : "provisioned",
    values: service.slow ? {} : Object.fromEntries(service.values.map((name) => [name, newToken(20)])),
    database: null,
    readsLeft: service.slow ? machine.pace.provisionReads : 0,
    configReadsLeft: service.values.length > 0 ? machine.pace.configLagReads : 0,
    config: wish.config ?? {},
    created_at: stamp,
    updated_at: stamp,
  };
  const name = wish.attachment?.name ?? defaultName(machine, addon, app);
  checkAttachment(machine, addon, app, name, wish.confirm);
  world.addons.push(addon);
  attach(machine, addon, app, name);
  addRelease(machine, app, `Attach ${name} (@ref:${addon.name})`);
  if (service.slow) beginDatabase(machine, addon);
  return addon;
}

function changePlan(machine: Machine, app: AppRecord, addon: AddonRecord, plan: PlanEntry): void {
  const from = addonOf(machine, addon.id).plan;
  if (!from.startsWith(`${plan.service}:`))
    throw invalid(`Cannot change from ${from} to ${plan.name}: another service.`);
  if (plan.service === "heroku-postgresql" && tierOf(from) !== tierOf(plan.name)) {
    throw invalid(
      `Cannot change from ${from} to ${plan.name} in place: make a new database and copy the data (pg:copy).`,
    );
  }
  requireVerified(machine, "change this add-on plan");
  addon.plan = plan.name;
  addRelease(machine, app, `Change plan of ${addon.name} to ${plan.name}`);
}

function requirePlan(machine: Machine, named: string): PlanEntry {
  const plan = planOf(named);
  if (plan !== undefined && !machine.world.settings.plansNotSold.includes(plan.name)) return plan;
  throw new ApiError(404, {
    id: "not_found",
    message: `Couldn't find either the add-on service or the add-on plan of "${named}".`,
    resource: "plan",
  });
}

function requireFreeName({ world }: Machine, name: string): void {
  if (world.addons.some((addon) => addon.name === name)) throw invalid(`Name ${name} is already taken`);
}
