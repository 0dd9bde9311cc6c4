// The config vars of an app: its own, and those that its attachments bring and keep current.
import { entry, services } from "./catalog.js";
import { addonOf } from "./find.js";
import type { AddonRecord, AppRecord, AttachmentRecord, World } from "./types.js";

/** Names of the config vars an attachment of this add-on makes: `DWH` of a database makes `DWH_URL`. */
export function attachmentVars(addon: AddonRecord, attachmentName: string): string[] {
  const service = entry(services, addon.plan.replace(/:.*/, ""));
  return (service?.values ?? []).map((value) => `${attachmentName}_${value}`);
}

/** All names on the app that belong to attachments, whether their values are there yet or not. */
export function ownedNames(world: World, app: AppRecord): string[] {
  return attachmentsOf(world, app).flatMap((item) => attachmentVars(addonOf({ world }, item.addon), item.name));
}

/** What the app's dynos would get: its own vars with the attachments' values over them. */
export function configOf(world: World, app: AppRecord): Record<string, string> {
  const vars: Record<string, string> = { ...app.config };
  for (const item of attachmentsOf(world, app)) {
    const addon = addonOf({ world }, item.addon);
    if (addon.state !== "provisioned" || addon.configReadsLeft > 0) continue;
    for (const [name, value] of Object.entries(addon.values)) vars[`${item.name}_${name}`] = value;
  }
  return vars;
}

/** The app's attachments, oldest first. */
export function attachmentsOf(world: World, app: AppRecord): AttachmentRecord[] {
  return world.attachments.filter((item) => item.app === app.id);
}
