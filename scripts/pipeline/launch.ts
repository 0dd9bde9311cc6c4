// What Meltano and dbt are started with: every variable that meltano.yml and profiles.yml name, from DATABASE_URL and the app's config vars.
import { createHash } from "node:crypto";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ExpectedError } from "../common/errors.js";
import { type Environment, hostUrl } from "../common/hosts.js";
import type { Secret } from "../common/secret.js";
import { tlsFor } from "../postgres/tls.js";
import { type PostgresParts, parsePostgresUrl } from "../postgres/url.js";

/** The folder that holds `reluvia/`, `dbt/` and `package.json`, from the source and from `dist/` alike. */
export const projectRoot = fileURLToPath(
  new URL(import.meta.url.includes("/dist/scripts/") ? "../../../" : "../../", import.meta.url),
).replace(/\/$/, "");

/** Amplitude's history begins on this day when no day is set: none of its exports is older. */
const NO_START_DATE = "2012-01-01";

/**
 * The variables to start Meltano and dbt with, on top of the process's own.
 * @param databaseUrl the app's DATABASE_URL, read anew for every run since Heroku rotates it
 * @param env the app's config vars
 * @param root where `reluvia/` and `dbt/` lie
 * @throws ExpectedError (usage) for a connection string, an address or a region that cannot be used
 */
export function environmentFor(
  databaseUrl: Secret,
  env: Environment,
  root: string = projectRoot,
): Record<string, string> {
  const database = parsePostgresUrl(databaseUrl);
  const sslmode = libpqMode(database, env);
  const region = amplitudeRegion(env);
  return {
    ...meltanoSwitches,
    MELTANO_PROJECT_ROOT: join(root, "reluvia"),
    MELTANO_SYS_DIR_ROOT: env.MELTANO_SYS_DIR_ROOT || join(root, "reluvia", ".meltano", digestOf(database)),
    MELTANO_DATABASE_URI: sqlAlchemyUrl(database, sslmode),
    PYTHONPATH: [join(root, "reluvia", "plugins"), env.PYTHONPATH].filter(Boolean).join(delimiter),
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    // Fewer pools of freed memory: Meltano, a tap and the loader share 512 MB.
    MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX || "2",
    TARGET_POSTGRES_HOST: database.host,
    TARGET_POSTGRES_PORT: String(database.port),
    TARGET_POSTGRES_USER: database.user,
    TARGET_POSTGRES_PASSWORD: database.password.reveal(),
    TARGET_POSTGRES_DATABASE: database.database,
    TARGET_POSTGRES_SSLMODE: sslmode,
    TAP_STRIPE_API_KEY: env.TAP_STRIPE_API_KEY?.trim() ?? "",
    TAP_STRIPE_BASE_URL: hostUrl("stripe", env),
    TAP_STRIPE_START_DATE: env.TAP_STRIPE_START_DATE?.trim() ?? "",
    TAP_AMPLITUDE_API_KEY: env.TAP_AMPLITUDE_API_KEY?.trim() ?? "",
    TAP_AMPLITUDE_SECRET_KEY: env.TAP_AMPLITUDE_SECRET_KEY?.trim() ?? "",
    TAP_AMPLITUDE_REGION: region,
    TAP_AMPLITUDE_BASE_URL: hostUrl("amplitude", env, region),
    TAP_AMPLITUDE_START_DATE: env.PIPELINE_START_DATE?.trim() || NO_START_DATE,
    DBT_HOST: database.host,
    DBT_PORT: String(database.port),
    DBT_USER: database.user,
    DBT_ENV_SECRET_PASSWORD: database.password.reveal(),
    DBT_DBNAME: database.database,
    DBT_SSLMODE: sslmode,
    DBT_PROFILES_DIR: join(root, "dbt"),
    DBT_PROJECT_DIR: join(root, "dbt"),
    DBT_TARGET_PATH: resolve(root, "dbt", env.DBT_TARGET_PATH || "target"),
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
  };
}

/** No call to any hub, nothing installed at run time, an unset variable is an error, and 1 MB between tap and loader instead of 100. */
const meltanoSwitches: Readonly<Record<string, string>> = {
  MELTANO_ENVIRONMENT: "prod",
  MELTANO_SEND_ANONYMOUS_USAGE_STATS: "false",
  MELTANO_AUTO_INSTALL: "false",
  MELTANO_FF_STRICT_ENV_VAR_MODE: "1",
  MELTANO_ELT_BUFFER_SIZE: "1048576",
};

/**
 * Meltano leaves a tap's settings and catalog in files of fixed names. The run's lock keeps two runs of one database
 * apart; runs of different databases in one checkout get a folder each.
 */
function digestOf({ host, port, database }: PostgresParts): string {
  return createHash("sha256").update(`${host}:${port}/${database}`).digest("hex").slice(0, 12);
}

/** The mode in libpq's words, from the one place that decides it. */
function libpqMode(database: PostgresParts, env: Environment): string {
  const tls = tlsFor(database, env);
  if (tls === false) return "disable";
  if (tls.rejectUnauthorized === false) return "require";
  return tls.checkServerIdentity ? "verify-ca" : "verify-full";
}

/** SQLAlchemy takes no postgres:// (SQLAlchemy 2.0 documentation, Engine Configuration > Database URLs); Meltano's tables live in a schema of their own. */
function sqlAlchemyUrl({ host, port, user, password, database }: PostgresParts, sslmode: string): string {
  const part = encodeURIComponent;
  const at = host.includes(":") ? `[${host}]` : host;
  const query = `options=-csearch_path%3Dmeltano&sslmode=${sslmode}&application_name=meltano`;
  return `postgresql+psycopg://${part(user)}:${part(password.reveal())}@${at}:${port}/${part(database)}?${query}`;
}

function amplitudeRegion(env: Environment): "us" | "eu" {
  const region = env.TAP_AMPLITUDE_REGION?.trim().toLowerCase() || "us";
  if (region === "us" || region === "eu") return region;
  throw new ExpectedError("usage", `TAP_AMPLITUDE_REGION "${region}" is not known. It is us or eu.`, {
    commands: ["heroku config:set TAP_AMPLITUDE_REGION=us"],
  });
}
