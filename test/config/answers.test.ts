// The flags and variables that other people's scripts rely on, letter by letter.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerChecks } from "../../config/answer-checks.js";
import { type AnswerSpec, answerNames, answerSpec, answers } from "../../config/answers.js";
import { amplitudeHosts, hosts } from "../../config/hosts.js";

const specs: readonly AnswerSpec[] = answers;

/** answer, flag, variable, default */
const documented = [
  ["token", undefined, "HEROKU_API_KEY", undefined],
  ["pipeline-app", "pipeline-app", "PIPELINE_APP", "reluvia-dwh"],
  ["metabase-app", "metabase-app", "METABASE_APP", "reluvia-metabase"],
  ["region", "region", "HEROKU_REGION", "eu"],
  ["team", "team", "HEROKU_TEAM", ""],
  ["postgres-plan", "postgres-plan", "POSTGRES_PLAN", "essential-0"],
  ["metabase-runtime", "metabase-runtime", "METABASE_RUNTIME", "container"],
  ["metabase-dyno", "metabase-dyno", "METABASE_DYNO", "eco"],
  ["pipeline-dyno", "pipeline-dyno", "PIPELINE_DYNO", "eco"],
  ["schedule", "schedule", "PIPELINE_SCHEDULE", "02:00"],
  ["start-date", "start-date", "PIPELINE_START_DATE", undefined],
  ["stripe-api-key", undefined, "TAP_STRIPE_API_KEY", undefined],
  ["amplitude-api-key", undefined, "TAP_AMPLITUDE_API_KEY", undefined],
  ["amplitude-secret-key", undefined, "TAP_AMPLITUDE_SECRET_KEY", undefined],
  ["amplitude-region", "amplitude-region", "TAP_AMPLITUDE_REGION", "us"],
  ["funnelfox-api-key", undefined, "FUNNELFOX_API_KEY", undefined],
  ["slack-webhook-url", undefined, "SLACK_WEBHOOK_URL", undefined],
  ["metabase-email", "metabase-email", "METABASE_ADMIN_EMAIL", undefined],
  ["metabase-password", undefined, "METABASE_ADMIN_PASSWORD", undefined],
];

describe("the answers", () => {
  it("have the flags, variables and defaults that are documented", () => {
    expect(specs.map((spec) => [spec.name, spec.flag, spec.variable, spec.default])).toEqual(documented);
  });

  it("have a flag exactly when they are no secret, because flags are seen by everybody on the machine", () => {
    for (const { name, secret, flag } of specs) expect([name, flag !== undefined]).toEqual([name, !secret]);
  });

  it("have a check each, which takes the default and every choice as it is", () => {
    expect(Object.keys(answerChecks).sort()).toEqual([...answerNames].sort());
    for (const name of answerNames) {
      const { choices = [], default: usual } = answerSpec(name);
      for (const text of [...choices, ...(usual === undefined ? [] : [usual])]) {
        expect(answerChecks[name].parse(text)).toBe(text);
      }
    }
  });

  it("are all named in .env.example, and nothing else is", () => {
    const named = [...readFileSync(".env.example", "utf8").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(specs.map(({ variable }) => variable).sort());
  });

  it("have defaults in .env.example that are the real ones", () => {
    const shown = [...readFileSync(".env.example", "utf8").matchAll(/^#?([A-Z][A-Z0-9_]+)=(\S+)/gm)];
    expect(shown.length).toBeGreaterThan(5);
    for (const [, variable, value] of shown) {
      expect([variable, value]).toEqual([variable, specs.find((spec) => spec.variable === variable)?.default]);
    }
  });
});

describe("the hosts", () => {
  it("have the variables and addresses that are documented", () => {
    expect(Object.values(hosts).map(({ variable, default: usual }) => [variable, usual])).toEqual([
      ["HEROKU_HOST", "https://api.heroku.com"],
      ["HEROKU_PARTICLEBOARD_URL", "https://particleboard.heroku.com"],
      ["HEROKU_DATA_HOST", "https://api.data.heroku.com"],
      ["PAPERTRAIL_API_URL", "https://papertrailapp.com/api/v1"],
      ["STRIPE_API_URL", "https://api.stripe.com"],
      ["AMPLITUDE_API_URL", ""],
      ["FUNNELFOX_API_URL", "https://api.funnelfox.io/public/v1"],
    ]);
    expect(amplitudeHosts).toEqual({ us: "https://amplitude.com", eu: "https://analytics.eu.amplitude.com" });
  });
});
