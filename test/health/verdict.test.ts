// What all results come to, and which checks a person can ask for by name.
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { healthChecks } from "../../scripts/health/checks/index.js";
import { only } from "../../scripts/health/only.js";
import { planChecks } from "../../scripts/health/plan-checks.js";
import type { CheckGroup, CheckStatus } from "../../scripts/health/types.js";
import { exitCodeOf, verdict } from "../../scripts/health/verdict.js";
import { desiredWith, healthyActual, planFor } from "./stack.js";

const result = (status: CheckStatus, group: CheckGroup = "database") => ({ status, group });

describe("the verdict", () => {
  it.each([
    ["healthy", 0, "all is fine", [result("ok"), result("ok")]],
    ["healthy", 0, "something is worth a look", [result("ok"), result("warn")]],
    ["healthy", 0, "something was not looked at", [result("ok"), result("skipped")]],
    ["healthy", 0, "a source does not answer", [result("ok"), result("unknown", "sources")]],
    ["unhealthy", 1, "one thing is wrong", [result("ok"), result("fail"), result("warn")]],
    ["unhealthy", 1, "something is wrong and more could not be checked", [result("fail"), result("unknown")]],
    ["unknown", 3, "the database could not be checked", [result("ok"), result("unknown")]],
    ["unknown", 3, "only the sources were asked and none answers", [result("unknown", "sources"), result("skipped")]],
  ] as const)("is %s (exit %i) when %s", (word, code, _, results) => {
    expect(verdict(results)).toBe(word);
    expect(exitCodeOf(verdict(results))).toBe(code);
  });
});

describe("--only", () => {
  const desired = desiredWith();
  const all = [...planChecks(planFor(desired, healthyActual), desired, healthyActual), ...healthChecks];
  const ids = (...wanted: string[]) => [...only(wanted, all)];

  it("means everything when nothing is named", () => {
    expect(ids()).toEqual(all.map(({ id }) => id));
    expect(ids(" ", "")).toHaveLength(all.length);
  });

  it("takes an id", () => {
    expect(ids("account.eco")).toEqual(["account.eco"]);
  });

  it("takes what the named one needs along", () => {
    expect(ids("database.size").toSorted()).toEqual(["database.reachable", "database.size"]);
  });

  it("takes a group, also written with a dash", () => {
    expect(ids("database").toSorted()).toEqual([
      "database.backup",
      "database.connections",
      "database.reachable",
      "database.size",
      "database.writable",
      "pipeline.backup.daily",
    ]);
    expect(ids("Metabase app")).toEqual(ids("metabase-app"));
    expect(ids("Metabase app")).toContain("metabase.app.reluvia-metabase");
  });

  it("takes the beginning of ids, but only whole words of it", () => {
    expect(ids("pipeline.search")).toEqual(["pipeline.search.PIPELINE_FAILED", "pipeline.search.ERROR"]);
    expect(() => ids("pipeline.sear")).toThrow(ExpectedError);
  });

  it("refuses a name that means nothing, with the nearest ones and a command", () => {
    const refused = (() => {
      try {
        ids("account.eco", "database.sise");
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({
      kind: "usage",
      exitCode: 64,
      commands: ["npm run verify -- --only database.size"],
    });
    expect(String(refused)).toContain('"database.sise" (did you mean database.size,');
  });
});
