// The only reader: everything about both apps, in two rounds of calls that run side by side.
import { metabaseApp, pipelineApp } from "../../config/stack.js";
import type { Secret } from "../common/secret.js";
import { type Account, type EcoQuota, readAccount, readEcoQuota } from "../heroku/account.js";
import { listAddOns, listPlans } from "../heroku/addons.js";
import type { HerokuApi } from "../heroku/api.js";
import { isHeroku } from "../heroku/api.js";
import { readApp } from "../heroku/apps.js";
import { listAllAttachments, listAttachments } from "../heroku/attachments.js";
import { listSchedules } from "../heroku/backups.js";
import { listBuildpacks } from "../heroku/buildpacks.js";
import { listBuilds } from "../heroku/builds.js";
import { readConfig } from "../heroku/config-vars.js";
import { listDomains } from "../heroku/domains.js";
import { listFormation } from "../heroku/formation.js";
import { known, unknown } from "../heroku/known.js";
import { listSearches } from "../heroku/papertrail.js";
import { listReleases } from "../heroku/releases.js";
import { listJobs } from "../heroku/scheduler.js";
import { chosen } from "./candidates.js";
import type { Actual, ActualState, PlanOffer } from "./types.js";

/** What reading and applying speak through: the Platform API, and the three side APIs by address. */
export interface Remote {
  readonly api: HerokuApi;
  readonly token: Secret;
  readonly schedulerUrl: string;
  readonly dataUrl: string;
  readonly papertrailUrl: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Names {
  readonly pipelineApp: string;
  readonly metabaseApp: string;
}

/**
 * Reads both apps and the account. The first round asks everything that needs only the names; the second what needs
 * an id or a token from the first. Apps that are not there cost a few quick refusals.
 */
export async function readActual(remote: Remote, names: Names): Promise<Actual> {
  const { api } = remote;
  const apps = await readApps(remote, names);
  const { account, pipeline, metabase } = apps;
  const [eco, jobs, backups, searches, elsewhere, metabaseDomains] = await Promise.all([
    readEcoQuota(api, account.id),
    readJobs(remote, pipeline),
    readBackups(remote, pipeline),
    readSearches(remote, pipeline),
    readElsewhere(api, pipeline, metabase),
    readDomains(api, metabase),
  ]);
  return {
    ...apps,
    eco,
    metabase: metabase.state === "present" ? { ...metabase, domains: metabaseDomains } : metabase,
    jobs,
    backups,
    searches,
    elsewhere,
  };
}

/** The first round alone: both apps without their job, backup and searches, which count as not there. */
export async function readApps(remote: Remote, names: Names): Promise<Actual> {
  const { api } = remote;
  const [account, pipeline, metabase, plans] = await Promise.all([
    readAccount(api),
    readAppState(api, names.pipelineApp),
    readAppState(api, names.metabaseApp),
    readPlans(api),
  ]);
  const none = known([]);
  return {
    account,
    pipeline,
    metabase,
    plans,
    eco: undefined,
    jobs: none,
    backups: none,
    searches: none,
    elsewhere: [],
  };
}

/** The account and its Eco hours alone: for refusals that come before the first question. */
export async function readStanding(api: HerokuApi): Promise<{ account: Account; eco: EcoQuota | undefined }> {
  const account = await readAccount(api);
  return { account, eco: await readEcoQuota(api, account.id) };
}

async function readAppState(api: HerokuApi, name: string): Promise<ActualState> {
  const parts = Promise.all([
    listAddOns(api, name),
    listAttachments(api, name),
    readConfig(api, name),
    listBuildpacks(api, name),
    listFormation(api, name),
    listReleases(api, name),
    listBuilds(api, name),
  ]);
  // The parts of an app that is not there are refused: that is no news once the app itself has been read.
  parts.catch(() => undefined);
  const found = await readApp(api, name);
  if (found.state !== "present") return found;
  try {
    const [addOns, attachments, config, buildpacks, formation, releases, builds] = await parts;
    return {
      state: "present",
      app: found.app,
      addOns,
      attachments,
      config,
      buildpacks,
      formation,
      releases,
      builds,
      domains: [],
    };
  } catch (error) {
    // Made by another run between our calls: everything is there now.
    if (isHeroku(error, "not_found")) return readAppState(api, name);
    throw error;
  }
}

async function readPlans(api: HerokuApi): Promise<ReadonlyMap<string, ReadonlyMap<string, PlanOffer>>> {
  const services = [...new Set(pipelineApp.addOns.map((spec) => spec.service))];
  const sold = await Promise.all(services.map((service) => listPlans(api, service)));
  return new Map(
    services.flatMap((service, index) => {
      const plans = sold[index];
      return plans ? [[service, new Map(plans.map((plan) => [plan.name, plan] as const))] as const] : [];
    }),
  );
}

/** The app's database add-on, scheduler or log add-on as declared, when the app has it. */
export function addOnOf(service: string, state: ActualState) {
  const spec = pipelineApp.addOns.find((addOn) => addOn.service === service);
  return spec && state.state === "present" ? chosen(spec, state) : undefined;
}

async function readJobs(remote: Remote, state: ActualState): Promise<Actual["jobs"]> {
  if (state.state !== "present" || !addOnOf("scheduler", state)) return known([]);
  return listJobs(sideDeps(remote, remote.schedulerUrl), state.app.id);
}

async function readBackups(remote: Remote, state: ActualState): Promise<Actual["backups"]> {
  const database = addOnOf("heroku-postgresql", state);
  return database ? listSchedules(sideDeps(remote, remote.dataUrl), database.id) : known([]);
}

async function readSearches(remote: Remote, state: ActualState): Promise<Actual["searches"]> {
  if (state.state !== "present" || !addOnOf("papertrail", state)) return known([]);
  const token = state.config.get("PAPERTRAIL_API_TOKEN");
  if (!token) return unknown("Papertrail's token (PAPERTRAIL_API_TOKEN) is not among the app's config vars yet");
  return listSearches({ ...sideDeps(remote, remote.papertrailUrl), token });
}

/** How the side APIs are reached. */
export function sideDeps(remote: Remote, url: string) {
  return { url, token: remote.token, ...(remote.signal ? { signal: remote.signal } : {}) };
}

async function readElsewhere(
  api: HerokuApi,
  pipeline: ActualState,
  metabase: ActualState,
): Promise<Actual["elsewhere"]> {
  if (pipeline.state === "present" && metabase.state === "present") return [];
  const attachments = await listAllAttachments(api);
  return attachments
    .filter(
      ({ name, app, ownerApp }) => name === metabaseApp.attachment && app !== "" && ownerApp !== "" && app !== ownerApp,
    )
    .map(({ app, ownerApp }) => ({ pipelineApp: ownerApp, metabaseApp: app }));
}

/** Asked only when the site's address is not the one that Heroku gave. */
async function readDomains(api: HerokuApi, metabase: ActualState): Promise<readonly string[]> {
  if (metabase.state !== "present") return [];
  const site = metabase.config.get("MB_SITE_URL")?.reveal();
  const own = metabase.app.webUrl.replace(/\/$/, "");
  return site === undefined || site.replace(/\/$/, "") === own ? [] : listDomains(api, metabase.app.name);
}
