// Releases: every change of code, config vars or add-ons makes the next version and restarts the dynos.
import { configOf } from "./config.js";
import { restartDynos } from "./dynos.js";
import { newId } from "./ids.js";
import { log, type Machine } from "./machine.js";
import type { AppRecord, ReleaseRecord } from "./types.js";

export interface ReleaseChange {
  slug?: string | null;
  image?: string | null;
  process_types?: Record<string, string>;
}

/** Adds a release that carries code on from the last one unless the change brings other code. */
export function addRelease(
  machine: Machine,
  app: AppRecord,
  description: string,
  change: ReleaseChange = {},
): ReleaseRecord {
  const { world } = machine;
  const last = currentRelease(machine, app);
  const stamp = machine.stamp();
  const release: ReleaseRecord = {
    id: newId(),
    app: app.id,
    version: (lastRelease(machine, app)?.version ?? 0) + 1,
    description,
    status: "succeeded",
    slug: change.slug === undefined ? (last?.slug ?? null) : change.slug,
    image: change.image === undefined ? (last?.image ?? null) : change.image,
    process_types: change.process_types ?? last?.process_types ?? {},
    config: configOf(world, app),
    plans: world.addons.filter((addon) => addon.app === app.id).map((addon) => addon.plan),
    created_at: stamp,
    updated_at: stamp,
  };
  world.releases.push(release);
  app.released_at = stamp;
  app.updated_at = stamp;
  log(machine, app.id, "app[api]", `Release v${release.version} created by user ${world.account.email}`);
  restartDynos(machine, app, release);
  machine.touch();
  return release;
}

/** The release that runs: the newest one that succeeded. */
export function currentRelease(machine: Machine, app: AppRecord): ReleaseRecord | undefined {
  return releasesOf(machine, app).findLast((release) => release.status === "succeeded");
}

/** The newest release, whatever became of it. */
export function lastRelease(machine: Machine, app: AppRecord): ReleaseRecord | undefined {
  return releasesOf(machine, app).at(-1);
}

/** All releases of the app, oldest first. */
export function releasesOf({ world }: Machine, app: AppRecord): ReleaseRecord[] {
  return world.releases.filter((release) => release.app === app.id);
}
