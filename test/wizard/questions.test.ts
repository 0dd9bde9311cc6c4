// What the wizard asks, in which words, and what it makes of the answers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerNames, answerSpec } from "../../config/answers.js";
import { Secret } from "../../scripts/common/secret.js";
import type { Answers, Step } from "../../scripts/provision/types.js";
import { fillDefaults } from "../../scripts/wizard/answers.js";
import { askAnswers, confirmPlan, reviewAnswers } from "../../scripts/wizard/questions.js";
import { ENTER, fakePrompts } from "./fake-prompts.js";

const today = new Date("2024-11-25T12:00:00Z");

describe("asking for what is still unknown", () => {
  it("goes in the order of the table, whatever the order of the names", async () => {
    const ui = fakePrompts(["my-dwh", "eu", "03:30"]);
    const answers = await askAnswers(["schedule", "region", "pipeline-app"], {}, ui);
    expect(ui.asked.map(({ message }) => message)).toEqual(["Pipeline app:", "Region:", "Time of the nightly job:"]);
    expect(answers).toEqual({
      "pipeline-app": { value: "my-dwh", origin: "typed" },
      region: { value: "eu", origin: "typed" },
      schedule: { value: "03:30", origin: "typed" },
    });
  });

  it("says below which words an answer was refused and asks again", async () => {
    const ui = fakePrompts(["Not A Name", "my-dwh", "pk_live_publishable", "rk_live_good"]);
    const answers = await askAnswers(["pipeline-app", "stripe-api-key"], {}, ui);
    expect(ui.refused[0]).toContain('The pipeline app "Not A Name" cannot be an app name.');
    expect(ui.refused[1]).toContain("is a publishable key, which cannot read anything");
    expect(answers["pipeline-app"]?.value).toBe("my-dwh");
    expect(answers["stripe-api-key"]?.value).toEqual(new Secret("rk_live_good"));
  });

  it("asks for secrets with the masked prompt and for nothing else with it", async () => {
    for (const name of answerNames) {
      const ui = fakePrompts([]);
      await askAnswers([name], {}, ui).catch(() => undefined);
      expect(ui.asked[0]?.kind === "password", name).toBe(answerSpec(name).secret);
      expect(ui.said, name).toEqual([answerSpec(name).hint]);
    }
  });

  it("does not take an empty line for a secret that is needed, and leaves out one that is not", async () => {
    const needed = fakePrompts([ENTER, "rk_live_good"]);
    await askAnswers(["stripe-api-key"], {}, needed);
    expect(needed.refused).toEqual(["The Stripe key (TAP_STRIPE_API_KEY) is empty."]);
    const optional = fakePrompts([ENTER, ENTER]);
    expect(await askAnswers(["slack-webhook-url", "metabase-password"], {}, optional)).toEqual({});
    expect(optional.asked[0]?.message).toBe("Slack webhook (Enter leaves it out):");
  });

  it("offers the default: 90 days ago for the first day, the account's e-mail for Metabase", async () => {
    const ui = fakePrompts([ENTER, ENTER, ENTER]);
    const answers = await askAnswers(["pipeline-app", "start-date", "metabase-email"], {}, ui, {
      today,
      accountEmail: "me@example.com",
    });
    expect(ui.asked.map((question) => question.default)).toEqual(["reluvia-dwh", "2024-08-27", "me@example.com"]);
    expect(answers["start-date"]).toEqual({ value: "2024-08-27", origin: "typed" });
  });

  it("shows price and memory of every dyno for Metabase", async () => {
    const ui = fakePrompts([ENTER]);
    const answers = await askAnswers(["metabase-dyno"], {}, ui);
    expect(ui.asked[0]?.labels).toEqual([
      "eco          $5.00 a month for the whole account, 512 MB, sleeps after 30 minutes",
      "basic        $7.00 a month, 512 MB",
      "standard-1x  $25.00 a month, 512 MB",
      "standard-2x  $50.00 a month, 1 GB",
    ]);
    expect(answers["metabase-dyno"]?.value).toBe("eco");
  });

  it("shows what the nightly job's dyno adds to a month", async () => {
    const ui = fakePrompts(["basic"]);
    await askAnswers(["pipeline-dyno"], {}, ui);
    expect(ui.asked[0]?.labels?.slice(0, 2)).toEqual([
      "eco          $5.00 a month for the whole account, 512 MB",
      "basic        about $0.50 a month, billed by the second, 512 MB",
    ]);
  });

  it("does not offer Eco to a team", async () => {
    const ui = fakePrompts([ENTER]);
    const answers = await askAnswers(["metabase-dyno"], { team: { value: "acme", origin: "flag" } }, ui);
    expect(ui.asked[0]?.labels?.join("\n")).not.toContain("eco");
    expect(answers["metabase-dyno"]?.value).toBe("basic");
  });

  it("shows the Postgres plans with their limits, at the live price where there is one, and takes another by name", async () => {
    const noted = fakePrompts(["…", "premium-0"]);
    const answers = await askAnswers(["postgres-plan"], {}, noted);
    expect(noted.asked[0]?.labels?.[0]).toBe("essential-0  $5.00 a month, 1 GB, 20 connections");
    expect(answers["postgres-plan"]).toEqual({ value: "premium-0", origin: "typed" });
    const live = fakePrompts([ENTER]);
    const plans = new Map([["essential-0", { name: "essential-0", monthlyCents: 700 }]]);
    await askAnswers(["postgres-plan"], {}, live, { plans });
    expect(live.asked[0]?.labels).toEqual([
      "essential-0  $7.00 a month, 1 GB, 20 connections",
      "another plan, by its name",
    ]);
  });

  it("offers for each list exactly what its validator takes", async () => {
    for (const name of answerNames.filter((candidate) => answerSpec(candidate).choices)) {
      for (const value of answerSpec(name).choices ?? []) {
        const answers = await askAnswers([name], {}, fakePrompts([value]));
        expect(answers[name]).toEqual({ value, origin: "typed" });
      }
    }
  });

  it("puts no secret into anything that it says or asks", async () => {
    const key = fc.stringMatching(/^rk_live_[A-Za-z0-9]{8,30}$/);
    await fc.assert(
      fc.asyncProperty(key, key, async (before, typed) => {
        const ui = fakePrompts([`${typed} x`, typed, ENTER, ENTER]);
        const soFar: Answers = { "stripe-api-key": { value: new Secret(before), origin: ".env" } };
        await reviewAnswers(await askAnswers(["stripe-api-key"], soFar, ui), ui);
        const everything = JSON.stringify([ui.asked, ui.said, ui.refused]);
        expect(everything).not.toContain(before);
        expect(everything).not.toContain(typed);
      }),
    );
  });
});

