// The documents of --json.
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { errorDocument, setupDocument, verifyDocument } from "../../scripts/terminal/plan-json.js";
import { checks, firstPlan } from "./fixture.js";

describe("setup --json", () => {
  it("always has a list of missing answers and of next commands", () => {
    expect(setupDocument({ status: "no_changes" })).toEqual({
      schemaVersion: 1,
      command: "setup",
      status: "no_changes",
      missing: [],
      next: [],
    });
  });

  it("names each missing answer with its variable, and its flag where it has one", () => {
    const missing = [
      { name: "region", flag: "region", variable: "HEROKU_REGION" },
      { name: "stripe-api-key", variable: "TAP_STRIPE_API_KEY" },
    ] as const;
    expect(setupDocument({ status: "action_required", missing }).missing).toEqual(missing);
  });

  it("holds the plan and what to run next", () => {
    const next = [{ command: "npm run setup", why: "does it" }];
    const document = setupDocument({ status: "planned", plan: firstPlan, next });
    expect(document.plan?.changes).toHaveLength(18);
    expect(document.plan?.monthlyCents).toBe(1000);
    expect(document.next).toEqual(next);
  });

  it("tells an error with its reason, its commands and the API's own id", () => {
    const error = Object.assign(new ExpectedError("refused", "No.", { why: "A rule.", commands: ["x"] }), {
      id: "forbidden",
    });
    expect(setupDocument({ status: "refused", error: errorDocument(error) }).error).toEqual({
      id: "forbidden",
      message: "No.",
      why: "A rule.",
      commands: ["x"],
    });
  });

  it("calls a bug a bug", () => {
    expect(errorDocument(new TypeError("x is undefined"))).toEqual({
      id: "bug",
      message: "This is a bug in reluvia-dwh: x is undefined",
      commands: [],
    });
  });
});

describe("verify --json", () => {
  it("lists every check with what to do about it", () => {
    const document = verifyDocument({ status: "unhealthy", checks });
    expect(document).toMatchObject({ schemaVersion: 1, command: "verify", status: "unhealthy" });
    expect(document.checks.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
    expect(document.checks[4]).toEqual(checks[4]);
    expect(Object.keys(document.checks[0] ?? {})).toEqual(["id", "group", "title", "status", "detail"]);
  });
});
