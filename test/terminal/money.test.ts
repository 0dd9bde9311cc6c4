// Prices as a person reads them.
import { expect, it } from "vitest";
import { dollars, monthly } from "../../scripts/terminal/money.js";

it("shows cents as dollars, and nothing as free", () => {
  expect([0, 5, 500, 1050, 125_000, 123_456_789].map(dollars)).toEqual([
    "free",
    "$0.05",
    "$5.00",
    "$10.50",
    "$1,250.00",
    "$1,234,567.89",
  ]);
});

it("says that it is a month's price", () => {
  expect([monthly(1000), monthly(0)]).toEqual(["$10.00 a month", "free"]);
});
