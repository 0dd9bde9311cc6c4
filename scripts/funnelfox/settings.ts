// What the extractor is told: by its command line, and by config vars.
import { parseArgs } from "node:util";
import { ExpectedError } from "../common/errors.js";
import { type Environment, hostUrl } from "../common/hosts.js";
import { Secret } from "../common/secret.js";
import type { Options } from "./plan.js";

/** A few minutes of requests. */
const DEFAULT_DETAILS = 2_000;
const MOST_DETAILS = 100_000;

export interface Settings {
  readonly database: Secret;
  readonly key: Secret;
  readonly url: string;
  /** single sessions a run */
  readonly details: number;
  readonly runId: string | undefined;
  /** milliseconds to add to the machine's clock */
  readonly clockOffset: number;
}

/** @throws ExpectedError that names all that is missing, or what is wrong */
export function readSettings(env: Environment, now: number): Settings {
  const missing = ["DATABASE_URL", "FUNNELFOX_API_KEY"].filter((name) => !env[name]?.trim());
  if (missing.length > 0) {
    throw new ExpectedError("missing", `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`, {
      why: "The extractor needs the warehouse and FunnelFox's secret (FunnelFox > Project settings > API).",
      commands: ["npm run setup"],
    });
  }
  return {
    database: new Secret(env.DATABASE_URL?.trim() ?? ""),
    key: new Secret(env.FUNNELFOX_API_KEY?.trim() ?? ""),
    url: hostUrl("funnelfox", env),
    details: detailsLimit(env.FUNNELFOX_SESSION_DETAILS_LIMIT),
    runId: env.PIPELINE_RUN_ID?.trim() || undefined,
    clockOffset: clockOffset(env.PIPELINE_NOW, now),
  };
}

function detailsLimit(value: string | undefined): number {
  const text = value?.trim();
  if (!text) return DEFAULT_DETAILS;
  if (/^\d{1,6}$/.test(text) && Number(text) <= MOST_DETAILS) return Number(text);
  throw new ExpectedError("usage", `FUNNELFOX_SESSION_DETAILS_LIMIT is not a whole number from 0 to ${MOST_DETAILS}.`, {
    why: `It says how many single sessions are read a night; ${DEFAULT_DETAILS} when it is not set.`,
    commands: ["heroku config:unset FUNNELFOX_SESSION_DETAILS_LIMIT -a APP"],
  });
}

function clockOffset(value: string | undefined, now: number): number {
  const text = value?.trim();
  if (!text) return 0;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time - now;
  throw new ExpectedError("usage", "PIPELINE_NOW is no time.", {
    why: "It is the clock of a rehearsal, such as 2026-11-25T02:00:00Z.",
    commands: ["unset PIPELINE_NOW"],
  });
}

export const help = `Usage: node dist/scripts/funnelfox.js [--full-refresh] [--since YYYY-MM-DD]

Loads FunnelFox's lists into raw_funnelfox of DATABASE_URL, with FUNNELFOX_API_KEY.

  --full-refresh       read every list from its first page to its last
  --since YYYY-MM-DD   read again what is from that day (UTC) on
  --help               this text
`;

/**
 * @param argv the words after the script's name
 * @throws ExpectedError (usage)
 */
export function readArgs(argv: readonly string[]): { readonly kind: "help" } | ({ readonly kind: "run" } & Options) {
  let values: { "full-refresh"?: boolean; since?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        "full-refresh": { type: "boolean" },
        since: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch {
    throw new ExpectedError("usage", "That is not how funnelfox is called.", {
      why: "It takes --full-refresh and --since YYYY-MM-DD.",
      commands: ["node dist/scripts/funnelfox.js --help"],
    });
  }
  if (values.help) return { kind: "help" };
  return { kind: "run", fullRefresh: values["full-refresh"] ?? false, since: sinceDay(values.since) };
}

function sinceDay(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return time;
  throw new ExpectedError("usage", "--since is no day.", {
    why: "It has to look like 2026-11-25.",
    commands: ["node dist/scripts/funnelfox.js --since 2026-11-25"],
  });
}
