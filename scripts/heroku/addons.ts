// Add-ons of an app: read, create under a name of ours, change the plan; and the plans that are sold.
import type * as Schema from "@heroku-cli/schema";
import { ExpectedError } from "../common/errors.js";
import { type HerokuApi, isHeroku } from "./api.js";

export interface AddOn {
  readonly id: string;
  readonly name: string;
  /** name of the service, such as heroku-postgresql */
  readonly service: string;
  /** short name of the plan, such as essential-0 */
  readonly plan: string;
  readonly state: "provisioning" | "provisioned" | "deprovisioned";
  /** the app that pays for it */
  readonly app: string;
  readonly configVars: readonly string[];
}

function view(addOn: Schema.AddOn, app: string): AddOn {
  const plan = addOn.plan?.name ?? "";
  const colon = plan.indexOf(":");
  return {
    id: addOn.id,
    name: addOn.name,
    service: addOn.addon_service?.name ?? plan.slice(0, Math.max(0, colon)),
    plan: plan.slice(colon + 1),
    state: addOn.state,
    app: addOn.app?.name ?? app,
    configVars: addOn.config_vars ?? [],
  };
}

/** All add-ons that an app owns (Heroku Platform API, Add-on > List By App). */
export async function listAddOns(api: HerokuApi, app: string): Promise<AddOn[]> {
  const addOns = await api.list<Schema.AddOn>(`/apps/${app}/addons`, { doing: `list the add-ons of ${app}` });
  return addOns.map((addOn) => view(addOn, app)).filter((addOn) => addOn.app === app);
}

/** One add-on of an app by name. */
export async function readAddOn(api: HerokuApi, app: string, name: string): Promise<AddOn | undefined> {
  try {
    return view(await api.get<Schema.AddOn>(`/apps/${app}/addons/${name}`, { doing: `read the add-on ${name}` }), app);
  } catch (error) {
    if (isHeroku(error, "not_found")) return undefined;
    throw error;
  }
}

export interface AddOnWish {
  readonly app: string;
  /** unique over all of Heroku: what makes a create repeatable */
  readonly name: string;
  readonly service: string;
  readonly plan: string;
  /** the name of its attachment to the app, and so of its config var */
  readonly attachment?: string | undefined;
}

/**
 * Creates an add-on, or returns the one of this name that an earlier try or another run has made.
 * @throws ExpectedError (refused) when the name belongs to an add-on of another app
 */
export async function createAddOn(api: HerokuApi, wish: AddOnWish): Promise<AddOn> {
  const { app, name, service, plan, attachment } = wish;
  const body = { plan: `${service}:${plan}`, name, ...(attachment ? { attachment: { name: attachment } } : {}) };
  const readBack = async () => (await listAddOns(api, app)).find((addOn) => addOn.name === name);
  try {
    const made = await api.post<Schema.AddOn | AddOn>(`/apps/${app}/addons`, body, {
      doing: `create the add-on ${service}:${plan} for ${app}`,
      readBack,
    });
    return "configVars" in made ? (made as AddOn) : view(made as Schema.AddOn, app);
  } catch (error) {
    if (!isHeroku(error, 422) || /^verification/.test(error.id)) throw error;
    const mine = await readBack();
    if (mine) return mine;
    if (/taken|already/i.test(error.said) && error.said.includes(name)) {
      throw new ExpectedError("refused", `The add-on name ${name} is taken by another app on Heroku.`, {
        why: `Add-on names are unique over all of Heroku, and this one follows from the app's name. Heroku says: ${error.said}`,
        commands: ["npm run setup -- --pipeline-app another-name", `heroku addons:info ${name}`],
      });
    }
    throw error;
  }
}

/** Moves an add-on to another plan of its service (Heroku Platform API, Add-on > Update). */
export async function changePlan(api: HerokuApi, addOn: AddOn, plan: string): Promise<void> {
  const body = { plan: `${addOn.service}:${plan}` };
  await api.patch(`/apps/${addOn.app}/addons/${addOn.name}`, body, { doing: `move ${addOn.name} to the plan ${plan}` });
}

export interface SoldPlan {
  readonly name: string;
  /** undefined when the price is by contract or not told */
  readonly monthlyCents: number | undefined;
}

/** The plans that a service sells today, or undefined when the API does not know the service. */
export async function listPlans(api: HerokuApi, service: string): Promise<SoldPlan[] | undefined> {
  try {
    const plans = await api.list<Schema.Plan>(`/addon-services/${service}/plans`, {
      doing: `list the plans of ${service}`,
    });
    return plans
      .filter((plan) => !/shutdown|sunset|deprecated/i.test(plan.state ?? ""))
      .map((plan) => ({
        name: (plan.name ?? "").replace(`${service}:`, ""),
        monthlyCents: plan.price?.unit === undefined || plan.price.unit === "month" ? plan.price?.cents : undefined,
      }));
  } catch (error) {
    if (isHeroku(error, "not_found", "forbidden")) return undefined;
    throw error;
  }
}
