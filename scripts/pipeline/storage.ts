// What is left of the database before loading: storage, connections, and whether it may be written to at all.
import { type PlanPrice, planPrices } from "../../config/prices.js";
import { codeOf, ExpectedError } from "../common/errors.js";
import type { Environment } from "../common/hosts.js";
import type { Measurements } from "../postgres/inspect.js";

const SERVICE = "heroku-postgresql:";
const WARN_SHARE = 0.9;
/** What a run opens at most, with the connection that holds the lock. */
export const CONNECTIONS_NEEDED = 7;

export interface StorageLimit {
  readonly bytes: number;
  /** where the limit is known from, for the sentence */
  readonly from: string;
}

/**
 * How much the database may hold. SQL does not tell: PIPELINE_STORAGE_LIMIT (bytes, or 10GB) says it, else the plan in
 * POSTGRES_PLAN, else the smallest plan with the login's connection limit. undefined where none of that is known, as on
 * a server of one's own.
 * @throws ExpectedError (usage) for a limit that is no size or a plan that is not known
 */
export function storageLimit(env: Environment, connectionLimit: number): StorageLimit | undefined {
  const set = env.PIPELINE_STORAGE_LIMIT?.trim();
  if (set) return { bytes: sizeOf(set), from: "PIPELINE_STORAGE_LIMIT" };
  const plan = env.POSTGRES_PLAN?.trim().toLowerCase().replace(SERVICE, "");
  if (plan) {
    const bytes = planPrices[`${SERVICE}${plan}`]?.storageBytes;
    return bytes === undefined ? undefined : { bytes, from: plan };
  }
  const [smallest] = Object.entries(planPrices)
    .filter((entry): entry is [string, PlanPrice & { storageBytes: number }] => entry[1].storageBytes !== undefined)
    .filter(([, { connections }]) => connections === connectionLimit)
    .sort(([, a], [, b]) => a.storageBytes - b.storageBytes);
  return (
    smallest && { bytes: smallest[1].storageBytes, from: `${smallest[0].slice(SERVICE.length)}, by its connections` }
  );
}

const units: Readonly<Record<string, number>> = { "": 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

function sizeOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb|)$/i.exec(text);
  const bytes = match ? Number(match[1]) * (units[(match[2] ?? "").toLowerCase()] ?? 0) : 0;
  if (bytes >= 1) return Math.floor(bytes);
  throw new ExpectedError("usage", "PIPELINE_STORAGE_LIMIT is no size. Write it as 1GB, 512MB or a number of bytes.");
}

export interface Room {
  /** at the plan's limit: events are not loaded, money still is */
  readonly eventsPause: boolean;
  /** sentences for the log and the record */
  readonly warnings: readonly string[];
}

/** What the measurements mean for this run. */
export function roomLeft(found: Measurements, limit: StorageLimit | undefined): Room {
  const warnings: string[] = [];
  let eventsPause = false;
  if (limit) {
    const share = found.sizeBytes / limit.bytes;
    const line = `The database holds ${megabytes(found.sizeBytes)} of ${megabytes(limit.bytes)} (${Math.round(share * 100)} %, ${limit.from})`;
    eventsPause = share >= 1;
    if (eventsPause) {
      warnings.push(
        `${line}: full. Amplitude's events pause, money is still loaded. Take a larger plan (npm run setup -- --postgres-plan essential-1), or set PIPELINE_EVENTS_DAYS to keep fewer events.`,
      );
    } else if (share > WARN_SHARE) {
      warnings.push(`${line}: filling up. At its limit events pause; above it Heroku takes the right to write away.`);
    }
  }
  const left = found.connectionLimit - found.connections;
  if (left < CONNECTIONS_NEEDED - 1) {
    warnings.push(
      `Only ${Math.max(0, left)} of ${found.connectionLimit} connections are left and a run takes up to ${CONNECTIONS_NEEDED}: see who is connected with heroku pg:ps.`,
    );
  }
  return { eventsPause, warnings };
}

function megabytes(bytes: number): string {
  const mb = bytes / 1024 ** 2;
  return mb >= 10_240 ? `${Math.round(mb / 1024)} GB` : `${Math.round(mb)} MB`;
}

/** SQLSTATEs: insufficient_privilege, read_only_sql_transaction (PostgreSQL documentation, Appendix A). */
const restrictedStates = ["42501", "25006"];

export const RESTRICTED =
  "Heroku has restricted the database to reading and deleting, because it is larger than its plan: take a larger plan (npm run setup -- --postgres-plan essential-1) or delete data. See heroku pg:info.";

/** True for the error of a write that Heroku's restricted login, or a read-only copy, refuses. */
export function isRestricted(error: unknown): boolean {
  return restrictedStates.includes(codeOf(error) ?? "");
}
