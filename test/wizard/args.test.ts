// What a person may write behind `npm run setup --`, and what they read when it is wrong.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answers } from "../../config/answers.js";
import { ExpectedError } from "../../scripts/common/errors.js";
import {
  parseSetupArgs,
  parseVerifyArgs,
  refuseFlagsTakenByNpm,
  setupHelp,
  verifyHelp,
} from "../../scripts/wizard/args.js";

const problem = (argv: readonly string[], parse: (argv: readonly string[]) => unknown = parseSetupArgs) => {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof ExpectedError) return { message: error.message, exitCode: error.exitCode, why: error.why };
    throw error;
  }
  throw new Error(`accepted: ${argv.join(" ")}`);
};

describe("setup's command line", () => {
  it("has everything off when nothing is given", () => {
    expect(parseSetupArgs([])).toEqual({
      kind: "run",
      flags: {},
      options: {
        yes: false,
        dryRun: false,
        detailedExitcode: false,
        json: false,
        noInput: false,
        envFile: undefined,
        maxMonthlyCents: undefined,
        deployHead: false,
        acceptCve: false,
        adopt: false,
        secondStack: false,
        sandbox: false,
      },
    });
  });

  it("takes every switch", () => {
    const argv =
      "-y --dry-run --detailed-exitcode --json --no-input --env-file my.env --max-monthly 10 --deploy-head --accept-cve-2023-38646 --sandbox";
    expect(parseSetupArgs(argv.split(" "))).toMatchObject({
      options: {
        yes: true,
        dryRun: true,
        detailedExitcode: true,
        json: true,
        noInput: true,
        envFile: "my.env",
        maxMonthlyCents: 1000,
        deployHead: true,
        acceptCve: true,
        adopt: false,
        secondStack: false,
        sandbox: true,
      },
    });
  });

  it("takes an answer with a space and with an equals sign alike", () => {
    const spaced = parseSetupArgs(["--region", "us", "--team", ""]);
    expect(parseSetupArgs(["--region=us", "--team="])).toEqual(spaced);
    expect(spaced).toMatchObject({ flags: { region: "us", team: "" } });
  });

  it("takes a value that begins with a dash only behind an equals sign", () => {
    expect(parseSetupArgs(["--team=-x"])).toMatchObject({ flags: { team: "-x" } });
    expect(problem(["--team", "-x"]).message).toBe("--team needs a value, such as --team NAME.");
  });

  it.each([
    [["--postgres-paln", "essential-0"], "Unknown flag --postgres-paln. Did you mean --postgres-plan?"],
    [["--dryrun"], "Unknown flag --dryrun. Did you mean --dry-run?"],
    [["--metabase-dino=eco"], "Unknown flag --metabase-dino. Did you mean --metabase-dyno?"],
    [["--quite-another-thing"], "Unknown flag --quite-another-thing."],
    [["-x"], "Unknown flag -x."],
    [["--fix"], "Unknown flag --fix."],
    [["--__proto__"], "Unknown flag --__proto__."],
    [["--region"], "--region needs a value, such as --region eu."],
    [["--region", "--yes"], "--region needs a value, such as --region eu."],
    [["--start-date"], "--start-date needs a value, such as --start-date YYYY-MM-DD."],
    [["--yes=true"], "--yes takes no value: it is on when it is there."],
    [["--region", "eu", "--region", "us"], "--region is given twice with different values. Keep one of them."],
    [["--yes", "essential-0"], "Word 2 of the command line belongs to no flag. setup takes flags only."],
    [["--", "--yes"], "Word 2 of the command line belongs to no flag. setup takes flags only."],
  ])("refuses %j and exits with 64", (argv, message) => {
    expect(problem(argv)).toMatchObject({ message, exitCode: 64 });
  });

  it("takes the same flag twice when it says the same", () => {
    expect(parseSetupArgs(["--region", "eu", "--region=eu", "--yes", "-y"])).toMatchObject({ flags: { region: "eu" } });
  });

  it.each([
    ["--stripe-key", "TAP_STRIPE_API_KEY"],
    ["--stripe-api-key", "TAP_STRIPE_API_KEY"],
    ["--tap-stripe-api-key", "TAP_STRIPE_API_KEY"],
    ["--token", "HEROKU_API_KEY"],
    ["--heroku-api-key", "HEROKU_API_KEY"],
    ["--amplitude-secret-key", "TAP_AMPLITUDE_SECRET_KEY"],
    ["--funnelfox-api-key", "FUNNELFOX_API_KEY"],
    ["--metabase-password", "METABASE_ADMIN_PASSWORD"],
    ["--slack-webhook-url", "SLACK_WEBHOOK_URL"],
  ])("never takes a secret by flag: %s names %s instead", (flag, variable) => {
    const said = problem([flag, "sk_live_verysecret"]);
    expect(said.message).toBe(`Secrets are never given by flag: use ${variable}, or answer when asked.`);
    expect(said.why).toContain("history");
    expect(problem([`${flag}=sk_live_verysecret`]).message).toBe(said.message);
  });

  it.each([
    [["--sk_live_verysecret"]],
    [["sk_live_verysecret"]],
    [["--yes=sk_live_verysecret"]],
    [["--max-monthly", "sk_live_verysecret"]],
    [["--regoin=sk_live_verysecret"]],
    [["--region", "eu", "--region", "sk_live_verysecret"]],
  ])("does not repeat a key that was put in the wrong place: %#", (argv) => {
    expect(JSON.stringify(problem(argv))).not.toContain("verysecret");
  });

  it.each([
    ["10", 1000],
    ["10.50", 1050],
    ["10.5", 1050],
    ["$10", 1000],
    ["0", 0],
  ])("reads --max-monthly %s as %i cents", (text, cents) => {
    expect(parseSetupArgs(["--max-monthly", text])).toMatchObject({ options: { maxMonthlyCents: cents } });
  });

  it.each(["", "ten", "-5", "10,50", "1e3", "10.505", "€10", "NaN"])("refuses --max-monthly=%s", (text) => {
    expect(problem([`--max-monthly=${text}`]).message).toContain("takes dollars a month, such as 10 or 10.50");
  });

  it.each([[["--help"]], [["-h"]], [["--nonsense", "--help"]], [["--stripe-key", "x", "-h"]]])(
    "shows help for %j",
    (argv) => {
      expect(parseSetupArgs(argv)).toEqual({ kind: "help" });
    },
  );

  it("shows the version", () => {
    expect(parseSetupArgs(["--version"])).toEqual({ kind: "version" });
  });

  it("reads or refuses any words at all with a sentence, never with a crash", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((word) => `--${word}`),
          ),
        ),
        (argv) => {
          for (const parse of [parseSetupArgs, parseVerifyArgs]) {
            try {
              parse(argv);
            } catch (error) {
              expect(error).toBeInstanceOf(ExpectedError);
              expect((error as ExpectedError).exitCode).toBe(64);
            }
          }
        },
      ),
    );
  });
});

