// Starts a sandbox: its world, its databases and its server on loopback.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BusinessWish, businessOf, settle } from "./business/of-world.js";
import { openDatabases } from "./databases.js";
import { environment } from "./environment.js";
import type { Call } from "./http/calls.js";
import { createFaults, type Faults } from "./http/faults.js";
import { listen } from "./http/server.js";
import { services } from "./services.js";
import type { Machine } from "./world/machine.js";
import { folderStore, memoryStore } from "./world/store.js";
import type { World } from "./world/types.js";

export interface SandboxOptions {
  /** Where the world is kept; absent: in memory, forgotten at the end. */
  stateDir?: string;
  /** Port to listen on; by default the one of last time when it is free, else any. */
  port?: number;
  /** `addresses`: DATABASE_URL points to nothing; fast, for tests of the API alone. Default `postgres`. */
  databases?: "postgres" | "addresses";
  /** Milliseconds added to every answer. */
  latencyMs?: number;
  /** Reads of a database add-on, of an add-on list it is in, or of its app's config vars, before it says provisioned. Default 1. */
  provisionReads?: number;
  /** Reads of config vars after that before the add-on's values are there. Default 0. */
  configLagReads?: number;
  /** Reads of a build before it is done; following its log to the end also ends it. Default 1. */
  buildReads?: number;
  /** The company that Stripe, Amplitude and FunnelFox tell of. Default 300 profiles in 60 days, seed 1. */
  business?: BusinessWish;
  now?: () => Date;
}

export interface Sandbox {
  url: string;
  /** Variables that make the product and the official CLI speak to this sandbox. */
  env: Record<string, string>;
  /** The live world: may be read and changed by tests; call `save` after a change. */
  world: World;
  faults: Faults;
  /** Every request so far, oldest first; those to `/_sandbox/` are not in it. */
  calls: Call[];
  save(): Promise<void>;
  /** Ends connections, the server and Postgres. May be called twice. */
  close(): Promise<void>;
}

/** Starts a sandbox on loopback. Throws when the state cannot be read or the wished port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const store = options.stateDir === undefined ? memoryStore() : folderStore(options.stateDir);
  const now = options.now ?? (() => new Date());
  const world = store.load(now());
  // Only a world that has never been served has no port yet.
  world.business = settle(world.business, options.business ?? {}, world.port === null, now());
  const kind = options.databases ?? "postgres";
  const isScratch = options.stateDir === undefined && kind === "postgres";
  const scratch = isScratch ? mkdtempSync(join(tmpdir(), "sandbox-")) : undefined;
  const calls: Call[] = [];
  const faults = createFaults();
  const databases = openDatabases(kind, join(scratch ?? options.stateDir ?? "", "postgres"), world);
  let changed = false;
  let base = "";
  const touch = (): void => {
    changed = true;
  };
  const machine: Machine = {
    world,
    store,
    business: businessOf(world.business, now(), touch),
    pace: {
      provisionReads: options.provisionReads ?? 1,
      configLagReads: options.configLagReads ?? 0,
      buildReads: options.buildReads ?? 1,
    },
    now,
    stamp: () => `${now().toISOString().slice(0, 19)}Z`,
    base: () => base,
    touch,
    postgres: () => databases.open(),
    running: new Map(),
    creating: new Set(),
    followers: new Set(),
  };
  const save = (): void => {
    changed = false;
    store.save(world);
  };
  const saveIfChanged = (): void => {
    if (changed) save();
  };
  const latency = { ms: options.latencyMs ?? 0 };
  const app = services({ machine, calls, faults, latency, saveIfChanged });
  const server = await listen(app, options.port ?? world.port, options.port !== undefined);
  base = `http://127.0.0.1:${server.port}`;
  world.port = server.port;
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await server.close();
    await Promise.allSettled(machine.running.values());
    await databases.close();
    saveIfChanged();
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  };
  try {
    if (world.addons.some((addon) => addon.database !== null)) await databases.open();
    save();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: base,
    env: environment(base, world),
    world,
    faults,
    calls,
    save: async () => save(),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
