// Exit codes that scripts rely on, and the Node that is too old to begin.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../scripts/command/exit-code.js";
import { tooOld } from "../../scripts/command/main.js";
import { type ErrorKind, ExpectedError, exitCodes } from "../../scripts/common/errors.js";
import { refusalError } from "../../scripts/heroku/errors.js";
import { Interrupted } from "../../scripts/wizard/ui.js";

describe("an exit code", () => {
  it("has one number for each meaning, for ever", () => {
    expect(exitCodes).toEqual({
      done: 0,
      failed: 1,
      changesDue: 2,
      couldNotCheck: 3,
      usage: 64,
      interrupted: 130,
      terminated: 143,
    });
  });

  it.each<[ErrorKind, number]>([
    ["usage", 64],
    ["missing", 64],
    ["refused", 1],
    ["failed", 1],
    ["unreachable", 3],
  ])("of what is %s is %i", (kind, code) => {
    expect(exitCodeOf(new ExpectedError(kind, "x"))).toBe(code);
  });

  it("of a person who leaves at a question is that of Ctrl-C", () => {
    expect(exitCodeOf(new Interrupted())).toBe(130);
  });

  it.each([
    [401, "unauthorized", 3],
    [403, "two_factor", 3],
    [429, "rate_limit", 3],
    [503, "maintenance", 3],
    [402, "delinquent", 1],
    [403, "forbidden", 1],
    [422, "invalid_params", 1],
  ])("of Heroku's %i %s is %i", (status, id, code) => {
    expect(exitCodeOf(refusalError(status, { id }, {}, { doing: "x", host: "h" }))).toBe(code);
  });

  it.each([new TypeError("bug"), "text", undefined, null, { exitCode: 0 }])("of a bug is that of a failure", (bug) => {
    expect(exitCodeOf(bug)).toBe(1);
  });
});

describe("Node", () => {
  it.each(["20.17.0", "20.20.1", "21.0.0", "22.3.0", "24.11.1", "30.0.0", "20.17.0-nightly"])(
    "%s is new enough",
    (version) => {
      expect(tooOld(version)).toBeUndefined();
    },
  );

  it.each(["20.16.9", "20.9.0", "18.20.8", "8.0.0", "0.12.0", ""])(
    "%s is too old, and the sentence says what is needed",
    (version) => {
      expect(tooOld(version)).toBe(
        `Node ${version} is too old: 20.17 or newer is needed. Get it from https://nodejs.org.`,
      );
    },
  );

  it("that package.json asks for is the one that is checked", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    const lowest = /^>=(\d+)\.(\d+) /.exec(engines.node);
    const [major, minor] = [Number(lowest?.[1]), Number(lowest?.[2])];
    expect(tooOld(`${major}.${minor}.0`)).toBeUndefined();
    expect(tooOld(`${major}.${minor - 1}.99`)).toBeDefined();
  });
});
