// Prices and limits: every plan and size that can be chosen stands in the table, with the date it was noted.
import { describe, expect, it } from "vitest";
import { type AnswerSpec, answers } from "../../config/answers.js";
import {
  dynoSizeNames,
  dynoSizeOf,
  dynoSizes,
  oneOffMonthlyCents,
  PRICES_NOTED_ON,
  planPrices,
} from "../../config/prices.js";
import { pipelineApp } from "../../config/stack.js";

const choicesOf = (name: string): readonly string[] =>
  (answers as readonly AnswerSpec[]).find((answer) => answer.name === name)?.choices ?? [];

describe("the table of prices", () => {
  it("says when it was noted", () => {
    expect(new Date(`${PRICES_NOTED_ON}T00:00:00Z`).toISOString().slice(0, 10)).toBe(PRICES_NOTED_ON);
    expect(Date.parse(PRICES_NOTED_ON)).toBeGreaterThan(Date.parse("2026-01-01"));
  });

  it("has every plan that is declared or can be chosen", () => {
    const plans = pipelineApp.addOns.flatMap(({ service, plan }) =>
      (typeof plan === "string" ? [plan] : choicesOf(plan.answer)).map((one) => `${service}:${one}`),
    );
    expect(plans).toHaveLength(7);
    expect(plans.filter((plan) => planPrices[plan] === undefined)).toEqual([]);
  });

  it("has size and connections of every database plan, growing with the price", () => {
    const databases = choicesOf("postgres-plan").map((plan) => planPrices[`heroku-postgresql:${plan}`]);
    for (const [index, plan] of databases.entries()) {
      expect(plan?.storageBytes).toBeGreaterThan(0);
      expect(plan?.connections).toBeGreaterThanOrEqual(20);
      const before = databases[index - 1];
      if (before) expect(plan?.monthlyCents).toBeGreaterThan(before.monthlyCents);
    }
    expect(databases[0]).toEqual({ monthlyCents: 500, storageBytes: 1024 ** 3, connections: 20 });
  });

  it("has every dyno size that can be chosen, under Heroku's own name", () => {
    for (const question of ["metabase-dyno", "pipeline-dyno"]) expect(choicesOf(question)).toEqual(dynoSizeNames);
    expect(dynoSizeNames.map((size) => [dynoSizes[size].name, dynoSizes[size].monthlyCents])).toEqual([
      ["Eco", 500],
      ["Basic", 700],
      ["Standard-1X", 2500],
      ["Standard-2X", 5000],
    ]);
  });

  it("has only Eco paid once for the account, and only Standard-2X with 1 GB", () => {
    expect(dynoSizeNames.filter((size) => dynoSizes[size].perAccount)).toEqual(["eco"]);
    expect(dynoSizeNames.filter((size) => dynoSizes[size].memoryMb >= 1024)).toEqual(["standard-2x"]);
  });
});

describe("the nightly dyno", () => {
  it("costs nothing of its own on Eco, and otherwise what an hour and three quarters a night come to", () => {
    expect(dynoSizeNames.map(oneOffMonthlyCents)).toEqual([0, 50, 178, 356]);
  });
});

describe("a dyno size", () => {
  it.each([
    ["Eco", "eco"],
    ["eco", "eco"],
    ["Standard-1X", "standard-1x"],
    ["STANDARD-2X", "standard-2x"],
    ["Performance-M", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("is known by any spelling of its name: %s", (text, size) => {
    expect(dynoSizeOf(text)).toBe(size);
  });
});
