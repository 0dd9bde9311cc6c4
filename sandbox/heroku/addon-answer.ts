// An add-on as Heroku answers it; plan and service in full when the request asks for the expansion.
import type { AddOn } from "@heroku-cli/schema";
import type { Ctx } from "../http/context.js";
import { entry, planOf, services } from "../world/catalog.js";
import { attachmentVars } from "../world/config.js";
import { appOf } from "../world/find.js";
import { idOf } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import type { AddonRecord } from "../world/types.js";
import { planAnswer, serviceAnswer } from "./catalog.js";

/** Header `Accept-Expansion: addon_service,plan`, which the CLI uses, or `Accept-Inclusion`, gives whole records. */
export function addonAnswer(machine: Machine, addon: AddonRecord, c: Ctx): AddOn {
  const app = appOf(machine, addon.app);
  const plan = planOf(addon.plan);
  const service = entry(services, addon.plan.replace(/:.*/, ""));
  if (plan === undefined || service === undefined) throw new Error(`The catalogue has no plan ${addon.plan}.`);
  const expansion = c.req.header("accept-expansion") ?? "";
  const price = { cents: plan.cents, contract: false, unit: "month" };
  const attached = machine.world.attachments.filter((item) => item.addon === addon.id && item.app === app.id);
  return {
    actions: [] as unknown as AddOn["actions"],
    addon_service: /addon_service/.test(expansion) ? serviceAnswer(service) : { id: service.id, name: service.name },
    app: { id: app.id, name: app.name },
    billed_price: price,
    billing_entity: { id: app.id, name: app.name, type: "app" },
    config_vars: attached.flatMap((item) => attachmentVars(addon, item.name)) as AddOn["config_vars"],
    created_at: addon.created_at,
    id: addon.id,
    name: addon.name,
    plan: /\bplan\b/.test(expansion) ? planAnswer(plan) : { id: plan.id, name: plan.name },
    provider_id: idOf("provider", addon.id),
    state: addon.state,
    updated_at: addon.updated_at,
    web_url: `https://addons-sso.heroku.com/apps/${app.id}/addons/${addon.id}`,
  };
}
