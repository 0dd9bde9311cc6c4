// The declared stack: both apps, their add-ons, buildpacks, config vars, processes, job and backup. Change what is wanted here.
import { z } from "zod";
import { type AnswerName, answerNames } from "./answers.js";
import { type DynoSizeName, dynoSizes } from "./prices.js";

const answerName = z.custom<AnswerName>((name) => answerNames.includes(name as AnswerName));

/** Where the value of a config var comes from. */
const configValueSchema = z.discriminatedUnion("from", [
  /** always this text */
  z.object({ from: z.literal("constant"), value: z.string() }),
  /** what the person answered, and left alone when the answer is optional and missing */
  z.object({ from: z.literal("answer"), answer: answerName }),
  /** random, made when the var is missing and never changed afterwards */
  z.object({ from: z.literal("generated"), bytes: z.int().min(16) }),
  /** the connection string of the pipeline app's Postgres */
  z.object({ from: z.literal("database-url") }),
  /** the address that Heroku gave the app, unless the var names one of the app's own domains */
  z.object({ from: z.literal("web-url") }),
  /** Java's options for the memory of the app's dyno */
  z.object({ from: z.literal("java-options") }),
]);

const configVarSchema = z.object({ name: z.string().regex(/^\w+$/), value: configValueSchema, secret: z.boolean() });

const addOnSchema = z.object({
  /** Heroku's name of the service */
  service: z.string(),
  /** a plan's short name, or the answer that tells it */
  plan: z.union([z.string(), z.object({ answer: answerName })]),
  /** the add-on is named `<app>-<suffix>`, so that Heroku refuses a second one */
  suffix: z.string(),
  /** the name of its attachment to the app, where it matters */
  attachment: z.string().optional(),
  /** config vars that have to hold a value before the add-on counts as ready */
  provides: z.array(z.string()),
  /** an optional add-on that is not sold is left out with a sentence */
  optional: z.boolean(),
});

const pipelineSchema = z.object({
  stack: z.string(),
  buildpacks: z.array(z.string()).min(1),
  addOns: z.array(addOnSchema),
  config: z.array(configVarSchema),
  /** config vars that people may set by hand: neither wanted nor reported */
  optionalConfig: z.array(z.string()),
  job: z.object({ command: z.string(), everyMinutes: z.int().positive() }),
  backup: z.object({ hour: z.int().min(0).max(23), timezone: z.string(), attachment: z.string() }),
  searches: z.array(z.object({ name: z.string(), query: z.string() })),
});

const metabaseSchema = z.object({
  runtimes: z.object({
    container: z.object({ stack: z.string(), buildpacks: z.array(z.string()).max(0) }),
    buildpack: z.object({ stack: z.string(), buildpacks: z.array(z.string()).min(1) }),
  }),
  /** the folder whose git tree is deployed */
  folder: z.string(),
  /** the name under which the pipeline app's Postgres is attached */
  attachment: z.string(),
  config: z.array(configVarSchema),
  web: z.object({ quantity: z.int().min(1) }),
});

export type ConfigVarSpec = z.infer<typeof configVarSchema>;
export type AddOnSpec = z.infer<typeof addOnSchema>;
export type Role = "pipeline" | "metabase";

const constant = (name: string, value: string): ConfigVarSpec => ({
  name,
  value: { from: "constant", value },
  secret: false,
});
const answer = (name: string, from: AnswerName, secret: boolean): ConfigVarSpec => ({
  name,
  value: { from: "answer", answer: from },
  secret,
});

