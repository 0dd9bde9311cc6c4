// The pipeline's command line.
import { describe, expect, it } from "vitest";
import { parsePipelineArgs } from "../../scripts/pipeline/arguments.js";

const TODAY = "2026-11-25";
const parse = (...argv: string[]) => parsePipelineArgs(argv, TODAY);
const optionsOf = (...argv: string[]) => {
  const parsed = parse(...argv);
  if (parsed.kind !== "run") throw new Error("not a run");
  return parsed.options;
};

describe("the pipeline's command line", () => {
  it("runs everything when nothing is said", () => {
    expect(optionsOf()).toEqual({
      only: ["stripe", "amplitude", "funnelfox", "dbt"],
      fullRefresh: false,
      since: undefined,
      json: false,
    });
  });

  it("takes parts in any order, and meltano for both of its taps", () => {
    expect(optionsOf("--only", "dbt, stripe").only).toEqual(["stripe", "dbt"]);
    expect(optionsOf("--only=meltano").only).toEqual(["stripe", "amplitude"]);
  });

  it("takes a day, a full refresh, JSON", () => {
    expect(optionsOf("--since", "2026-01-31", "--json")).toMatchObject({ since: "2026-01-31", json: true });
    expect(optionsOf("--full-refresh").fullRefresh).toBe(true);
  });

  it("shows help whatever else stands there", () => {
    expect(parse("--since", "nonsense", "--help").kind).toBe("help");
  });

  it.each([
    [["--since", "2026-02-30"], "written as 2026-01-31"],
    [["--since", "2026-11-26"], "in the future"],
    [["--since"], "needs a value"],
    [["--since", "--json"], "needs a value"],
    [["--only", "paypal"], "stripe, amplitude, funnelfox, dbt"],
    [["--only", ","], "stripe, amplitude, funnelfox, dbt"],
    [["--json=yes"], "takes no value"],
    [["--full-refresh", "--since", "2026-01-01"], "exclude each other"],
    [["--sk_live_123"], "does not take"],
    [["sk_live_123"], "takes flags only"],
  ])("refuses %j and repeats no value", (argv, says) => {
    const run = () => parse(...argv);
    expect(run).toThrow(says);
    expect(run).not.toThrow("sk_live");
  });
});
