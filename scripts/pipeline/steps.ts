// The processes of a run: which program, with which words and variables, and how long each may take.
import { delimiter, join } from "node:path";
import type { Environment } from "../common/hosts.js";
import type { Job } from "./supervise.js";
import type { Part, PipelineOptions } from "./types.js";

const MINUTE = 60_000;
/** A loader is bounded by the run's own 23 hours; a first load of any length may take them. */
const LOAD = { timeoutMs: Number.POSITIVE_INFINITY, silenceMs: 60 * MINUTE };
/** A build over a full database of 1 GB takes minutes. */
const BUILD = { timeoutMs: 3 * 60 * MINUTE, silenceMs: 60 * MINUTE };

export interface StepContext {
  readonly options: PipelineOptions;
  readonly runId: string;
  /** what `environmentFor` made of DATABASE_URL and the config vars */
  readonly variables: Readonly<Record<string, string>>;
  /** the pipeline's own variables */
  readonly env: Environment;
  readonly root: string;
  /** the folder of meltano and dbt; undefined when no step needs it */
  readonly bin: string | undefined;
}

/** Meltano over the taps that are wanted, each followed by its loader; undefined for none. */
export function meltanoJob(context: StepContext, taps: readonly Part[]): Job | undefined {
  const { options, runId, root } = context;
  const blocks = taps.flatMap((tap) => [`tap-${tap}`, "target-postgres"]);
  if (blocks.length === 0) return undefined;
  return {
    name: "meltano",
    command: program(context, "meltano"),
    // A run that was killed counts as running for five minutes more; our own lock says that it is not.
    args: [
      "--environment",
      "prod",
      "run",
      "--force",
      `--run-id=${runId}`,
      ...(options.fullRefresh || options.since ? ["--full-refresh"] : []),
      ...blocks,
    ],
    env: childEnvironment(context, pythonNeeds, {
      MELTANO_CLI_LOG_FORMAT: "json",
      ...(options.since ? { TAP_STRIPE_START_DATE: options.since, TAP_AMPLITUDE_START_DATE: options.since } : {}),
    }),
    cwd: join(root, "reluvia"),
    ...LOAD,
  };
}

/** Our own extractor, by this very Node. */
export function funnelfoxJob(context: StepContext): Job {
  const { options, root } = context;
  return {
    name: "funnelfox",
    command: process.execPath,
    args: [
      join(root, "dist", "scripts", "funnelfox.js"),
      ...(options.fullRefresh ? ["--full-refresh"] : []),
      ...(options.since ? ["--since", options.since] : []),
    ],
    env: childEnvironment(context, ["DATABASE_URL", "PGSSLMODE", /^FUNNELFOX_/, "NODE_OPTIONS"], {}),
    cwd: root,
    ...LOAD,
  };
}

/** `dbt build`, or `dbt retry` for what the last one did not get done. */
export function dbtJob(context: StepContext, command: "build" | "retry"): Job {
  const { root, options } = context;
  return {
    name: "dbt",
    command: program(context, "dbt"),
    args: [command, ...(options.fullRefresh && command === "build" ? ["--full-refresh"] : [])],
    env: childEnvironment(context, pythonNeeds, { DBT_USE_COLORS: "false" }),
    cwd: join(root, "dbt"),
    ...BUILD,
  };
}

/** Where dbt writes what it came to. */
export function runResultsFile(context: StepContext): string {
  return join(context.variables.DBT_TARGET_PATH ?? join(context.root, "dbt", "target"), "run_results.json");
}

function program({ bin }: StepContext, name: string): string {
  return bin === undefined ? name : join(bin, name);
}

/** What a child gets of our own variables beside those of any process: its own secrets and no other's. */
const everybody: readonly (string | RegExp)[] = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "TZ",
  "TMPDIR",
  "DYNO",
  "CI",
  "NO_COLOR",
  /^LC_/,
  /^SSL_/,
  /_proxy$/i,
  /^PIPELINE_/,
  /^(REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
];
const pythonNeeds: readonly (string | RegExp)[] = [/^PYTHON/, /^LD_/, /^DBT_/, /^MELTANO_/, /^(TAP|TARGET)_/];

function childEnvironment(
  { env, variables, runId, bin, options }: StepContext,
  needs: readonly (string | RegExp)[],
  own: Readonly<Record<string, string>>,
): Environment {
  const wanted = [...everybody, ...needs];
  const fits = (name: string) => wanted.some((one) => (typeof one === "string" ? one === name : one.test(name)));
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => fits(name)));
  return {
    ...inherited,
    ...(needs === pythonNeeds ? variables : {}),
    ...(bin === undefined ? {} : { PATH: [bin, env.PATH].filter(Boolean).join(delimiter) }),
    PIPELINE_RUN_ID: runId,
    ...(options.fullRefresh ? { PIPELINE_FULL_REFRESH: "1" } : {}),
    ...(options.since ? { PIPELINE_SINCE: options.since } : {}),
    ...own,
  };
}