describe("the review", () => {
  const answers: Answers = {
    ...fillDefaults({}, { today, accountEmail: "me@example.com" }),
    token: { value: new Secret("HRKU-secret"), origin: "heroku" },
    region: { value: "us", origin: "flag" },
    "postgres-plan": { value: "essential-1", origin: "heroku" },
    "metabase-dyno": { value: "basic", origin: "environment" },
    "stripe-api-key": { value: new Secret("rk_live_secret"), origin: ".env" },
    "funnelfox-api-key": { value: new Secret("typed-secret"), origin: "typed" },
  };

  it("shows every answer with where it came from, secrets masked", async () => {
    const ui = fakePrompts([ENTER]);
    const known = new Set(["amplitude-api-key", "amplitude-secret-key"] as const);
    await reviewAnswers(answers, ui, { known });
    expect(`\n${ui.asked[0]?.labels?.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Go on
      Heroku token                      •••               from the Heroku CLI
      Pipeline app                      reluvia-dwh       default
      Metabase app                      reluvia-metabase  default
      Region                            us                from a flag
      Heroku team                       none              default
      Postgres plan                     essential-1       from Heroku
      Way of running Metabase           container         default
      Metabase's dyno                   basic             environment
      Nightly job's dyno                eco               default
      Time of the nightly job           02:00             default
      First day of Amplitude's history  2024-08-27        default
      Stripe key                        •••               from .env
      Amplitude API key                 •••               from Heroku
      Amplitude secret key              •••               from Heroku
      Amplitude region                  us                default
      FunnelFox secret                  •••               typed
      Slack webhook                     none
      Metabase admin's e-mail           me@example.com    default
      Metabase admin's password         none              generated
      "
    `);
  });

  it("changes nothing when the Enter key is pressed", async () => {
    expect(await reviewAnswers(answers, fakePrompts([ENTER]))).toEqual(answers);
  });

  it("asks for a chosen answer again, beginning at what it was, until Go on is chosen", async () => {
    const ui = fakePrompts(["region", "eu", "schedule", "05:00", "go-on"]);
    const changed = await reviewAnswers(answers, ui);
    expect(changed).toEqual({
      ...answers,
      region: { value: "eu", origin: "typed" },
      schedule: { value: "05:00", origin: "typed" },
    });
    expect(ui.asked[1]).toMatchObject({ message: "Region:", default: "us" });
    expect(ui.asked[3]).toMatchObject({ message: "Time of the nightly job:", default: "02:00" });
  });

  it("keeps a secret when nothing is typed in its place", async () => {
    const ui = fakePrompts(["stripe-api-key", ENTER, "go-on"]);
    expect(await reviewAnswers(answers, ui)).toEqual(answers);
    expect(ui.asked[1]?.message).toBe("Stripe key (Enter keeps it):");
  });
});

describe("the question before anything is written", () => {
  const step = (monthlyCents?: number): Step => ({
    id: "pipeline.add-on.x",
    action: "create",
    role: "pipeline",
    app: "reluvia-dwh",
    resource: "add-on",
    name: "x",
    reason: "",
    after: "heroku-postgresql:essential-0",
    ...(monthlyCents === undefined ? {} : { monthlyCents }),
  });
  const asked = async (steps: Step[], reply: boolean | typeof ENTER = ENTER) => {
    const ui = fakePrompts([reply]);
    const plan = { steps, refusals: [], consents: [], notices: [], prices: [], monthlyCents: 1000 };
    const yes = await confirmPlan(plan, ui);
    return { yes, message: ui.asked[0]?.message };
  };

  it("holds the price of what is paid, and the Enter key does not buy", async () => {
    expect(await asked([step(500)])).toEqual({
      yes: false,
      message: "Make this change? Paid: heroku-postgresql:essential-0 $5.00. The whole stack costs $10.00 a month.",
    });
    expect((await asked([step(500)], true)).yes).toBe(true);
  });

  it("is a yes by the Enter key when nothing costs anything", async () => {
    expect(await asked([step()])).toEqual({
      yes: true,
      message: "Make this change? The whole stack stays at $10.00 a month.",
    });
  });
});
