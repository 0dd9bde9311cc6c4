// Add-ons coming to life: their databases and tokens are made in the background, and show after a number of reads.
import { attachmentsOf } from "./config.js";
import { appOf } from "./find.js";
import { newToken } from "./ids.js";
import { log, type Machine } from "./machine.js";
import { addRelease } from "./releases.js";
import type { AddonRecord, AppRecord } from "./types.js";

/** A read of these add-ons: each one that is still provisioning comes one read nearer, or is done. */
export function observeAddons(machine: Machine, addons: AddonRecord[]): void {
  for (const addon of addons) {
    if (addon.state !== "provisioning") continue;
    machine.touch();
    if (addon.readsLeft > 0) addon.readsLeft -= 1;
    else if (Object.keys(addon.values).length > 0) finish(machine, addon);
    else beginDatabase(machine, addon);
  }
}

/** A read of the app's config vars: it counts for the add-ons attached to it, and for values that lag. */
export function observeConfig(machine: Machine, app: AppRecord): void {
  const ids = attachmentsOf(machine.world, app).map((item) => item.addon);
  const addons = machine.world.addons.filter((addon) => ids.includes(addon.id));
  observeAddons(machine, addons);
  for (const addon of addons) {
    if (addon.state !== "provisioned" || addon.configReadsLeft === 0) continue;
    addon.configReadsLeft -= 1;
    machine.touch();
  }
}

/** Begins to make the add-on's database, unless that is under way; safe to call again after a crash. */
export function beginDatabase(machine: Machine, addon: AddonRecord): void {
  const key = `database ${addon.id}`;
  if (machine.running.has(key) || addon.values.URL !== undefined) return;
  const opening = machine.postgres();
  if (opening === undefined) {
    const [user, password, name] = [newToken(14), newToken(64), newToken(14)];
    addon.values = { URL: `postgres://u${user}:p${password}@127.0.0.1:5/d${name}` };
    machine.touch();
    return;
  }
  const work = opening
    .then(async (postgres) => {
      const made = await postgres.createDatabase();
      if (!machine.world.addons.includes(addon)) return postgres.drop(made.name);
      addon.values = { URL: made.url };
      addon.database = made.name;
      machine.touch();
      machine.store.save(machine.world);
    })
    .catch((error: unknown) => {
      addon.state = "deprovisioned";
      machine.touch();
      process.stderr.write(
        `sandbox: no database for ${addon.name}: ${error instanceof Error ? error.message : error}\n`,
      );
    })
    .finally(() => machine.running.delete(key));
  machine.running.set(key, work);
}

/** Gives a database new credentials, as Heroku may at any time; every app it is attached to gets a release. */
export async function rotate(machine: Machine, addon: AddonRecord): Promise<void> {
  const postgres = machine.postgres();
  if (addon.values.URL === undefined) throw new Error(`${addon.name} has no database yet.`);
  if (postgres === undefined || addon.database === null) {
    addon.values.URL = addon.values.URL.replace(/\/\/[^@]+@/, `//u${newToken(14)}:p${newToken(64)}@`);
  } else {
    addon.values.URL = (await (await postgres).rotate(addon.database)).url;
  }
  announce(machine, addon);
}

/** Removes the add-on with its attachments, schedules and database. */
export async function removeAddon(machine: Machine, addon: AddonRecord): Promise<void> {
  const { world } = machine;
  await machine.running.get(`database ${addon.id}`);
  const touched = world.attachments.filter((item) => item.addon === addon.id);
  world.addons = world.addons.filter((other) => other.id !== addon.id);
  world.attachments = world.attachments.filter((item) => item.addon !== addon.id);
  world.schedules = world.schedules.filter((item) => item.addon !== addon.id);
  world.transfers = world.transfers.filter((item) => item.addon !== addon.id);
  if (addon.plan.startsWith("scheduler:")) world.jobs = world.jobs.filter((job) => job.app !== addon.app);
  if (addon.plan.startsWith("papertrail:")) delete world.searches.searches[addon.app];
  machine.touch();
  if (addon.database !== null) await (await machine.postgres())?.drop(addon.database);
  for (const item of touched) {
    const app = world.apps.find(({ id }) => id === item.app);
    if (app !== undefined) addRelease(machine, app, `Detach ${item.name} (@ref:${addon.name})`);
  }
}

function finish(machine: Machine, addon: AddonRecord): void {
  addon.state = "provisioned";
  addon.updated_at = machine.stamp();
  announce(machine, addon);
}

function announce(machine: Machine, addon: AddonRecord): void {
  for (const item of machine.world.attachments.filter((other) => other.addon === addon.id)) {
    const app = appOf(machine, item.app);
    addRelease(machine, app, `Update ${item.name} by ${addon.plan.replace(/:.*/, "")}`);
    log(machine, app.id, "app[api]", `Update ${item.name} by user ${addon.plan.replace(/:.*/, "")}`);
  }
  machine.touch();
}
