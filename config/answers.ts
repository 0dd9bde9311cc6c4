// Every question that setup can ask: its name, flag, environment variable and default. No imports: --help needs nothing else.

/** App names as the Platform API takes them (Heroku Platform API, App > name). */
export const appNamePattern = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;

/** Regions of the Common Runtime (Heroku Dev Center, Regions). */
export const regions = ["eu", "us"] as const;
export const metabaseRuntimes = ["container", "buildpack"] as const;
export type MetabaseRuntime = (typeof metabaseRuntimes)[number];

/** Dyno sizes as answers; what they cost and hold stands with the prices. */
export const dynoSizeNames = ["eco", "basic", "standard-1x", "standard-2x"] as const;
export type DynoSizeName = (typeof dynoSizeNames)[number];

/** Where Stripe shows its keys. */
export const STRIPE_KEYS = "Stripe > Developers > API keys (https://dashboard.stripe.com/apikeys)";

export interface AnswerSpec {
  readonly name: string;
  /** as a person calls it, for questions, tables and errors */
  readonly title: string;
  /** without the dashes; absent for secrets, which never travel in argv */
  readonly flag?: string;
  readonly variable: string;
  readonly secret: boolean;
  /** absent when there is no answer without a person (secrets), "" when leaving it out is an answer */
  readonly default?: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
  /** what the question says below itself, and --help beside the flag */
  readonly hint: string;
}

/** All answers, in the order in which they are asked and shown. The table of flags and variables that other people's scripts rely on. */
export const answers = [
  {
    name: "token",
    title: "Heroku token",
    variable: "HEROKU_API_KEY",
    secret: true,
    required: true,
    hint: "A Heroku API token. Make one with `heroku authorizations:create`, or find it under Account settings > API Key.",
  },
  {
    name: "pipeline-app",
    title: "Pipeline app",
    flag: "pipeline-app",
    variable: "PIPELINE_APP",
    secret: false,
    required: true,
    default: "reluvia-dwh",
    hint: "Name of the app that loads the data every night and owns the database.",
  },
  {
    name: "metabase-app",
    title: "Metabase app",
    flag: "metabase-app",
    variable: "METABASE_APP",
    secret: false,
    required: true,
    default: "reluvia-metabase",
    hint: "Name of the app that shows the dashboards.",
  },
  {
    name: "region",
    title: "Region",
    flag: "region",
    variable: "HEROKU_REGION",
    secret: false,
    required: true,
    default: "eu",
    choices: regions,
    hint: "Where both apps and the database live. It cannot be changed afterwards.",
  },
  {
    name: "team",
    title: "Heroku team",
    flag: "team",
    variable: "HEROKU_TEAM",
    secret: false,
    required: false,
    default: "",
    hint: "A team that owns the apps; empty for your own account. Team apps cannot use Eco dynos.",
  },
  {
    name: "postgres-plan",
    title: "Postgres plan",
    flag: "postgres-plan",
    variable: "POSTGRES_PLAN",
    secret: false,
    required: true,
    default: "essential-0",
    choices: ["essential-0", "essential-1", "essential-2", "standard-0", "standard-2"],
    hint: "The database's plan. essential-0 holds 1 GB and allows 20 connections.",
  },
  {
    name: "metabase-runtime",
    title: "Way of running Metabase",
    flag: "metabase-runtime",
    variable: "METABASE_RUNTIME",
    secret: false,
    required: true,
    default: "container",
    choices: metabaseRuntimes,
    hint: "container: the vendor's image. buildpack: Metabase 0.45.3 with CVE-2023-38646, not recommended.",
  },
  {
    name: "metabase-dyno",
    title: "Metabase's dyno",
    flag: "metabase-dyno",
    variable: "METABASE_DYNO",
    secret: false,
    required: true,
    default: "eco",
    choices: dynoSizeNames,
    hint: "Size of the web dyno. 512 MB is below Metabase's baseline of 1 GB; only standard-2x has more.",
  },
  {
    name: "pipeline-dyno",
    title: "Nightly job's dyno",
    flag: "pipeline-dyno",
    variable: "PIPELINE_DYNO",
    secret: false,
    required: true,
    default: "eco",
    choices: dynoSizeNames,
    hint: "Size of the one-off dyno that runs the nightly job.",
  },
  {
    name: "schedule",
    title: "Time of the nightly job",
    flag: "schedule",
    variable: "PIPELINE_SCHEDULE",
    secret: false,
    required: true,
    default: "02:00",
    hint: "Time of day in UTC, on the hour or the half hour.",
  },
  {
    name: "start-date",
    title: "First day of Amplitude's history",
    flag: "start-date",
    variable: "PIPELINE_START_DATE",
    secret: false,
    required: true,
    hint: "Events from this day on are loaded. Default: 90 days before the first setup.",
  },
  {
    name: "stripe-api-key",
    title: "Stripe key",
    variable: "TAP_STRIPE_API_KEY",
    secret: true,
    required: true,
    hint: `A restricted key with read access is enough: ${STRIPE_KEYS}.`,
  },
  {
    name: "amplitude-api-key",
    title: "Amplitude API key",
    variable: "TAP_AMPLITUDE_API_KEY",
    secret: true,
    required: true,
    hint: "Amplitude > Settings > Projects > your project > General.",
  },
  {
    name: "amplitude-secret-key",
    title: "Amplitude secret key",
    variable: "TAP_AMPLITUDE_SECRET_KEY",
    secret: true,
    required: true,
    hint: "Beside the API key: Amplitude > Settings > Projects > your project > General.",
  },
  {
    name: "amplitude-region",
    title: "Amplitude region",
    flag: "amplitude-region",
    variable: "TAP_AMPLITUDE_REGION",
    secret: false,
    required: true,
    default: "us",
    choices: ["us", "eu"],
    hint: "us (amplitude.com) or eu (analytics.eu.amplitude.com).",
  },
  {
    name: "funnelfox-api-key",
    title: "FunnelFox secret",
    variable: "FUNNELFOX_API_KEY",
    secret: true,
    required: true,
    hint: "FunnelFox > Project settings > API. It can refund and cancel: treat it like a payment credential.",
  },
  {
    name: "slack-webhook-url",
    title: "Slack webhook",
    variable: "SLACK_WEBHOOK_URL",
    secret: true,
    required: false,
    hint: "Optional: an incoming webhook that gets a message when a night fails and when it recovers.",
  },
  {
    name: "metabase-email",
    title: "Metabase admin's e-mail",
    flag: "metabase-email",
    variable: "METABASE_ADMIN_EMAIL",
    secret: false,
    required: false,
    hint: "Login of Metabase's first administrator. Default: the Heroku account's e-mail.",
  },
  {
    name: "metabase-password",
    title: "Metabase admin's password",
    variable: "METABASE_ADMIN_PASSWORD",
    secret: true,
    required: false,
    hint: "Password of Metabase's first administrator. Default: generated.",
  },
] as const satisfies readonly AnswerSpec[];

export type AnswerName = (typeof answers)[number]["name"];
export const answerNames = answers.map((answer) => answer.name) as readonly AnswerName[];

/** The spec of an answer; every name of the type has one. */
export function answerSpec(name: AnswerName): AnswerSpec {
  const spec = answers.find((answer) => answer.name === name);
  if (!spec) throw new TypeError(`no answer is called ${name}`);
  return spec;
}

/** Days of Amplitude's history that a first setup asks for when nobody says otherwise. */
export const DEFAULT_HISTORY_DAYS = 90;
