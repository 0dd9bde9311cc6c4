// Attaching an add-on to an app: the name it gets, and whose config vars it would take the place of.
import { ApiError, invalid } from "../http/errors.js";
import { entry, services } from "./catalog.js";
import { attachmentsOf, attachmentVars } from "./config.js";
import { newId } from "./ids.js";
import type { Machine } from "./machine.js";
import type { AddonRecord, AppRecord, AttachmentRecord } from "./types.js";

const colors = ["RED", "BLUE", "GREEN", "AMBER", "COBALT", "CRIMSON", "OLIVE", "PURPLE", "TEAL", "WHITE"];

/** The name an attachment gets when none was wished for: `DATABASE`, or a colour when that is taken. */
export function defaultName(machine: Machine, addon: Pick<AddonRecord, "plan">, app: AppRecord): string {
  const service = entry(services, addon.plan.replace(/:.*/, ""));
  const first = service?.attachment ?? "ADDON";
  const taken = attachmentsOf(machine.world, app).map((item) => item.name);
  if (!taken.includes(first)) return first;
  const stem = (service?.name ?? "addon").toUpperCase().replace(/-/g, "_");
  const color = colors.find((candidate) => !taken.includes(`${stem}_${candidate}`));
  return `${stem}_${color ?? taken.length}`;
}

/**
 * Refuses an attachment name that does not fit. 422 when this add-on has it there already or the name is malformed; 400
 * `confirmation_required`, unless confirmed with the app's name, when another attachment or a config var would be replaced.
 */
export function checkAttachment(
  machine: Machine,
  addon: AddonRecord,
  app: AppRecord,
  name: string,
  confirm: string | undefined,
): void {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw invalid(
      "Attachment name must start with a letter and can only contain uppercase letters, numbers, and underscores",
    );
  }
  const holder = attachmentsOf(machine.world, app).find((item) => item.name === name);
  if (holder?.addon === addon.id) throw invalid(`Name ${name} has already been taken on ${app.name}`);
  const replaced = attachmentVars(addon, name).filter((variable) => variable in app.config);
  if (holder === undefined && replaced.length === 0) return;
  if (confirm === app.name) return;
  if (confirm !== undefined) throw invalid(`Confirmation ${confirm} does not match the app's name ${app.name}.`);
  const what = holder === undefined ? replaced.join(", ") : `the attachment ${name}`;
  throw new ApiError(400, {
    id: "confirmation_required",
    message: `This would overwrite ${what} on ${app.name}. Confirm with the app's name.`,
  });
}

/** Makes the attachment; what it takes the place of goes. */
export function attach(
  machine: Machine,
  addon: AddonRecord,
  app: AppRecord,
  name: string,
  namespace: string | null = null,
): AttachmentRecord {
  const { world } = machine;
  const stamp = machine.stamp();
  world.attachments = world.attachments.filter((item) => item.app !== app.id || item.name !== name);
  for (const variable of attachmentVars(addon, name)) delete app.config[variable];
  const made = { id: newId(), name, addon: addon.id, app: app.id, namespace, created_at: stamp, updated_at: stamp };
  world.attachments.push(made);
  machine.touch();
  return made;
}
