// The world with what moves it: a clock, a disk, databases, and the few settings of how slow things come true.
import type { Business } from "../business/facts.js";
import type { Postgres } from "../postgres/index.js";
import type { Store } from "./store.js";
import type { World } from "./types.js";

export interface Pace {
  /** Reads of a database add-on before it says provisioned. */
  provisionReads: number;
  /** Reads of config vars, after that, before its values are there. */
  configLagReads: number;
  /** Reads of a build before it is done. */
  buildReads: number;
}

export interface Machine {
  readonly world: World;
  readonly store: Store;
  /** The company that the sources tell of. */
  readonly business: Business;
  readonly pace: Pace;
  now(): Date;
  /** The present moment as Heroku writes it: seconds, UTC. */
  stamp(): string;
  /** Where the sandbox listens, without a slash at the end. */
  base(): string;
  /** Marks the world as changed: it is saved before the answer leaves. */
  touch(): void;
  /** Real Postgres, started at the first call; undefined when databases are addresses only. */
  postgres(): Promise<Postgres> | undefined;
  /** Work that was begun and not yet awaited, by key: creations of databases, builds, add-on requests. */
  readonly running: Map<string, Promise<void>>;
  /** Apps with an add-on request under way. */
  readonly creating: Set<string>;
  /** Those who follow an app's log. */
  readonly followers: Set<(app: string, line: string) => void>;
}

/** Lines of log that Heroku keeps of an app (Dev Center, Logging > Log history limits). */
const LOG_LINES = 1500;

/** Adds one line to an app's log and tells those who follow it. */
export function log(machine: Machine, app: string, source: string, text: string): void {
  const lines = machine.world.logs[app] ?? [];
  const line = `${machine.now().toISOString().replace("Z", "000+00:00")} ${source}: ${text}`;
  lines.push(line);
  machine.world.logs[app] = lines.slice(-LOG_LINES);
  machine.touch();
  for (const follow of machine.followers) follow(app, line);
}
