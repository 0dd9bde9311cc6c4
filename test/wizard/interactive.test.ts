// When the wizard may ask anything at all.
import { describe, expect, it } from "vitest";
import { isInteractive } from "../../scripts/wizard/interactive.js";

describe("whether anything may be asked", () => {
  const person = { stdinIsTty: true, stderrIsTty: true, options: { yes: false, json: false, noInput: false }, env: {} };

  it("is so for a person at a terminal", () => {
    expect(isInteractive(person)).toBe(true);
    expect(isInteractive({ ...person, env: { CI: "false" } })).toBe(true);
  });

  it.each([
    ["nothing can be typed", { ...person, stdinIsTty: false }],
    ["nobody would see the question", { ...person, stderrIsTty: false }],
    ["CI runs it", { ...person, env: { CI: "true" } }],
    ["--no-input is given", { ...person, options: { ...person.options, noInput: true } }],
    ["--json is given", { ...person, options: { ...person.options, json: true } }],
    ["--yes is given", { ...person, options: { ...person.options, yes: true } }],
  ])("is not so when %s", (_, facts) => {
    expect(isInteractive(facts)).toBe(false);
  });
});
