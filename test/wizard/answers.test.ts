// Where an answer comes from, which source wins, and what is said when it is no good.
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerChecks } from "../../config/answer-checks.js";
import { type AnswerName, answerNames, answerSpec } from "../../config/answers.js";
import { Secret } from "../../scripts/common/secret.js";
import { collect, fillDefaults, fillFromHeroku, missing } from "../../scripts/wizard/answers.js";
import { askAnswers } from "../../scripts/wizard/ask.js";
import { envUpdates } from "../../scripts/wizard/env.js";
import { fakePrompts } from "./fake-prompts.js";

const from = (sources: Partial<Parameters<typeof collect>[0]>) =>
  collect({ flags: {}, env: {}, envFile: {}, ...sources });

describe("what was given", () => {
  it("counts in the order flag, environment, .env", () => {
    const flags = { region: "us" };
    const env = { HEROKU_REGION: "eu", PIPELINE_APP: "from-env" };
    const envFile = { HEROKU_REGION: "eu", PIPELINE_APP: "from-file", METABASE_APP: "from-file-too" };
    expect(collect({ flags, env, envFile })).toEqual({
      problems: [],
      answers: {
        "pipeline-app": { value: "from-env", origin: "environment" },
        "metabase-app": { value: "from-file-too", origin: ".env" },
        region: { value: "us", origin: "flag" },
      },
    });
  });

  it("is cleaned: spaces around it, capitals of a choice, the service before a plan", () => {
    const { answers } = from({ env: { HEROKU_REGION: " EU ", POSTGRES_PLAN: "heroku-postgresql:essential-1" } });
    expect(answers.region?.value).toBe("eu");
    expect(answers["postgres-plan"]?.value).toBe("essential-1");
  });

  it("is a Secret when it is one", () => {
    const { answers } = from({ env: { TAP_STRIPE_API_KEY: "rk_live_abc" } });
    const value = answers["stripe-api-key"]?.value;
    expect(value).toBeInstanceOf(Secret);
    expect(JSON.stringify(answers) + inspect(answers, { depth: 9 })).not.toContain("rk_live_abc");
  });

  it("has all of its problems said at once, each with its source", () => {
    const { answers, problems } = from({
      flags: { region: "mars" },
      env: { PIPELINE_SCHEDULE: "02:17", PIPELINE_APP: "fine-name" },
      envFile: { METABASE_APP: "No Capitals", TAP_STRIPE_API_KEY: "pk_live_x" },
    });
    expect(Object.keys(answers)).toEqual(["pipeline-app"]);
    expect(problems.map(({ name, source }) => `${source}: ${name}`)).toEqual([
      ".env: metabase-app",
      "flag: region",
      "environment: schedule",
      ".env: stripe-api-key",
    ]);
    expect(problems.map(({ message }) => message).join("\n")).toContain("publishable key");
  });

  it("is not given when a variable holds nothing, and the next source counts", () => {
    expect(
      from({
        env: { HEROKU_REGION: "", TAP_STRIPE_API_KEY: " " },
        envFile: { HEROKU_REGION: "us", TAP_STRIPE_API_KEY: "rk_live_a" },
      }),
    ).toMatchObject({
      problems: [],
      answers: { region: { value: "us", origin: ".env" }, "stripe-api-key": { origin: ".env" } },
    });
    expect(from({ env: { HEROKU_REGION: "" } })).toEqual({ answers: {}, problems: [] });
  });

  it("is a problem when a required secret is there but empty", () => {
    expect(from({ envFile: { TAP_STRIPE_API_KEY: "" } }).problems).toEqual([
      { name: "stripe-api-key", source: ".env", message: "The Stripe key (TAP_STRIPE_API_KEY) is empty." },
    ]);
    expect(from({ env: { HEROKU_API_KEY: "" } }).problems[0]?.message).toContain("is empty");
    expect(from({ env: { SLACK_WEBHOOK_URL: "" } })).toEqual({ answers: {}, problems: [] });
  });

  it("may be the empty text by flag, which means the account's own apps for --team", () => {
    expect(from({ flags: { team: "" }, env: { HEROKU_TEAM: "acme" } }).answers.team).toEqual({
      value: "",
      origin: "flag",
    });
    expect(from({ flags: { region: "" } }).problems).toHaveLength(1);
  });

  it.each([
    ["TAP_STRIPE_API_KEY", "0123456789abcdef0123456789abcdef", "swapped"],
    ["TAP_AMPLITUDE_API_KEY", "sk_live_abcdef", "swapped"],
    ["HEROKU_API_KEY", "rk_live_abcdef", "swapped"],
    ["FUNNELFOX_API_KEY", "two\nlines", "line break"],
    ["FUNNELFOX_API_KEY", '"quoted"', "quotes"],
    ["HEROKU_REGION", "sk_live_abcdef", "looks like a key or token"],
    ["PIPELINE_APP", "HRKU-0a1b2c3d", "looks like a key or token"],
    ["HEROKU_REGION", "q8Zk2Lm9Xw4Tn7Vb", "looks like a key"],
    ["METABASE_ADMIN_EMAIL", "postgres://u:passw0rd@host/db", "looks like a key or token"],
  ])("is refused without being shown when a key stands in the wrong place: %s", (variable, value, says) => {
    const { problems } = from({ env: { [variable]: value } });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(says);
    expect(JSON.stringify(problems).toLowerCase()).not.toContain(JSON.stringify(value).slice(1, -1).toLowerCase());
  });
});

