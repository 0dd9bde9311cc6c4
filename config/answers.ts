// Every question that setup can ask: its name, flag, environment variable, default, and what a good answer looks like.
import { z } from "zod";
import { dynoSizeNames } from "./prices.js";

/** App names as the Platform API takes them (Heroku Platform API, App > name). */
export const appNamePattern = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;

/** Regions of the Common Runtime (Heroku Dev Center, Regions). */
export const regions = ["eu", "us"] as const;
export const metabaseRuntimes = ["container", "buildpack"] as const;
export type MetabaseRuntime = (typeof metabaseRuntimes)[number];

/** What a flag, a variable or a typed line must look like to be an answer: the cleaned text comes out, or a sentence that says what is wrong. */
export type AnswerCheck = z.ZodType<string, string>;

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
  readonly check: AnswerCheck;
}

const oneOf = (what: string, values: readonly string[]): AnswerCheck =>
  z
    .string()
    .transform((text) => text.trim().toLowerCase())
    .refine((text) => values.includes(text), {
      error: (issue) => `${what} "${issue.input}" is not known here. Choose one of: ${values.join(", ")}.`,
    });

const appName = (what: string): AnswerCheck =>
  z
    .string()
    .trim()
    .regex(appNamePattern, {
      error: (issue) =>
        `${what} "${issue.input}" cannot be an app name. Heroku takes 3 to 30 lower-case letters, digits and dashes, ` +
        "beginning with a letter and not ending with a dash.",
    });

