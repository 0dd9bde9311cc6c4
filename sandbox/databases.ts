// Starts the real Postgres when it is first needed, and keeps stored addresses on the port it got.
import { atPort, openPostgres, type Postgres } from "./postgres/index.js";
import type { World } from "./world/types.js";

export interface Databases {
  /** The running Postgres; undefined when databases are addresses only. */
  open(): Promise<Postgres> | undefined;
  close(): Promise<void>;
}

/** Nothing is started before `open` is called for the first time. */
export function openDatabases(kind: "postgres" | "addresses", dataDir: string, world: World): Databases {
  let opened: Promise<Postgres> | undefined;
  const start = async (): Promise<Postgres> => {
    const postgres = await openPostgres({
      dataDir,
      ...(world.postgresPort === null ? {} : { port: world.postgresPort }),
    });
    world.postgresPort = postgres.port;
    for (const addon of world.addons) {
      if (addon.database !== null && addon.values.URL !== undefined) {
        addon.values.URL = atPort(addon.values.URL, postgres.port);
      }
    }
    return postgres;
  };
  return {
    open() {
      if (kind === "addresses") return undefined;
      opened ??= start();
      return opened;
    },
    async close() {
      const postgres = await opened?.catch(() => undefined);
      await postgres?.stop();
    },
  };
}
