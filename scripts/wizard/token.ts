// The Heroku token: from the environment, `.env` or the official CLI, and only for the Heroku that it belongs to.
import { hosts } from "../../config/hosts.js";
import { ExpectedError } from "../common/errors.js";
import { type Environment, isLoopback } from "../common/hosts.js";
import { Secret } from "../common/secret.js";
import { checkAnswer } from "./check.js";
import { type RunCommand, runCommand } from "./run-command.js";

const VARIABLE = "HEROKU_API_KEY";
const HOST_VARIABLE = hosts.heroku.variable;
const CLI_DEADLINE_MS = 10_000;

/** What a token looks like on a line of its own: the present form (HRKU-…) and the older UUID. */
const tokenLine = /^(HRKU-[A-Za-z0-9_-]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

export interface FoundToken {
  readonly token: Secret;
  /** heroku: the official CLI's own */
  readonly origin: "environment" | ".env" | "heroku";
}

export interface TokenSources {
  /** variables of the process: what was exported */
  readonly env: Environment;
  /** values of `.env` */
  readonly envFile: Environment;
  /** the address that the token would be sent to */
  readonly herokuUrl: string;
  readonly run?: RunCommand;
}

/**
 * Finds a token and makes sure that it is meant for the Heroku that will get it.
 * @returns undefined when there is none: then it has to be asked for
 * @throws ExpectedError (refused) when HEROKU_HOST points elsewhere than the token belongs; (usage) when the token
 * cannot be one
 */
export async function findToken(sources: TokenSources): Promise<FoundToken | undefined> {
  const { env, envFile, herokuUrl, run = runCommand } = sources;
  const exportedHost = isSet(env[HOST_VARIABLE]);
  const kind = kindOf(herokuUrl);
  if (exportedHost && kind === "foreign") throw foreignHost(herokuUrl);

  if (isSet(env[VARIABLE])) {
    // A host that only `.env` names, and that is neither Heroku nor this machine, has no claim to an exported token.
    if (kind === "foreign") throw elsewhere(herokuUrl, "the environment", exportedHost);
    return { token: checkedToken(env[VARIABLE]), origin: "environment" };
  }
  if (isSet(envFile[VARIABLE])) {
    if (kind !== "real" && exportedHost && envFile[HOST_VARIABLE]?.trim() !== env[HOST_VARIABLE]?.trim()) {
      throw elsewhere(herokuUrl, ".env", exportedHost);
    }
    return { token: checkedToken(envFile[VARIABLE]), origin: ".env" };
  }
  const token = await cliToken(env, run);
  if (!token) return undefined;
  if (kind !== "real") throw elsewhere(herokuUrl, "the Heroku CLI", exportedHost);
  return { token, origin: "heroku" };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

/** real: the one that the CLI logs in to · heroku: another of Heroku's own · loopback: this machine · foreign: anybody's */
function kindOf(herokuUrl: string): "real" | "heroku" | "loopback" | "foreign" {
  const url = new URL(herokuUrl);
  if (url.origin === hosts.heroku.default) return "real";
  if (isLoopback(url.hostname)) return "loopback";
  return url.hostname.endsWith(".heroku.com") ? "heroku" : "foreign";
}

function checkedToken(text: string): Secret {
  const checked = checkAnswer("token", text);
  if (!checked.ok) throw new ExpectedError("usage", checked.message);
  return new Secret(checked.value);
}

/** The CLI's token, asked without our variables: they would change which token it prints and where it looks it up. */
async function cliToken(env: Environment, run: RunCommand): Promise<Secret | undefined> {
  const without = new Set([VARIABLE, HOST_VARIABLE, "HEROKU_DEBUG", "DEBUG"]);
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !without.has(name)));
  const output = await run("heroku", ["auth:token"], { env: own, timeoutMs: CLI_DEADLINE_MS });
  const line = output
    ?.split(/\r?\n/)
    .map((text) => text.trim())
    .findLast((text) => tokenLine.test(text));
  return line === undefined ? undefined : new Secret(line);
}

function foreignHost(herokuUrl: string): ExpectedError {
  return new ExpectedError("refused", `HEROKU_HOST points to ${new URL(herokuUrl).host}, which is not Heroku.`, {
    why: "A token sent there could be used by whoever runs that host.",
    commands: ["unset HEROKU_HOST"],
  });
}

function elsewhere(herokuUrl: string, from: string, exported: boolean): ExpectedError {
  const { host } = new URL(herokuUrl);
  const where = exported ? "HEROKU_HOST points" : "HEROKU_HOST in .env points";
  return new ExpectedError(
    "refused",
    `${where} to ${host}, but the token comes from ${from}: it may belong to another Heroku.`,
    exported
      ? { why: "Nothing was sent there.", commands: ["unset HEROKU_HOST", "export HEROKU_API_KEY=…"] }
      : { why: "Take HEROKU_HOST out of .env, or write the token that belongs to it beside it." },
  );
}