describe("verify's command line", () => {
  it("takes its own switches and the answers' flags", () => {
    const argv = "--json --only account.token,database.size --fix -y --no-input --env-file x --pipeline-app my-dwh";
    expect(parseVerifyArgs(argv.split(" "))).toEqual({
      kind: "run",
      flags: { "pipeline-app": "my-dwh" },
      options: {
        json: true,
        only: ["account.token", "database.size"],
        fix: true,
        yes: true,
        noInput: true,
        envFile: "x",
        maxMonthlyCents: undefined,
        deployHead: false,
        sandbox: false,
      },
    });
  });

  it("refuses --only without an id", () => {
    expect(problem(["--only", ","], parseVerifyArgs).message).toBe(
      "--only needs the id of a check, or several with commas between them.",
    );
  });

  it("does not take what only setup takes", () => {
    expect(problem(["--dry-run"], parseVerifyArgs).message).toMatch(/^Unknown flag --dry-run\./);
    expect(problem(["--detailed-exitcode"], parseVerifyArgs).message).toMatch(/^Unknown flag/);
  });
});

describe("--help", () => {
  const pages = [
    ["setup", setupHelp, parseSetupArgs],
    ["verify", verifyHelp, parseVerifyArgs],
  ] as const;

  it.each(pages)("of %s names only flags that it takes", (_, help, parse) => {
    const shown = [...help(80).matchAll(/^ {2,6}(?:-\w, )?(--[a-z0-9-]+)(?: (\S+))?/gm)];
    expect(shown.length).toBeGreaterThan(20);
    for (const [, flag = "", value] of shown) {
      const sample = flag === "--max-monthly" ? "10" : "x";
      const argv = value && !/^[A-Z][a-z]/.test(value) ? [flag, sample] : [flag];
      expect(() => parse(argv), argv.join(" ")).not.toThrow();
    }
  });

  it.each(pages)(
    "of %s gives every answer with its variable and default, every secret by its variable only",
    (_, help) => {
      const page = help(80);
      for (const spec of answers) {
        expect(page).toContain(spec.variable);
        if ("flag" in spec) expect(page).toContain(`--${spec.flag} `);
        else expect(page).not.toContain(`--${spec.name} `);
        if ("default" in spec && spec.default !== "")
          expect(page).toContain(`${spec.variable} (default: ${spec.default})`);
      }
      expect(page).toContain("PIPELINE_START_DATE (default: 90 days ago)");
    },
  );

  it.each(pages)("of %s fits the terminal, however wide", (_, help) => {
    const widest = (columns: number) =>
      Math.max(
        ...help(columns)
          .split("\n")
          .map((line) => line.length),
      );
    for (const columns of [60, 72, 80, 100]) expect(widest(columns)).toBeLessThanOrEqual(columns);
    expect(widest(500)).toBeLessThanOrEqual(100);
    expect(help(Number.NaN)).toBe(help(80));
  });

  it("of setup shows the exit codes and the examples parse", () => {
    const page = setupHelp(80);
    for (const code of ["0", "1", "2", "3", "64", "130, 143"]) expect(page).toMatch(new RegExp(`^  ${code} `, "m"));
    const examples = [...page.matchAll(/npm run setup -- (--.*)$/gm)];
    expect(examples.length).toBeGreaterThan(2);
    for (const [, flags = ""] of examples) expect(parseSetupArgs(flags.split(" ")).kind).toBe("run");
  });
});

describe("a flag that npm kept for itself", () => {
  it("is noticed before anything runs without it", () => {
    const env = { npm_lifecycle_event: "setup", npm_config_dry_run: "true" };
    expect(() => refuseFlagsTakenByNpm("setup", env)).toThrow("npm took --dry-run for itself");
    expect(() => refuseFlagsTakenByNpm("setup", { ...env, npm_lifecycle_event: "test" })).not.toThrow();
    expect(() => refuseFlagsTakenByNpm("setup", { npm_lifecycle_event: "setup" })).not.toThrow();
  });

  it("is not confused with npm's own settings in .npmrc", () => {
    expect(() =>
      refuseFlagsTakenByNpm("setup", { npm_lifecycle_event: "setup", npm_config_yes: "true" }),
    ).not.toThrow();
  });
});
