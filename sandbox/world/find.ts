// Finds things of the world by name or id, and refuses with the error Heroku gives when they are not there.
import { forbidden, notFound } from "../http/errors.js";
import type { Machine } from "./machine.js";
import type { AddonRecord, AppRecord, AttachmentRecord } from "./types.js";

/** The app of that name or id. 403 when it is somebody else's, 404 when there is none. */
export function findApp({ world }: Machine, named: string): AppRecord {
  const found = world.apps.find(({ id, name }) => id === named || name === named);
  if (found !== undefined) return found;
  if (world.settings.foreignApps.includes(named)) throw forbidden(`You do not have access to the app ${named}.`);
  throw notFound("app", "app");
}

/** An app that a record points to; the record would not be there without it. */
export function appOf({ world }: Machine, id: string): AppRecord {
  const found = world.apps.find((app) => app.id === id);
  if (found === undefined) throw new Error(`The world holds no app ${id}.`);
  return found;
}

/** The add-on of that name or id, optionally one that the app owns or has attached. 404 when there is none. */
export function findAddon({ world }: Machine, named: string, app?: AppRecord): AddonRecord {
  const found = world.addons.find(({ id, name }) => id === named || name === named);
  const isThere = app === undefined || found?.app === app.id || isAttached({ world }, found, app);
  if (found === undefined || !isThere) throw notFound("add-on", "add_on");
  return found;
}

/** An add-on that a record points to. */
export function addonOf({ world }: Pick<Machine, "world">, id: string): AddonRecord {
  const found = world.addons.find((addon) => addon.id === id);
  if (found === undefined) throw new Error(`The world holds no add-on ${id}.`);
  return found;
}

/** The attachment of that id, or of that name on the app. 404 when there is none. */
export function findAttachment({ world }: Machine, named: string, app?: AppRecord): AttachmentRecord {
  const found = world.attachments.find(
    ({ id, name, app: owner }) =>
      (app === undefined || owner === app.id) && (id === named || (app !== undefined && name === named.toUpperCase())),
  );
  if (found === undefined) throw notFound("add-on attachment", "add_on attachment");
  return found;
}

function isAttached({ world }: Pick<Machine, "world">, addon: AddonRecord | undefined, app: AppRecord): boolean {
  return addon !== undefined && world.attachments.some((item) => item.app === app.id && item.addon === addon.id);
}
