// Why a run failed, in one short sentence: which source, key, status, model or test, and the page where it is put right.

import { codeOf, ExpectedError, messageOf } from "../common/errors.js";
import { PostgresUnreachable } from "../postgres/unreachable.js";
import type { DbtReading } from "./dbt-results.js";
import { failuresText } from "./dbt-results.js";
import type { Digest } from "./digest.js";
import { isRestricted, RESTRICTED } from "./storage.js";
import type { Ended } from "./supervise.js";
import type { StopReason } from "./types.js";

/** Log services cut long lines, and people stop reading. */
const LONGEST = 320;

interface Source {
  readonly name: string;
  readonly keys: string;
  /** where its keys are */
  readonly keysPage: string;
  readonly statusPage: string;
}

const sources: Readonly<Record<string, Source>> = {
  "tap-stripe": {
    name: "Stripe",
    keys: "TAP_STRIPE_API_KEY",
    keysPage: "https://dashboard.stripe.com/apikeys",
    statusPage: "https://status.stripe.com",
  },
  "tap-amplitude": {
    name: "Amplitude",
    keys: "TAP_AMPLITUDE_API_KEY and TAP_AMPLITUDE_SECRET_KEY, and TAP_AMPLITUDE_REGION",
    keysPage: "Amplitude > Settings > Projects > General",
    statusPage: "https://status.amplitude.com",
  },
  funnelfox: {
    name: "FunnelFox",
    keys: "FUNNELFOX_API_KEY",
    keysPage: "FunnelFox > Project settings > API",
    statusPage: "FunnelFox's support",
  },
};

/** Why a child failed. @param dbt what run_results.json said, for the step dbt */
export function childReason(ended: Ended, digest: Digest, dbt?: DbtReading): string {
  const { name } = ended;
  if (ended.cause === "spawn") return short(notStarted(name, ended.spawnError));
  if (ended.cause === "timeout")
    return short(`${title(name, digest)} took longer than ${spent(ended)} and was stopped`);
  if (ended.cause === "silence") {
    return short(`${title(name, digest)} said nothing for a long time and was stopped after ${spent(ended)}`);
  }
  if (name === "dbt") return short(dbtReason(ended, digest, dbt));
  const source = sourceOf(name, digest);
  if (digest.failure) {
    const { text, from } = digest.failure;
    if (restrictedPattern.test(text)) return short(`${title(name, digest)}: ${RESTRICTED}`);
    const spoken = sourceOf(name, digest, from);
    return withPage(short(namedSource(text, spoken)), spoken);
  }
  const lines = guiltyLines(name, digest);
  const known = databaseTrouble(lines) ?? machineTrouble(lines, ended, digest) ?? httpTrouble(lines, source);
  if (known) return short(`${title(name, digest)}: ${known}`.replace(/^(\w+): \1\b/, "$1"));
  const last = lastWords(lines);
  const how = ended.signal ? `was ended by ${ended.signal}` : `ended with exit code ${ended.exitCode}`;
  return short(`${title(name, digest)} ${how}${last ? `: ${last}` : " without saying why"}`);
}

/** Why a run was told to stop. */
export function stopReason(stop: StopReason): string {
  switch (stop.kind) {
    case "signal":
      return stop.signal === "SIGTERM"
        ? "Stopped by SIGTERM, as Heroku does when a dyno restarts or has run for 24 hours; what was committed stays, and the next run goes on from there"
        : "Stopped by Ctrl-C; what was committed stays, and the next run goes on from there";
    case "deadline":
      return "Stopped after 23 hours, and nothing had moved in all of them";
    case "lock lost":
      return short(
        `The connection that holds the run's lock was lost (${messageOf(stop.error).split("\n")[0]}): the database was restarted, its credentials changed, or another run took over`,
      );
  }
}

/** Why something of our own failed: the database before all. */
export function errorReason(error: unknown): string {
  if (isRestricted(error)) return RESTRICTED;
  if (error instanceof PostgresUnreachable) {
    return short([error.message, error.why].filter(Boolean).join(" "));
  }
  if (error instanceof ExpectedError)
    return short([error.message, error.why, error.commands[0]].filter(Boolean).join(" "));
  const trouble = databaseTrouble([messageOf(error), codeOf(error) ?? ""]);
  return short(trouble ? `The warehouse: ${trouble}` : `This is a bug in reluvia-dwh: ${messageOf(error)}`);
}

