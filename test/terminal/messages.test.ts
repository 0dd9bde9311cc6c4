// The fixed sentences, the answers and the summary of a run.
import { describe, expect, it } from "vitest";
import * as messages from "../../scripts/terminal/messages.js";
import { plainStyle } from "../../scripts/terminal/style.js";
import { renderSummary } from "../../scripts/terminal/summary.js";
import { firstPlan, laterPlan, planOf, step } from "./fixture.js";

describe("the first line", () => {
  it("says nothing when everything speaks to the real hosts", () => {
    expect(messages.headline({})).toBeUndefined();
  });

  it("names the sandbox on this machine", () => {
    expect(messages.headline({ HEROKU_HOST: "http://127.0.0.1:5000", STRIPE_API_URL: "http://127.0.0.1:5001" })).toBe(
      "This speaks to the sandbox at http://127.0.0.1:5000, not to Heroku.",
    );
  });

  it("names another machine, and other hosts that are not the real ones", () => {
    expect(messages.headline({ HEROKU_HOST: "heroku.example.com" })).toBe(
      "This speaks to https://heroku.example.com, as HEROKU_HOST says, not to Heroku.",
    );
    expect(messages.headline({ STRIPE_API_URL: "http://localhost:1" })).toBe(
      "This speaks to the real Heroku, but not to every real host: STRIPE_API_URL says http://localhost:1.",
    );
  });
});

describe("the question before anything is written", () => {
  it("shows the price of what is paid and of the whole", () => {
    expect(messages.confirmQuestion(firstPlan)).toBe(
      "Make these 18 changes? Paid: heroku-postgresql:essential-0 $5.00, 1 × Eco $5.00. The whole stack costs $10.00 a month.",
    );
  });

  it("says that the price stays when nothing paid changes", () => {
    const free = planOf([step("pipeline", { action: "change", resource: "job", name: "nightly" })], {
      monthlyCents: 1000,
    });
    expect(messages.confirmQuestion(free)).toBe("Make this change? The whole stack stays at $10.00 a month.");
  });
});

it("a plan is counted in one line", () => {
  expect(messages.planCount(laterPlan)).toBe(
    "Plan: 0 to create, 3 to change, 0 to delete. Nothing is deleted by setup.",
  );
  expect(messages.planCount(planOf([]))).toBe("No changes. Both apps are as declared.");
});

it("a price above the limit is refused with both figures", () => {
  expect(messages.aboveLimit(1000, 500)).toBe(
    "The whole stack costs $10.00 a month, which is more than the $5.00 that --max-monthly allows. Nothing was done.",
  );
});

it("missing answers are named at once, each with its variable and flag", () => {
  const missing = [
    { name: "stripe-api-key", variable: "TAP_STRIPE_API_KEY" },
    { name: "region", flag: "region", variable: "HEROKU_REGION" },
  ] as const;
  expect(messages.renderMissing(missing, plainStyle)).toEqual([
    "✖ 2 answers are missing, and nobody can be asked here.",
    "  stripe-api-key  TAP_STRIPE_API_KEY  a secret: environment or .env",
    "  region          HEROKU_REGION       or --region",
  ]);
});

describe("after Ctrl-C", () => {
  it("a person reads what exists, what is open and which command goes on", () => {
    const standing = [
      { id: "a", title: "Create the app reluvia-dwh", state: "done" as const },
      { id: "b", title: "Create the add-on heroku-postgresql:essential-0", state: "stopped" as const },
      { id: "c", title: "Set 7 config vars", state: "waiting" as const },
    ];
    expect(messages.renderInterrupted(standing, "npm run setup", plainStyle)).toEqual([
      "⚠ Interrupted.",
      "  Done:        Create the app reluvia-dwh",
      "  Unfinished:  Create the add-on heroku-postgresql:essential-0",
      "  Heroku may still finish what was under way. Nothing is made twice: the next",
      "  run reads first.",
      "  Go on with:  npm run setup",
      "  Ctrl-C again leaves at once.",
    ]);
  });

  it("a person reads that nothing was changed when nothing had begun", () => {
    expect(messages.renderInterrupted([], "npm run setup", plainStyle)[0]).toBe("⚠ Interrupted. Nothing was changed.");
  });
});

describe("the summary", () => {
  it("tells what changed, where things are, what is next, and what stops all charges", () => {
    const lines = renderSummary(
      {
        changed: firstPlan.steps,
        links: [{ title: "Metabase", url: "https://reluvia-metabase-12ab.herokuapp.com" }],
        next: [{ command: "npm run verify", why: "proves it" }],
        manual: [{ id: "x", text: "Create the alert in Papertrail.", commands: ["heroku addons:open papertrail"] }],
        stopCharges: ["heroku apps:destroy reluvia-dwh --confirm reluvia-dwh"],
      },
      plainStyle,
    );
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      ✔ Done: 18 created.
        reluvia-dwh       app, buildpacks, 2 add-ons, 4 config vars, build, job,
                          search
        reluvia-metabase  app, attachment, 4 config vars, formation

      Links
        Metabase  https://reluvia-metabase-12ab.herokuapp.com

      Left for you
        1. Create the alert in Papertrail.
           heroku addons:open papertrail

      Next
        npm run verify  proves it

      What stops all charges
        heroku apps:destroy reluvia-dwh --confirm reluvia-dwh
      "
    `);
  });

  it("leaves out what there is not", () => {
    const nothing = { changed: [], links: [], next: [], manual: [], stopCharges: [] };
    expect(renderSummary(nothing, plainStyle)).toEqual(["✔ No changes. Both apps are as declared."]);
  });
});