/** Texts that people and machines give: near misses, keys, and anything at all. */
const texts = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom("eu", " US", "eco", "Standard-2X", "02:30", "2026-01-31", "2026-02-30", "a@b.co", "reluvia-dwh"),
  fc.constantFrom("sk_live_abc", "pk_test_abc", "https://hooks.slack.com/services/T/B/x", "container", "essential-2"),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
);

describe("one validator for all ways in", () => {
  it("accepts or refuses a flag, a variable, a line of .env and a typed answer of the same text alike", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...answerNames), texts, async (name, text) => {
        fc.pre(text.trim() !== "");
        const spec = answerSpec(name);
        const byVariable = from({ env: { [spec.variable]: text } });
        const byFile = from({ envFile: { [spec.variable]: text } });
        const value = byVariable.answers[name]?.value;
        const message = byVariable.problems[0]?.message;
        expect(byFile.answers[name]?.value).toEqual(value);
        expect(byFile.problems[0]?.message).toBe(message);
        if (spec.flag) {
          const byFlag = from({ flags: { [name]: text } });
          expect(byFlag.answers[name]?.value).toEqual(value);
          expect(byFlag.problems[0]?.message).toBe(message);
        }
        if (spec.choices) return;
        const ui = fakePrompts([text]);
        const typed = await askAnswers([name], {}, ui).catch(() => undefined);
        if (value === undefined) expect(ui.refused).toEqual([message]);
        else expect(typed?.[name]).toEqual({ value, origin: "typed" });
      }),
    );
  });

  it("never shows a secret in a message, whichever answer it was given for", () => {
    const secretText = fc.oneof(
      fc.stringMatching(/^(sk|rk|pk)_(live|test)_[A-Za-z0-9]{12,40}$/),
      fc.stringMatching(/^HRKU-[A-Za-z0-9_-]{20,60}$/),
      fc.stringMatching(/^[0-9a-f]{32}$/),
      fc.stringMatching(/^[A-Za-z]{3}[0-9]{3}[A-Za-z0-9]{14,30}$/),
      fc.uuid(),
      fc.stringMatching(/^[A-Za-z0-9]{12} [A-Za-z0-9]{12}$/).filter((text) => /\d/.test(text)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...answerNames), secretText, (name: AnswerName, text) => {
        const spec = answerSpec(name);
        // Two words of a key are one secret only where a secret is wanted.
        fc.pre(spec.secret || !text.includes(" "));
        const said = JSON.stringify(from({ env: { [spec.variable]: text }, flags: { [name]: text } })).toLowerCase();
        const wholeAnswer = !spec.secret && from({ env: { [spec.variable]: text } }).problems.length === 0;
        if (!wholeAnswer) expect(said).not.toContain(text.toLowerCase());
      }),
    );
  });
});

