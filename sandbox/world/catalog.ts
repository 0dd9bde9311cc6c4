// What this Heroku sells and runs on: add-on plans, dyno sizes, stacks, regions, as in its public lists of late 2026.
import { idOf } from "./ids.js";

export interface PlanEntry {
  id: string;
  name: string;
  service: string;
  human_name: string;
  cents: number;
  default: boolean;
}

export interface ServiceEntry {
  id: string;
  name: string;
  human_name: string;
  /** More than one may be added to an app. */
  multiple: boolean;
  /** May be attached to other apps. */
  sharing: boolean;
  /** Attachment name of the first one on an app. */
  attachment: string;
  /** Provider-side names of its values; the config var is `<attachment>_<name>`. */
  values: string[];
  /** Whether it is ready only some time after it was asked for. */
  slow: boolean;
}

export interface SizeEntry {
  id: string;
  name: string;
  memory: number;
  compute: number;
  cents: number;
  dedicated: boolean;
  /** Sizes of different tiers do not mix in one app. */
  tier: "eco" | "basic" | "professional";
}

export interface StackEntry {
  id: string;
  name: string;
  default: boolean;
  state: string;
}

export interface RegionEntry {
  id: string;
  name: string;
  description: string;
  country: string;
  locale: string;
  private: boolean;
  provider: string;
}

export const services: ServiceEntry[] = [
  service("heroku-postgresql", "Heroku Postgres", "DATABASE", ["URL"], { multiple: true, sharing: true, slow: true }),
  service("scheduler", "Heroku Scheduler", "SCHEDULER", [], {}),
  service("papertrail", "Papertrail", "PAPERTRAIL", ["API_TOKEN"], {}),
];

export const plans: PlanEntry[] = [
  plan("heroku-postgresql", "essential-0", "Essential 0", 500, true),
  plan("heroku-postgresql", "essential-1", "Essential 1", 900),
  plan("heroku-postgresql", "essential-2", "Essential 2", 2000),
  plan("heroku-postgresql", "standard-0", "Standard 0", 5000),
  plan("heroku-postgresql", "standard-2", "Standard 2", 20_000),
  plan("heroku-postgresql", "premium-0", "Premium 0", 20_000),
  plan("scheduler", "standard", "Standard", 0, true),
  plan("papertrail", "choklad", "Choklad", 0, true),
  plan("papertrail", "fixa", "Fixa", 700),
  plan("papertrail", "volmar", "Volmar", 1800),
];

export const sizes: SizeEntry[] = [
  size("Eco", 0.5, 500, "eco"),
  size("Basic", 0.5, 700, "basic"),
  size("Standard-1X", 0.5, 2500, "professional"),
  size("Standard-2X", 1, 5000, "professional"),
  size("Performance-M", 2.5, 25_000, "professional", true),
  size("Performance-L", 14, 50_000, "professional", true),
];

export const stacks: StackEntry[] = [
  stack("container", false, "public"),
  stack("heroku-22", false, "public"),
  stack("heroku-24", true, "public"),
  stack("heroku-26", false, "public"),
];

export const regions: RegionEntry[] = [
  region("eu", "Europe", "Ireland", "Dublin", false, "eu-west-1"),
  region("us", "United States", "United States", "Virginia", false, "us-east-1"),
  region("frankfurt", "Frankfurt, Germany", "Germany", "Frankfurt", true, "eu-central-1"),
  region("oregon", "Oregon, United States", "United States", "Oregon", true, "us-west-2"),
];

/** An entry by its name or id; names of dyno sizes are taken in any case. */
export function entry<T extends { id: string; name: string }>(list: T[], named: string): T | undefined {
  return list.find(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase());
}

/** The plan a create asks for: by id, by `service:plan`, or a service's default by the service's name alone. */
export function planOf(named: string): PlanEntry | undefined {
  return entry(plans, named) ?? plans.find((candidate) => candidate.service === named && candidate.default);
}

/** The part of a plan's name that tells its tier: `essential` of `heroku-postgresql:essential-0`. */
export function tierOf(planName: string): string {
  return planName.replace(/^[^:]*:/, "").replace(/-\d+$/, "");
}

function service(
  name: string,
  human_name: string,
  attachment: string,
  values: string[],
  traits: { multiple?: boolean; sharing?: boolean; slow?: boolean },
): ServiceEntry {
  const { multiple = false, sharing = false, slow = false } = traits;
  return { id: idOf("service", name), name, human_name, multiple, sharing, attachment, values, slow };
}

function plan(service: string, short: string, human_name: string, cents: number, isDefault = false): PlanEntry {
  const name = `${service}:${short}`;
  return { id: idOf("plan", name), name, service, human_name, cents, default: isDefault };
}

function size(name: string, memory: number, cents: number, tier: SizeEntry["tier"], dedicated = false): SizeEntry {
  return { id: idOf("size", name), name, memory, compute: Math.ceil(memory * 2), cents, dedicated, tier };
}

function stack(name: string, isDefault: boolean, state: string): StackEntry {
  return { id: idOf("stack", name), name, default: isDefault, state };
}

function region(
  name: string,
  description: string,
  country: string,
  locale: string,
  isPrivate: boolean,
  provider: string,
): RegionEntry {
  return { id: idOf("region", name), name, description, country, locale, private: isPrivate, provider };
}
