// What can be chosen: regions, stacks, dyno sizes, add-on services and their plans.
import type { AddOnService, DynoSize, Plan, Region, Stack } from "@heroku-cli/schema";
import { newRoutes } from "../http/app.js";
import type { Routes } from "../http/context.js";
import { notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import {
  entry,
  type PlanEntry,
  plans,
  type RegionEntry,
  regions,
  type ServiceEntry,
  type SizeEntry,
  type StackEntry,
  services,
  sizes,
  stacks,
} from "../world/catalog.js";
import { findApp } from "../world/find.js";
import { idOf } from "../world/ids.js";
import type { Machine } from "../world/machine.js";

/** When everything of the catalogue was made. */
const MADE = "2026-05-01T00:00:00Z";

export function catalog(machine: Machine): Routes {
  const routes = newRoutes();
  const isSold = (plan: PlanEntry): boolean => !machine.world.settings.plansNotSold.includes(plan.name);
  routes.get("/regions", (c) => page(c, regions.map(regionAnswer), ["id", "name"]));
  routes.get("/regions/:region", (c) => c.json(regionAnswer(known(regions, c.req.param("region"), "region"))));
  routes.get("/stacks", (c) => page(c, stacks.map(stackAnswer), ["id", "name"]));
  routes.get("/stacks/:stack", (c) => c.json(stackAnswer(known(stacks, c.req.param("stack"), "stack"))));
  routes.get("/apps/:app/available-stacks", (c) => {
    findApp(machine, c.req.param("app"));
    return page(c, stacks.map(stackAnswer), ["id", "name"]);
  });
  routes.get("/dyno-sizes", (c) => page(c, sizes.map(sizeAnswer), ["id", "name"]));
  routes.get("/dyno-sizes/:size", (c) => c.json(sizeAnswer(known(sizes, c.req.param("size"), "dyno size"))));
  routes.get("/apps/:app/available-dyno-sizes", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const usable = sizes.filter((size) => size.tier !== "eco" || app.team === null);
    return page(c, usable.map(sizeAnswer), ["id", "name"]);
  });
  routes.get("/addon-services", (c) => page(c, services.map(serviceAnswer), ["id", "name"]));
  routes.get("/addon-services/:service", (c) => {
    return c.json(serviceAnswer(known(services, c.req.param("service"), "add-on service")));
  });
  routes.get("/addon-services/:service/plans", (c) => {
    const service = known(services, c.req.param("service"), "add-on service");
    const list = plans.filter((plan) => plan.service === service.name && isSold(plan));
    return page(c, list.map(planAnswer), ["id", "name"]);
  });
  routes.get("/addon-services/:service/plans/:plan", (c) => {
    const service = known(services, c.req.param("service"), "add-on service");
    const list = plans.filter((plan) => plan.service === service.name && isSold(plan));
    return c.json(planAnswer(known(list, c.req.param("plan"), "plan")));
  });
  routes.get("/plans/:plan", (c) => c.json(planAnswer(known(plans.filter(isSold), c.req.param("plan"), "plan"))));
  return routes;
}

function known<T extends { id: string; name: string }>(list: T[], named: string, what: string): T {
  const found = entry(list, named);
  if (found === undefined) throw notFound(what, what.replace(/\W/g, "_"));
  return found;
}

function regionAnswer(region: RegionEntry): Region {
  const provider = { name: "amazon-web-services", region: region.provider };
  return {
    country: region.country,
    created_at: MADE,
    description: region.description,
    id: region.id,
    locale: region.locale,
    name: region.name,
    private_capable: region.private,
    provider: provider as NonNullable<Region["provider"]>,
    updated_at: MADE,
  };
}

function stackAnswer(stack: StackEntry): Stack {
  return {
    created_at: MADE,
    default: stack.default,
    id: stack.id,
    name: stack.name,
    state: stack.state,
    updated_at: MADE,
  };
}

function sizeAnswer(size: SizeEntry): DynoSize {
  return {
    architecture: "amd64",
    compute: size.compute,
    cost: { cents: size.cents, unit: "month" },
    dedicated: size.dedicated,
    generation: { id: idOf("generation", "cedar"), name: "cedar" },
    id: size.id,
    memory: size.memory,
    name: size.name,
    precise_dyno_units: size.compute,
    private_space_only: false,
  };
}

export function serviceAnswer(service: ServiceEntry): AddOnService {
  return {
    cli_plugin_name: null,
    created_at: MADE,
    human_name: service.human_name,
    id: service.id,
    name: service.name,
    state: "ga",
    supported_generations: [{ id: idOf("generation", "cedar"), name: "cedar" }],
    supports_multiple_installations: service.multiple,
    supports_sharing: service.sharing,
    updated_at: MADE,
  };
}

export function planAnswer(plan: PlanEntry): Plan {
  return {
    addon_service: { id: entry(services, plan.service)?.id ?? "", name: plan.service },
    compliance: null,
    created_at: MADE,
    default: plan.default,
    description: `${entry(services, plan.service)?.human_name} ${plan.human_name}`,
    human_name: plan.human_name,
    id: plan.id,
    installable_inside_private_network: false,
    installable_outside_private_network: true,
    name: plan.name,
    price: { cents: plan.cents, contract: false, unit: "month" },
    space_default: false,
    state: "ga",
    updated_at: MADE,
    visible: true,
  };
}
