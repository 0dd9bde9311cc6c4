// What a flag, a variable or a typed line must look like to be an answer.
import { z } from "zod";
import { type AnswerName, appNamePattern, dynoSizeNames, metabaseRuntimes, regions, STRIPE_KEYS } from "./answers.js";

/** The cleaned text comes out, or a sentence that says what is wrong. */
export type AnswerCheck = z.ZodType<string, string>;

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

/** One validator for each answer, whichever way the answer came. */
export const answerChecks: Readonly<Record<AnswerName, AnswerCheck>> = {
  token: secret("The Heroku token (HEROKU_API_KEY)", [
    [/^(sk|rk|pk)_/, "holds a Stripe key. The keys may be swapped between variables."],
  ]),
  "pipeline-app": appName("The pipeline app"),
  "metabase-app": appName("The Metabase app"),
  region: oneOf("The region", regions),
  team: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$|^$/, {
      error: (issue) => `The team "${issue.input}" is no team name: letters, digits and dashes.`,
    }),
  "postgres-plan": z
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
  "metabase-runtime": oneOf("The way of running Metabase", metabaseRuntimes),
  "metabase-dyno": oneOf("The dyno size of Metabase", dynoSizeNames),
  "pipeline-dyno": oneOf("The dyno size of the nightly job", dynoSizeNames),
  schedule: clockTime,
  "start-date": date,
  "stripe-api-key": secret(
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
  "amplitude-api-key": secret("The Amplitude API key (TAP_AMPLITUDE_API_KEY)", [looksLikeStripe, looksLikeHeroku]),
  "amplitude-secret-key": secret("The Amplitude secret key (TAP_AMPLITUDE_SECRET_KEY)", [
    looksLikeStripe,
    looksLikeHeroku,
  ]),
  "amplitude-region": oneOf("The Amplitude region", ["us", "eu"]),
  "funnelfox-api-key": secret("The FunnelFox secret (FUNNELFOX_API_KEY)", [looksLikeStripe, looksLikeHeroku]),
  "slack-webhook-url": secret(
    "The Slack webhook (SLACK_WEBHOOK_URL)",
    [],
    [/^https:\/\/\S+$/, "is no https address. Take it from Slack > Your apps > Incoming Webhooks."],
  ),
  "metabase-email": z
    .string()
    .trim()
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { error: (issue) => `"${issue.input}" is no e-mail address.` }),
  "metabase-password": z.string().refine((text) => text.length >= 8 && !/[\r\n]/.test(text), {
    error: "The Metabase password (METABASE_ADMIN_PASSWORD) needs at least 8 characters on one line.",
  }),
};