describe("what Heroku has and what nobody said", () => {
  it("fills in what Heroku has, but never over what was given", () => {
    const given = from({ flags: { region: "us" } }).answers;
    const filled = fillFromHeroku(given, {
      region: "eu",
      "postgres-plan": "essential-1",
      "stripe-api-key": new Secret("rk_live_a"),
      "start-date": new Secret("2026-01-01"),
      "amplitude-region": "",
    });
    expect(filled.region).toEqual({ value: "us", origin: "flag" });
    expect(filled["postgres-plan"]).toEqual({ value: "essential-1", origin: "heroku" });
    expect(filled["start-date"]).toEqual({ value: "2026-01-01", origin: "heroku" });
    expect(filled["stripe-api-key"]?.value).toBeInstanceOf(Secret);
    expect(filled["amplitude-region"]).toBeUndefined();
  });

  it("fills in the defaults last, the first day 90 days before today", () => {
    const today = new Date("2024-11-25T23:30:00Z");
    const filled = fillDefaults(fillFromHeroku({}, { region: "us" }), { today, accountEmail: "me@example.com" });
    expect(filled.region?.origin).toBe("heroku");
    expect(filled["start-date"]).toEqual({ value: "2024-08-27", origin: "default" });
    expect(filled["metabase-email"]).toEqual({ value: "me@example.com", origin: "default" });
    expect(filled.team).toEqual({ value: "", origin: "default" });
    expect(filled["metabase-dyno"]).toEqual({ value: "eco", origin: "default" });
    expect(Object.keys(filled)).not.toContain("stripe-api-key");
  });

  it("makes defaults that pass the same checks as anything typed", () => {
    for (const [name, answer] of Object.entries(fillDefaults({}, { today: new Date("2024-11-25") }))) {
      expect(answerChecks[name as AnswerName].safeParse(answer.value), name).toMatchObject({ success: true });
    }
  });

  it("leaves only secrets to be named, with the variable of each, in the order of the table", () => {
    const settled = fillDefaults({}, { today: new Date("2024-11-25") });
    expect(missing(settled)).toEqual([
      { name: "token", variable: "HEROKU_API_KEY" },
      { name: "stripe-api-key", variable: "TAP_STRIPE_API_KEY" },
      { name: "amplitude-api-key", variable: "TAP_AMPLITUDE_API_KEY" },
      { name: "amplitude-secret-key", variable: "TAP_AMPLITUDE_SECRET_KEY" },
      { name: "funnelfox-api-key", variable: "FUNNELFOX_API_KEY" },
    ]);
    expect(missing(settled, new Set(["token", "stripe-api-key"])).map(({ name }) => name)).toEqual([
      "amplitude-api-key",
      "amplitude-secret-key",
      "funnelfox-api-key",
    ]);
    expect(missing({})[1]).toEqual({ name: "pipeline-app", flag: "pipeline-app", variable: "PIPELINE_APP" });
  });
});

describe("what is saved to .env", () => {
  it("is what was typed or given by flag, and nothing else", () => {
    expect(
      envUpdates({
        token: { value: new Secret("HRKU-typed"), origin: "typed" },
        region: { value: "us", origin: "flag" },
        "pipeline-app": { value: "a-name", origin: "environment" },
        "metabase-app": { value: "b-name", origin: ".env" },
        "postgres-plan": { value: "essential-0", origin: "default" },
        "stripe-api-key": { value: new Secret("rk_live_a"), origin: "heroku" },
        "metabase-password": { value: new Secret("made-up-here"), origin: "generated" },
      }),
    ).toEqual({ HEROKU_API_KEY: "HRKU-typed", HEROKU_REGION: "us" });
  });
});
