// Bad answers, accounts and names given to the real command: one clear sentence, the right exit code, and nothing written.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, withoutKeys } from "../support/commands.js";
import { setupSchema } from "../support/documents.js";

let desk: Desk;
let bringBack: () => Promise<void>;

beforeAll(async () => {
  desk = await openDesk();
  bringBack = await desk.remember();
});
afterEach(() => bringBack());
afterAll(() => desk.close());

interface Case {
  readonly what: string;
  readonly args?: readonly string[];
  readonly env?: () => Record<string, string | undefined>;
  /** changes the world first */
  readonly world?: () => Promise<unknown>;
  readonly code: number;
  /** words of the sentence, and of the command beside it */
  readonly says: readonly string[];
}

/** Runs setup once and looks at the sentence in both places: stderr for people, the document for scripts. */
function refuses(cases: readonly Case[]): void {
  for (const { what, args = [], env, world, code, says } of cases)
    it(what, async () => {
      await world?.();
      const ran = await desk.run("setup", ["--yes", "--json", ...args], { env: env?.() ?? {} });
      expect(ran, ran.stderr).toMatchObject({ code, writes: [] });
      expect(desk.sandbox.world.apps).toEqual([]);
      const { status, error } = setupSchema.parse(ran.json());
      expect(["refused", "failed"]).toContain(status);
      const document = [error?.message, error?.why, ...(error?.commands ?? [])].join(" ");
      const talk = flat(ran.stderr);
      for (const words of says) {
        expect(talk).toContain(words);
        expect(flat(document)).toContain(words);
      }
      expect(ran.stderr.match(/✖/g)).toHaveLength(1);
      expect(talk).not.toContain("This is a bug");
    });
}

const account = (wish: object) => () => desk.byHand("PATCH", "/account", wish);
const settings = (wish: object) => () => desk.byHand("PATCH", "/settings", wish);
const dated = "2026-11-01T00:00:00Z";

describe("a token", () => {
  refuses([
    {
      what: "that is wrong, expired or revoked",
      env: () => ({ HEROKU_API_KEY: "HRKU-00000000-0000-4000-8000-000000000000" }),
      code: 3,
      says: ["Heroku does not accept this token", "heroku authorizations:create"],
    },
    {
      what: "whose account wants a two-factor code",
      world: account({ two_factor: "123456" }),
      code: 3,
      says: ["two-factor code", "heroku authorizations:create"],
    },
    {
      what: "that is a key of Stripe",
      env: () => ({ HEROKU_API_KEY: "sk_live_0000000000000000" }),
      code: 64,
      says: ["HEROKU_API_KEY", "holds a Stripe key"],
    },
    {
      what: "with a line break in it",
      env: () => ({ HEROKU_API_KEY: "HRKU-0000\n0000" }),
      code: 64,
      says: ["HEROKU_API_KEY", "line break"],
    },
  ]);
});

describe("an account", () => {
  refuses([
    {
      what: "that is not verified",
      world: account({ verified: false }),
      code: 1,
      says: ["founder@example.com is not verified", "payment card", "open https://heroku.com/verify"],
    },
    {
      what: "that is suspended",
      world: account({ suspended_at: dated }),
      code: 1,
      says: ["suspended", "https://help.heroku.com"],
    },
    {
      what: "with an unpaid bill",
      world: account({ delinquent_at: dated }),
      code: 1,
      says: ["unpaid bill", "https://dashboard.heroku.com/account/billing"],
    },
    {
      what: "without Eco",
      world: settings({ eco: "none" }),
      code: 1,
      says: ["Eco dynos are not bought", "$5.00 a month", "--metabase-dyno basic --pipeline-dyno basic"],
    },
    {
      what: "of a team that wants Eco",
      args: ["--team", "sandbox-team"],
      code: 1,
      says: ["sandbox-team cannot use Eco dynos", "--metabase-dyno basic --pipeline-dyno basic"],
    },
  ]);

  it("whose Eco hours cannot be read goes on, and is told", async () => {
    await desk.byHand("PATCH", "/settings", { eco: "error" });
    const ran = await desk.run("setup", ["--dry-run"]);
    expect(ran.code).toBe(0);
    expect(flat(ran.stdout)).toContain("Heroku did not tell whether Eco dynos are bought");
  });

  it("whose team has paid dynos gets its apps in the team", async () => {
    const dynos = ["--metabase-dyno", "basic", "--pipeline-dyno", "basic"];
    const ran = await desk.run("setup", ["--yes", "--team", "sandbox-team", ...dynos]);
    expect(ran.code).toBe(0);
    expect(new Set(desk.sandbox.world.apps.map(({ team }) => team))).toHaveProperty("size", 1);
    expect(desk.sandbox.world.apps[0]?.team).not.toBeNull();
    const again = await desk.run("setup", ["--yes"], { env: withoutKeys });
    expect(again, "the team and the sizes are read back").toMatchObject({ code: 0, writes: [] });
  });
});