/** A secret on one line: no line breaks or spaces inside, quotes left over from a shell or file refused rather than sent along. */
const secret = (
  what: string,
  foreign: readonly (readonly [RegExp, string])[],
  own?: readonly [RegExp, string],
): AnswerCheck =>
  z.string().transform((text, ctx) => {
    const value = text.trim();
    const problem = (message: string) => {
      ctx.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    if (value === "") return problem(`${what} is empty.`);
    if (/[\r\n]/.test(value)) return problem(`${what} has a line break in it. Paste it again as one line.`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\s\u0000-\u001f\u007f]/.test(value))
      return problem(`${what} has a space or a control character in it. Paste it again.`);
    if (/^["'].*["']$/.test(value)) return problem(`${what} stands in quotes. Give it without them.`);
    for (const [pattern, says] of foreign) if (pattern.test(value)) return problem(`${what} ${says}`);
    if (own && !own[0].test(value)) return problem(`${what} ${own[1]}`);
    return value;
  });

const STRIPE_KEYS = "Stripe > Developers > API keys (https://dashboard.stripe.com/apikeys)";
const looksLikeStripe = [/^(sk|rk|pk)_/, "holds a Stripe key. The keys may be swapped between variables."] as const;
const looksLikeHeroku = [/^HRKU-/, "holds a Heroku token. The keys may be swapped between variables."] as const;

const date: AnswerCheck = z
  .string()
  .trim()
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text, {
    error: (issue) => `The first day "${issue.input}" is no date. Write it as 2026-01-31.`,
  })
  .refine((text) => text >= "2012-01-01" && Date.parse(`${text}T00:00:00Z`) <= Date.now(), {
    error: (issue) => `The first day ${issue.input} lies outside of what Amplitude can export (2012 to today).`,
  });

const clockTime: AnswerCheck = z
  .string()
  .trim()
  .transform((text) => text.replace(/ ?UTC$/i, ""))
  .refine((text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text), {
    error: (issue) => `The time "${issue.input}" is no time of day. Write hours and minutes in UTC, such as 02:00.`,
  })
  .refine((text) => /:[03]0$/.test(text), {
    error: (issue) =>
      `The time ${issue.input} cannot be had: Heroku Scheduler starts daily jobs on the hour or the half hour.`,
  });

/** All answers, in the order in which they are asked and shown. The table of flags and variables that other people's scripts rely on. */
export const answers = [
  {
    name: "token",
    title: "Heroku token",
    variable: "HEROKU_API_KEY",
    secret: true,
    required: true,
    hint: "A Heroku API token. Make one with `heroku authorizations:create`, or find it under Account settings > API Key.",
    check: secret("The Heroku token (HEROKU_API_KEY)", [
      [/^(sk|rk|pk)_/, "holds a Stripe key. The keys may be swapped between variables."],
    ]),
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
    check: appName("The pipeline app"),
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
    check: appName("The Metabase app"),
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
    check: oneOf("The region", regions),
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
    check: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$|^$/, {
        error: (issue) => `The team "${issue.input}" is no team name: letters, digits and dashes.`,
      }),
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
    check: z
      .string()
      .transform((text) =>
        text
          .trim()
          .toLowerCase()
          .replace(/^heroku-postgresql:/, ""),
      )
      .refine((text) => /^[a-z]+[a-z0-9-]*$/.test(text), {
        error: (issue) =>
          `The Postgres plan "${issue.input}" is no plan name. Write it as Heroku does, such as essential-0.`,
      }),
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
    check: oneOf("The way of running Metabase", metabaseRuntimes),
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
    check: oneOf("The dyno size of Metabase", dynoSizeNames),
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
    check: oneOf("The dyno size of the nightly job", dynoSizeNames),
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
    check: clockTime,
  },
  {
    name: "start-date",
    title: "First day of Amplitude's history",
    flag: "start-date",
    variable: "PIPELINE_START_DATE",
    secret: false,
    required: true,
    hint: "Events from this day on are loaded. Default: 90 days before the first setup.",
    check: date,
  },
  {
    name: "stripe-api-key",
    title: "Stripe key",
    variable: "TAP_STRIPE_API_KEY",
    secret: true,
    required: true,
    hint: `A restricted key with read access is enough: ${STRIPE_KEYS}.`,
    check: secret(
      "The Stripe key (TAP_STRIPE_API_KEY)",
      [
        [
          /^pk_/,
          `is a publishable key, which cannot read anything. Take a restricted or secret key from ${STRIPE_KEYS}.`,
        ],
        [/^whsec_/, `is a webhook's signing secret. Take a restricted or secret key from ${STRIPE_KEYS}.`],
        [/^[0-9a-f]{32}$/i, "looks like a key of Amplitude. The keys may be swapped between variables."],
        looksLikeHeroku,
      ],
      [
        /^(sk|rk)_[A-Za-z0-9_]+$/,
        `is no Stripe key: those begin with rk_live_, sk_live_, rk_test_ or sk_test_. See ${STRIPE_KEYS}.`,
      ],
    ),
  },
  {
    name: "amplitude-api-key",
    title: "Amplitude API key",
    variable: "TAP_AMPLITUDE_API_KEY",
    secret: true,
    required: true,
    hint: "Amplitude > Settings > Projects > your project > General.",
    check: secret("The Amplitude API key (TAP_AMPLITUDE_API_KEY)", [looksLikeStripe, looksLikeHeroku]),
  },
  {
    name: "amplitude-secret-key",
    title: "Amplitude secret key",
    variable: "TAP_AMPLITUDE_SECRET_KEY",
    secret: true,
    required: true,
    hint: "Beside the API key: Amplitude > Settings > Projects > your project > General.",
    check: secret("The Amplitude secret key (TAP_AMPLITUDE_SECRET_KEY)", [looksLikeStripe, looksLikeHeroku]),
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
    check: oneOf("The Amplitude region", ["us", "eu"]),
  },
  {
    name: "funnelfox-api-key",
    title: "FunnelFox secret",
    variable: "FUNNELFOX_API_KEY",
    secret: true,
    required: true,
    hint: "FunnelFox > Project settings > API. It can refund and cancel: treat it like a payment credential.",
    check: secret("The FunnelFox secret (FUNNELFOX_API_KEY)", [looksLikeStripe, looksLikeHeroku]),
  },
  {
    name: "slack-webhook-url",
    title: "Slack webhook",
    variable: "SLACK_WEBHOOK_URL",
    secret: true,
    required: false,
    hint: "Optional: an incoming webhook that gets a message when a night fails and when it recovers.",
    check: secret(
      "The Slack webhook (SLACK_WEBHOOK_URL)",
      [],
      [/^https:\/\/\S+$/, "is no https address. Take it from Slack > Your apps > Incoming Webhooks."],
    ),
  },
  {
    name: "metabase-email",
    title: "Metabase admin's e-mail",
    flag: "metabase-email",
    variable: "METABASE_ADMIN_EMAIL",
    secret: false,
    required: false,
    hint: "Login of Metabase's first administrator. Default: the Heroku account's e-mail.",
    check: z
      .string()
      .trim()
      .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { error: (issue) => `"${issue.input}" is no e-mail address.` }),
  },
  {
    name: "metabase-password",
    title: "Metabase admin's password",
    variable: "METABASE_ADMIN_PASSWORD",
    secret: true,
    required: false,
    hint: "Password of Metabase's first administrator. Default: generated.",
    check: z.string().refine((text) => text.length >= 8 && !/[\r\n]/.test(text), {
      error: "The Metabase password (METABASE_ADMIN_PASSWORD) needs at least 8 characters on one line.",
    }),
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
