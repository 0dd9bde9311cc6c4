// The next command, as this run was called: ready to be pasted.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CalledWith, followUp } from "../../scripts/command/follow-up.js";

const called = (more: Partial<CalledWith> = {}): CalledWith => ({
  sandbox: false,
  envFile: undefined,
  flags: {},
  ...more,
});

describe("the next command", () => {
  it("is as it was when this run was called with nothing that matters to it", () => {
    const flags = { region: "eu", "metabase-dyno": "basic" };
    expect(followUp("npm run setup", called({ flags }))).toBe("npm run setup");
    expect(followUp("npm run setup -- --yes", called())).toBe("npm run setup -- --yes");
  });

  it.each<[string, Partial<CalledWith>, string]>([
    ["npm run setup", { sandbox: true }, "npm run setup -- --sandbox"],
    ["npm run verify", { sandbox: true }, "npm run verify -- --sandbox"],
    ["npm run setup -- --yes", { sandbox: true }, "npm run setup -- --yes --sandbox"],
    ["npm run setup", { envFile: "prod.env" }, "npm run setup -- --env-file prod.env"],
    [
      "npm run verify -- --fix",
      { flags: { "metabase-app": "acme-bi", "pipeline-app": "acme-dwh" } },
      "npm run verify -- --fix --pipeline-app acme-dwh --metabase-app acme-bi",
    ],
    [
      "npm run setup -- --pipeline-app another-name",
      { sandbox: true, flags: { "pipeline-app": "acme-dwh", "metabase-app": "acme-bi" } },
      "npm run setup -- --pipeline-app another-name --sandbox --metabase-app acme-bi",
    ],
  ])("keeps looking at the same stack: %s", (command, more, wanted) => {
    expect(followUp(command, called(more))).toBe(wanted);
  });

  it.each([
    "heroku builds -a x",
    "npm ci",
    "npm run setups",
    "open https://heroku.com/verify",
    "git commit -am 'x'",
    "",
  ])("is left alone when it is not one of ours: %j", (command) => {
    const everything = called({ sandbox: true, envFile: "x.env", flags: { "pipeline-app": "a-b" } });
    expect(followUp(command, everything)).toBe(command);
  });

  it("quotes what a shell would take apart", () => {
    expect(followUp("npm run setup", called({ envFile: "my secrets/it's.env" }))).toBe(
      "npm run setup -- --env-file 'my secrets/it'\\''s.env'",
    );
    expect(followUp("npm run setup", called({ envFile: "$(rm -rf x)" }))).toBe(
      "npm run setup -- --env-file '$(rm -rf x)'",
    );
  });

  it("gives a shell back the very words that this run had", () => {
    const word = fc.oneof(
      fc.constantFrom("a b", "$HOME", "`x`", "it's", '"', "\\", "*", "~/x.env", "a;b", "é", "'"),
      fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0")),
    );
    fc.assert(
      fc.property(word, word, (envFile, app) => {
        const command = followUp("npm run setup", called({ envFile, flags: { "pipeline-app": app } }));
        const script = `npm() { printf '%s\\0' "$@"; }; ${command}`;
        const words = execFileSync("sh", ["-c", script], { env: { HOME: "/home/x" }, encoding: "utf8" }).split("\0");
        expect(words.slice(0, -1)).toEqual(["run", "setup", "--", "--env-file", envFile, "--pipeline-app", app]);
      }),
      { numRuns: 40 },
    );
  });
});
