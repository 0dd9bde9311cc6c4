// Changes that somebody makes by hand behind the product's back: a record altered, a thing removed, a backup taken.
import { removeApp } from "../heroku/apps.js";
import { invalid, notFound } from "../http/errors.js";
import { alignDynos } from "../world/dynos.js";
import { appOf, findAddon, findApp } from "../world/find.js";
import { newId } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import { removeAddon } from "../world/provision.js";
import { currentRelease } from "../world/releases.js";
import type { AddonRecord, TransferRecord } from "../world/types.js";
import type { collections } from "./schemas.js";

export type Collection = (typeof collections)[number];

/** Merges the wish into the record of that id, uuid, or name. 422 for a property such a record does not have. */
export function changeRecord(
  machine: Machine,
  collection: Collection,
  named: string,
  wish: Record<string, unknown>,
): object {
  const record = recordNamed(machine, collection, named);
  const unknown = Object.keys(wish).filter((key) => !(key in record));
  if (unknown.length > 0) throw invalid(`A record of ${collection} has no ${unknown.join(", ")}.`);
  Object.assign(record, wish);
  machine.touch();
  if (collection === "formation" && "app" in record) align(machine, String(record.app));
  return record;
}

/** Removes a record; an app or an add-on goes with everything that belongs to it. */
export async function removeRecord(machine: Machine, collection: Collection, named: string): Promise<void> {
  if (collection === "apps") return removeApp(machine, findApp(machine, named));
  if (collection === "addons") return removeAddon(machine, findAddon(machine, named));
  const record = recordNamed(machine, collection, named);
  const list: object[] = machine.world[collection];
  list.splice(list.indexOf(record), 1);
  machine.touch();
  if (collection === "formation" && "app" in record) align(machine, String(record.app));
}

/** A scheduled backup that has just been taken. */
export function newTransfer(machine: Machine, addon: AddonRecord): TransferRecord {
  const stamp = machine.stamp();
  const num = machine.world.transfers.length + 1;
  const made = { uuid: newId(), num, addon: addon.id, started_at: stamp, finished_at: stamp, succeeded: true };
  machine.world.transfers.push(made);
  machine.touch();
  return made;
}

function recordNamed(machine: Machine, collection: Collection, named: string): object {
  const list: object[] = machine.world[collection];
  const isIt = (record: object): boolean =>
    ("id" in record && record.id === named) ||
    ("uuid" in record && record.uuid === named) ||
    ("name" in record && record.name === named);
  const found = list.find(isIt);
  if (found === undefined) throw notFound(`record of ${collection}`, collection);
  return found;
}

function align(machine: Machine, id: string): void {
  const app = appOf(machine, id);
  const release = currentRelease(machine, app);
  if (release !== undefined) alignDynos(machine, app, release);
}