describe("an app name", () => {
  refuses([
    {
      what: "that cannot be one",
      args: ["--pipeline-app", "Reluvia_DWH"],
      code: 64,
      says: ['"Reluvia_DWH" cannot be an app name', "3 to 30 lower-case letters"],
    },
    {
      what: "that is empty",
      args: ["--metabase-app", ""],
      code: 64,
      says: ["cannot be an app name"],
    },
    {
      what: "of somebody else",
      world: settings({ foreignApps: ["reluvia-metabase"] }),
      code: 1,
      says: ["reluvia-metabase is taken by somebody else", "npm run setup -- --metabase-app another-name"],
    },
    {
      what: "that both apps would have",
      args: ["--pipeline-app", "reluvia", "--metabase-app", "reluvia"],
      code: 1,
      says: ["Both apps are called reluvia"],
    },
    {
      what: "with a key in its place",
      args: ["--pipeline-app", "rk_live_51NotAnAppName00"],
      code: 64,
      says: ["PIPELINE_APP", "looks like a key"],
    },
  ]);

  it("that somebody takes between the look and the create is said, and another run goes on with another name", async () => {
    await desk.byHand("PATCH", "/settings", { foreignApps: ["reluvia-dwh"] });
    desk.sandbox.faults.add({ method: "GET", path: /^\/apps\/reluvia-dwh/, times: 20, effect: { status: 404 } });
    const ran = await desk.run("setup", ["--yes"]);
    expect(ran.code).toBe(1);
    expect(flat(ran.stderr)).toContain("reluvia-dwh is taken by somebody else");
    desk.sandbox.faults.clear();
    const other = await desk.run("setup", ["--yes", "--pipeline-app", "reluvia-dwh-2"]);
    expect(other.code).toBe(0);
    expect(desk.sandbox.world.apps.map(({ name }) => name).sort()).toEqual(["reluvia-dwh-2", "reluvia-metabase"]);
  });
});

describe("an answer", () => {
  refuses([
    { what: "region that is unknown", args: ["--region", "mars"], code: 64, says: ['"mars"', "eu, us"] },
    {
      what: "Postgres plan that is not sold",
      args: ["--postgres-plan", "hobby-dev"],
      code: 1,
      says: ["Heroku does not sell heroku-postgresql:hobby-dev", "essential-0"],
    },
    {
      what: "Postgres plan that Heroku has stopped to sell",
      world: settings({ plansNotSold: ["heroku-postgresql:essential-0"] }),
      code: 1,
      says: ["Heroku does not sell heroku-postgresql:essential-0", "essential-1"],
    },
    {
      what: "dyno size that is unknown",
      env: () => ({ METABASE_DYNO: "huge" }),
      code: 64,
      says: ['"huge"', "standard-2x", "environment"],
    },
    { what: "time that the Scheduler does not know", args: ["--schedule", "02:15"], code: 64, says: ["half hour"] },
    { what: "date that is none", args: ["--start-date", "2026-02-30"], code: 64, says: ['"2026-02-30"', "2026-01-31"] },
    {
      what: "limit that is no price",
      args: ["--max-monthly", "cheap"],
      code: 64,
      says: ["--max-monthly takes dollars"],
    },
    {
      what: "way of running Metabase that is not safe, unless accepted in so many words",
      args: ["--metabase-runtime", "buildpack"],
      code: 1,
      says: ["CVE-2023-38646", "--accept-cve-2023-38646"],
    },
  ]);

  it("is complained of together with all others", async () => {
    const ran = await desk.run("setup", ["--yes", "--region", "mars", "--schedule", "noon"], {
      env: { FUNNELFOX_API_KEY: "two words" },
    });
    expect(ran).toMatchObject({ code: 64, calls: [], stdout: "" });
    for (const words of ["mars", "noon", "FUNNELFOX_API_KEY"]) expect(ran.stderr).toContain(words);
    expect(ran.stderr).not.toContain("two words");
  });
});

describe("a source key", () => {
  const amplitude = () => desk.sandbox.world.keys.amplitudeSecret;
  refuses([
    {
      what: "that is empty",
      env: () => ({ TAP_STRIPE_API_KEY: "" }),
      code: 64,
      says: ["TAP_STRIPE_API_KEY", "is empty"],
    },
    {
      what: "with a line break in it",
      env: () => ({ FUNNELFOX_API_KEY: "fox_first\nfox_second" }),
      code: 64,
      says: ["FUNNELFOX_API_KEY", "line break"],
    },
    {
      what: "of Amplitude in Stripe's variable",
      env: () => ({ TAP_STRIPE_API_KEY: amplitude() }),
      code: 64,
      says: ["TAP_STRIPE_API_KEY", "Amplitude", "swapped"],
    },
    {
      what: "of Stripe in Amplitude's variable",
      env: () => ({ TAP_AMPLITUDE_SECRET_KEY: desk.sandbox.world.keys.stripe }),
      code: 64,
      says: ["TAP_AMPLITUDE_SECRET_KEY", "Stripe", "swapped"],
    },
    {
      what: "of Stripe that is publishable",
      env: () => ({ TAP_STRIPE_API_KEY: "pk_live_0000000000" }),
      code: 64,
      says: ["publishable", "https://dashboard.stripe.com/apikeys"],
    },
    {
      what: "of Stripe that Stripe does not take",
      env: () => ({ TAP_STRIPE_API_KEY: "rk_live_of_another_account" }),
      code: 1,
      says: ["Stripe does not take the key"],
    },
    {
      what: "and its secret of Amplitude in each other's place",
      env: () => ({
        TAP_AMPLITUDE_API_KEY: amplitude(),
        TAP_AMPLITUDE_SECRET_KEY: desk.sandbox.world.keys.amplitudeApi,
      }),
      code: 1,
      says: ["Amplitude"],
    },
    {
      what: "of FunnelFox that FunnelFox does not take",
      env: () => ({ FUNNELFOX_API_KEY: "fox_of_another_project" }),
      code: 1,
      says: ["FunnelFox"],
    },
    {
      what: "by flag",
      args: ["--stripe-key", "rk_live_0000000000000000"],
      code: 64,
      says: ["Secrets are never given by flag", "TAP_STRIPE_API_KEY"],
    },
  ]);
});