/** The reason on one line, without a full stop, cut where a reader would stop. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).trimEnd()}…` : line.replace(/\.$/, "");
}

/** A step's name for a sentence: with Meltano the tap that was under way. */
function title(step: string, digest: Digest): string {
  if (step === "dbt") return "dbt";
  if (step === "meltano" && digest.blockEnd === "loader failed") {
    return `Loading ${sources[digest.tap ?? ""]?.name ?? "Meltano"}`;
  }
  return sourceOf(step, digest)?.name ?? (step === "meltano" ? "Meltano" : step);
}

function sourceOf(step: string, digest: Digest, from?: string): Source | undefined {
  return sources[from ?? ""] ?? sources[step === "meltano" ? (digest.tap ?? "") : step];
}

/** Lines of the plugin that failed; both when Meltano does not say which. */
function guiltyLines(step: string, digest: Digest): readonly string[] {
  if (step !== "meltano" || !digest.tap) return digest.lines();
  if (digest.blockEnd === "extractor failed") return nonEmpty(digest.lines(digest.tap), digest.lines());
  if (digest.blockEnd === "loader failed") return nonEmpty(digest.lines("target-postgres"), digest.lines());
  return digest.lines();
}

function nonEmpty(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.length > 0 ? first : second;
}

function namedSource(text: string, source: Source | undefined): string {
  return source && !text.toLowerCase().includes(source.name.toLowerCase()) ? `${source.name}: ${text}` : text;
}

/** A refused key has its page beside it, a vendor's own trouble the page where it is told. */
function withPage(text: string, source: Source | undefined): string {
  const status = statusIn(text) ?? Number(/\((4\d\d|5\d\d)\b/.exec(text)?.[1]);
  const page = status === 401 || status === 403 ? source?.keysPage : status >= 500 ? source?.statusPage : undefined;
  return page === undefined || text.includes(page) ? text : `${text}; see ${page}`;
}

function notStarted(step: string, code: string | undefined): string {
  const program = step === "funnelfox" ? "The FunnelFox extractor" : step === "dbt" ? "dbt" : "Meltano";
  const cure = step === "funnelfox" ? "npm ci" : "npm run python";
  return code === "ENOENT"
    ? `${program} is not installed here: ${cure}`
    : `${program} could not be started (${code ?? "no code"})`;
}

function dbtReason(ended: Ended, digest: Digest, dbt: DbtReading | undefined): string {
  if (dbt?.kind === "results" && dbt.results.failures.length > 0) return failuresText(dbt.results.failures);
  const lines = digest.lines();
  const known = databaseTrouble(lines) ?? machineTrouble(lines, ended, digest);
  if (known) return `dbt: ${known}`;
  const last = lastWords(lines);
  const said = last ? `: ${last}` : "";
  if (ended.exitCode !== 0) return `dbt ended with exit code ${ended.exitCode} before it built anything${said}`;
  switch (dbt?.kind) {
    case "stale":
      return `dbt left no new run_results.json: the one there is from ${dbt.generatedAt}`;
    case "unreadable":
      return "dbt's run_results.json cannot be read";
    default:
      return "dbt left no run_results.json, so nobody knows what it built";
  }
}

interface Trouble {
  readonly pattern: RegExp;
  readonly says: string;
}

const restrictedPattern =
  /permission denied for (schema|table|database|sequence|relation)|cannot execute \w+( \w+)* in a read-only transaction|InsufficientPrivilege|ReadOnlySqlTransaction|SQLSTATE (42501|25006)/i;

const postgresTroubles: readonly Trouble[] = [
  { pattern: restrictedPattern, says: RESTRICTED },
  {
    pattern: /too many connections|remaining connection slots|TooManyConnections/i,
    says: "the database has no connection left; see who is connected with heroku pg:ps",
  },
  {
    pattern: /password authentication failed|role "[^"]*" does not exist/i,
    says: "the database refuses the password; Heroku has probably rotated the credentials, and the next run takes the new ones",
  },
  {
    pattern: /could not extend file|DiskFull|No space left on device.*(pg_|base\/)/i,
    says: "the database's disk is full; see heroku pg:info",
  },
  {
    pattern:
      /terminating connection|server closed the connection|AdminShutdown|connection (is|was|already) (closed|lost)|SSL connection has been closed|SSL SYSCALL error|Connection terminated|the database system is (starting|shutting)/i,
    says: "the connection to the database broke off; it was restarted or is under maintenance (https://status.heroku.com)",
  },
  {
    pattern:
      /connection to server (at|on) .* failed|could not (connect to server|translate host name)|OperationalError.*(connect|timeout)/i,
    says: "the database cannot be reached; see heroku pg:info and https://status.heroku.com",
  },
  {
    pattern: /lock timeout|deadlock detected/i,
    says: "somebody else held a lock on a table for too long; see heroku pg:locks",
  },
];

