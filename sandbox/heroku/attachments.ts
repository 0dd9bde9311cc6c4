// Attachments of add-ons to apps, and finding add-ons and attachments by any name, as the CLI does.
import type { AddOnAttachment } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import { type Ctx, isCli, type Routes } from "../http/context.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { attach, checkAttachment, defaultName } from "../world/attach.js";
import { entry, services } from "../world/catalog.js";
import { attachmentVars } from "../world/config.js";
import { addonOf, appOf, findAddon, findApp, findAttachment } from "../world/find.js";
import type { Machine } from "../world/machine.js";
import { observeAddons } from "../world/provision.js";
import { addRelease } from "../world/releases.js";
import type { AttachmentRecord } from "../world/types.js";
import { addonAnswer } from "./addon-answer.js";
import { cliReference, reference } from "./names.js";

const create = {
  confirm: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().nullable().optional(),
  namespace_config: z.record(z.string(), z.unknown()).nullable().optional(),
};
const appHint = { app: z.string().nullable().optional(), addon_service: z.string().optional() };

export const schemas = {
  create: z.strictObject({ ...create, addon: reference, app: reference }),
  cliCreate: z.strictObject({ ...create, addon: cliReference, app: cliReference }),
  resolveAddon: z.strictObject({ addon: reference, ...appHint }),
  resolveAttachment: z.strictObject({ addon_attachment: reference, ...appHint }),
};

const fields = ["id", "name", "created_at", "updated_at"] as const;

export function attachments(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const list = (c: Ctx, some: AttachmentRecord[]): Response =>
    page(
      c,
      some.map((item) => attachmentAnswer(machine, item, c)),
      [...fields],
    );
  routes.get("/addon-attachments", (c) => list(c, world.attachments));
  routes.get("/addon-attachments/:attachment", (c) => {
    return c.json(attachmentAnswer(machine, findAttachment(machine, c.req.param("attachment")), c));
  });
  routes.get("/addons/:addon/addon-attachments", (c) => {
    const addon = findAddon(machine, c.req.param("addon"));
    return list(
      c,
      world.attachments.filter((item) => item.addon === addon.id),
    );
  });
  routes.get("/apps/:app/addon-attachments", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return list(
      c,
      world.attachments.filter((item) => item.app === app.id),
    );
  });
  routes.get("/apps/:app/addon-attachments/:attachment", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return c.json(attachmentAnswer(machine, findAttachment(machine, c.req.param("attachment"), app), c));
  });
  routes.post("/addon-attachments", async (c) => {
    const wish = await readBody(c, isCli(c) ? schemas.cliCreate : schemas.create);
    return c.json(attachmentAnswer(machine, createAttachment(machine, wish), c), 201);
  });
  routes.delete("/addon-attachments/:attachment", (c) => {
    const item = findAttachment(machine, c.req.param("attachment"));
    const last = attachmentAnswer(machine, item, c);
    const addon = addonOf(machine, item.addon);
    const left = world.attachments.filter((other) => other.id !== item.id);
    const isLastOfOwner =
      item.app === addon.app && !left.some((other) => other.addon === addon.id && other.app === addon.app);
    if (isLastOfOwner) throw invalid("Cannot destroy the last attachment of an add-on to the app that owns it.");
    world.attachments = left;
    addRelease(machine, appOf(machine, item.app), `Detach ${item.name} (@ref:${addon.name})`);
    return c.json(last);
  });
  routes.post("/actions/addons/resolve", async (c) => {
    const wish = await readBody(c, schemas.resolveAddon);
    const app = wish.app == null ? undefined : findApp(machine, wish.app);
    const named = world.attachments.find((item) => item.app === app?.id && item.name === wish.addon.toUpperCase());
    const ofService = world.addons.filter(
      (addon) => addon.plan.startsWith(`${wish.addon}:`) && (app === undefined || addon.app === app.id),
    );
    const found = world.addons.some((addon) => addon.name === wish.addon || addon.id === wish.addon);
    const matches = found
      ? [findAddon(machine, wish.addon, app)]
      : named !== undefined
        ? [addonOf(machine, named.addon)]
        : ofService;
    const fitting = matches.filter(
      (addon) => wish.addon_service == null || addon.plan.startsWith(`${wish.addon_service}:`),
    );
    if (fitting.length === 0) throw notFound("add-on", "add_on");
    observeAddons(machine, fitting);
    return c.json(fitting.map((addon) => addonAnswer(machine, addon, c)));
  });
  routes.post("/actions/addon-attachments/resolve", async (c) => {
    const wish = await readBody(c, schemas.resolveAttachment);
    const app = wish.app == null ? undefined : findApp(machine, wish.app);
    const wanted = wish.addon_attachment.replace(/_URL$/, "").toUpperCase();
    const matches = world.attachments.filter((item) => {
      const addon = addonOf(machine, item.addon);
      const isNamed = item.id === wish.addon_attachment || item.name === wanted || addon.name === wish.addon_attachment;
      const fits = wish.addon_service == null || addon.plan.startsWith(`${wish.addon_service}:`);
      return isNamed && fits && (app === undefined || item.app === app.id);
    });
    if (matches.length === 0) throw notFound("add-on attachment", "add_on attachment");
    return c.json(matches.map((item) => attachmentAnswer(machine, item, c)));
  });
  return routes;
}

function createAttachment(machine: Machine, wish: z.infer<typeof schemas.create>): AttachmentRecord {
  const addon = findAddon(machine, wish.addon);
  const app = findApp(machine, wish.app);
  const service = entry(services, addon.plan.replace(/:.*/, ""));
  if (app.id !== addon.app && service?.sharing !== true)
    throw invalid(`${service?.name} cannot be shared between apps.`);
  if (wish.namespace != null) {
    throw new ApiError(422, {
      id: "invalid_params",
      message: `${addon.name} has only its default credential: no namespace ${wish.namespace}.`,
    });
  }
  const name = wish.name ?? defaultName(machine, addon, app);
  checkAttachment(machine, addon, app, name, wish.confirm);
  if (addon.state !== "provisioned") throw invalid(`${addon.name} is not provisioned yet and cannot be attached.`);
  const made = attach(machine, addon, app, name);
  addRelease(machine, app, `Attach ${name} (@ref:${addon.name})`);
  return made;
}

function attachmentAnswer(machine: Machine, item: AttachmentRecord, c: Ctx): AddOnAttachment {
  const addon = addonOf(machine, item.addon);
  const app = appOf(machine, item.app);
  const owner = appOf(machine, addon.app);
  const inclusion = c.req.header("accept-inclusion") ?? "";
  const whole = addonAnswer(machine, addon, c);
  const isWhole = /addon:plan/.test(inclusion);
  return {
    addon: {
      id: addon.id,
      name: addon.name,
      app: { id: owner.id, name: owner.name },
      ...(isWhole ? { plan: whole.plan, addon_service: whole.addon_service } : {}),
    },
    app: { id: app.id, name: app.name },
    created_at: item.created_at,
    id: item.id,
    log_input_url: null,
    name: item.name,
    namespace: item.namespace,
    updated_at: item.updated_at,
    web_url: whole.web_url,
    ...(/config_vars/.test(inclusion) ? { config_vars: attachmentVars(addon, item.name) } : {}),
  };
}