/** The pipeline app: loads the sources every night, owns the database. */
export const pipelineApp = pipelineSchema.parse({
  stack: "heroku-26",
  buildpacks: ["heroku/nodejs", "heroku/python"],
  addOns: [
    {
      service: "heroku-postgresql",
      plan: { answer: "postgres-plan" },
      suffix: "postgresql",
      attachment: "DATABASE",
      provides: ["DATABASE_URL"],
      optional: false,
    },
    { service: "scheduler", plan: "standard", suffix: "scheduler", provides: [], optional: false },
    {
      service: "papertrail",
      plan: "choklad",
      suffix: "papertrail",
      provides: ["PAPERTRAIL_API_TOKEN"],
      optional: true,
    },
  ],
  config: [
    answer("TAP_STRIPE_API_KEY", "stripe-api-key", true),
    answer("TAP_AMPLITUDE_API_KEY", "amplitude-api-key", true),
    answer("TAP_AMPLITUDE_SECRET_KEY", "amplitude-secret-key", true),
    answer("TAP_AMPLITUDE_REGION", "amplitude-region", false),
    answer("FUNNELFOX_API_KEY", "funnelfox-api-key", true),
    answer("PIPELINE_START_DATE", "start-date", false),
    answer("SLACK_WEBHOOK_URL", "slack-webhook-url", true),
  ],
  optionalConfig: ["PIPELINE_EVENTS_DAYS"],
  job: { command: "node dist/scripts/pipeline.js", everyMinutes: 24 * 60 },
  backup: { hour: 4, timezone: "UTC", attachment: "DATABASE_URL" },
  searches: [
    { name: "Pipeline failed", query: "PIPELINE_FAILED" },
    { name: "Errors", query: "ERROR" },
  ],
});

/** The Metabase app: shows the marts, reads and writes the pipeline app's database. */
export const metabaseApp = metabaseSchema.parse({
  runtimes: {
    container: { stack: "container", buildpacks: [] },
    buildpack: {
      stack: "heroku-24",
      buildpacks: ["heroku/jvm", "https://github.com/metabase/metabase-buildpack"],
    },
  },
  folder: "metabase",
  attachment: "DWH",
  config: [
    constant("MB_DB_TYPE", "postgres"),
    { name: "MB_DB_CONNECTION_URI", value: { from: "database-url" }, secret: true },
    { name: "JAVA_OPTS", value: { from: "java-options" }, secret: false },
    // Together at most ten of the plan's twenty connections: the pipeline takes up to seven, people the rest.
    constant("MB_APPLICATION_DB_MAX_CONNECTION_POOL_SIZE", "4"),
    constant("MB_QUARTZ_MAX_CONNECTION_POOL_SIZE", "2"),
    constant("MB_AUDIT_DB_MAX_CONNECTION_POOL_SIZE", "1"),
    constant("MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE", "3"),
    { name: "MB_ENCRYPTION_SECRET_KEY", value: { from: "generated", bytes: 32 }, secret: true },
    { name: "MB_SITE_URL", value: { from: "web-url" }, secret: false },
    constant("MB_LOAD_SAMPLE_CONTENT", "false"),
    constant("MB_ANON_TRACKING_ENABLED", "false"),
    // Heroku picks a size of its own at the first release. This var remembers the wanted one, so that a setup that was
    // killed in between, or runs on another laptop, can tell the two apart.
    answer("METABASE_DYNO", "metabase-dyno", false),
  ],
  web: { quantity: 1 },
});

/**
 * JAVA_OPTS for a dyno of this size: 300 MB of heap on 512 MB, about 70 % of anything larger (what is left holds
 * Metabase's metaspace, threads and buffers).
 */
export function javaOptions(size: DynoSizeName): string {
  const { memoryMb } = dynoSizes[size];
  return memoryMb <= 512 ? "-Xmx300m" : `-Xmx${Math.floor((memoryMb * 0.7) / 100) * 100}m`;
}

/** The add-on's name on an app: ours, so that a create can be repeated without a second one. */
export function addOnName(app: string, spec: AddOnSpec): string {
  return `${app}-${spec.suffix}`;
}

/** What ships with Metabase's buildpack, for the person who has to accept it. */
export const buildpackWarning =
  "Metabase's buildpack ships version 0.45.3, unmaintained since March 2023, with CVE-2023-38646: anybody who finds the address can run code on it without a login.";