function databaseTrouble(lines: readonly string[]): string | undefined {
  return postgresTroubles.find(({ pattern }) => lines.some((line) => pattern.test(line)))?.says;
}

const machineTroubles: readonly Trouble[] = [
  {
    pattern: /No space left on device|ENOSPC|Errno 28/i,
    says: "the dyno's temporary disk is full",
  },
  {
    pattern: /MemoryError|JavaScript heap out of memory|Cannot allocate memory|ENOMEM/i,
    says: "out of memory; a larger dyno has more (npm run setup -- --pipeline-dyno standard-2x)",
  },
  {
    pattern: /No module named|ModuleNotFoundError|Executable '[^']*' could not be found|command not found/i,
    says: "a Python package is missing; make the environment anew with npm run python",
  },
];

function machineTrouble(lines: readonly string[], ended: Ended, { killed }: Digest): string | undefined {
  const known = machineTroubles.find(({ pattern }) => lines.some((line) => pattern.test(line)))?.says;
  if (known) return known;
  return killed || ended.signal === "SIGKILL" || ended.exitCode === 137
    ? "was killed, most often for want of memory (Heroku's R15); a larger dyno has more (npm run setup -- --pipeline-dyno standard-2x)"
    : undefined;
}

function httpTrouble(lines: readonly string[], source: Source | undefined): string | undefined {
  if (!source) return undefined;
  const { name, keys, keysPage, statusPage } = source;
  for (const line of [...lines].reverse()) {
    const status = statusIn(line);
    const path = /(?:path|url|for)[:=]?\s+(?:https?:\/\/[^/\s]+)?(\/[\w./-]*)/i.exec(line)?.[1];
    const at = path ? ` at ${path}` : "";
    if (status === 401) return `${name} refused the key (401${at}): check ${keys}, from ${keysPage}`;
    if (status === 403)
      return `${name} does not let this key read (403${at}): check the rights of ${keys} on ${keysPage}`;
    if (status === 429)
      return `${name} kept refusing for too many requests (429${at}); the next run goes on from there`;
    if (status !== undefined && status >= 500) return `${name} kept failing (${status}${at}); see ${statusPage}`;
    if (status !== undefined) return `${name} refused a request (${status}${at})`;
    if (
      /ConnectionError|ConnectTimeout|ReadTimeout|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET|Max retries exceeded|NameResolutionError/.test(
        line,
      )
    ) {
      return `${name} could not be reached; see ${statusPage}`;
    }
  }
  return undefined;
}

function statusIn(line: string): number | undefined {
  const found =
    /\b([45]\d\d) (?:Client|Server) Error\b/.exec(line) ??
    /\b(?:HTTP|status(?:[ _]?code)?|answered(?: with)?)[ :=/]+([45]\d\d)\b/i.exec(line) ??
    /\(([45]\d\d)\)/.exec(line);
  return found ? Number(found[1]) : undefined;
}

/** The last line that says something: an exception's own, else the last. */
function lastWords(lines: readonly string[]): string | undefined {
  const spoken = lines.filter(
    (line) =>
      !/^\s*(at |File "|\^+|During handling|Traceback|Need help|to join our|Run completed|Block run completed|Running catalog|Beginning sync)/.test(
        line,
      ),
  );
  const exception = [...spoken].reverse().find((line) => /^[\w.]*(Error|Exception|Exit)\b.*: /.test(line));
  return exception ?? spoken.at(-1);
}

function spent({ startedAt, finishedAt }: Ended): string {
  const minutes = Math.round((finishedAt - startedAt) / 60_000);
  return minutes >= 120
    ? `${Math.round(minutes / 60)} hours`
    : minutes >= 2
      ? `${minutes} minutes`
      : `${Math.round((finishedAt - startedAt) / 1000)} seconds`;
}
