// The declared stack with every answer in its place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerName } from "../../config/answers.js";
import { dynoSizeNames } from "../../config/prices.js";
import { reveal, Secret } from "../../scripts/common/secret.js";
import type { CheckoutSource } from "../../scripts/deploy/checkout.js";
import { settle } from "../../scripts/provision/desired.js";
import type { DesiredApp } from "../../scripts/provision/types.js";
import { answers } from "./world.js";

const source = (tree: string): CheckoutSource => ({ known: true, tree, dirty: false, changed: [] });
const sources = { pipeline: source("p"), metabase: source("m") };
const settled = (more: Partial<Record<AnswerName, string>> = {}) => settle(answers(more), sources);

const values = (app: DesiredApp) =>
  Object.fromEntries(app.config.map(({ spec, answer }) => [spec.name, answer && reveal(answer.value)]));

describe("what is wanted", () => {
  it("is the declaration, with defaults", () => {
    const { pipeline, metabase, job, region, team } = settled();
    expect([region, team]).toEqual([{ value: "eu", origin: "default" }, undefined]);
    expect(pipeline).toMatchObject({
      role: "pipeline",
      name: "reluvia-dwh",
      stack: "heroku-26",
      buildpacks: ["heroku/nodejs", "heroku/python"],
      dyno: "eco",
      webQuantity: 0,
      source: { tree: "p" },
    });
    expect(pipeline.addOns.map(({ name, plan, origin }) => [name, plan, origin])).toEqual([
      ["reluvia-dwh-postgresql", "essential-0", "default"],
      ["reluvia-dwh-scheduler", "standard", "declared"],
      ["reluvia-dwh-papertrail", "choklad", "declared"],
    ]);
    expect(metabase).toMatchObject({
      name: "reluvia-metabase",
      stack: "container",
      buildpacks: [],
      addOns: [],
      dyno: "eco",
      webQuantity: 1,
      source: { tree: "m" },
    });
    expect(job).toEqual({ command: "node dist/scripts/pipeline.js", every: 1440, at: 120, size: "eco" });
  });

  it("follows every answer, and says where it came from", () => {
    const { pipeline, metabase, job, team } = settled({
      "pipeline-app": "acme-dwh",
      team: "acme",
      "postgres-plan": "standard-0",
      "metabase-runtime": "buildpack",
      "metabase-dyno": "standard-2x",
      "pipeline-dyno": "basic",
      schedule: "23:30",
    });
    expect(team).toBe("acme");
    expect(pipeline.addOns[0]).toMatchObject({ name: "acme-dwh-postgresql", plan: "standard-0", origin: "flag" });
    expect([metabase.stack, metabase.buildpacks]).toEqual([
      "heroku-24",
      ["heroku/jvm", "https://github.com/metabase/metabase-buildpack"],
    ]);
    expect(values(metabase)).toMatchObject({ JAVA_OPTS: "-Xmx700m", METABASE_DYNO: "standard-2x" });
    expect(job).toMatchObject({ at: 23 * 60 + 30, size: "basic" });
  });

  it("has the config vars of the Metabase app", () => {
    const { MB_ENCRYPTION_SECRET_KEY: key, ...plain } = values(settled().metabase);
    expect(plain).toEqual({
      MB_DB_TYPE: "postgres",
      // Known only once there is a database and an app.
      MB_DB_CONNECTION_URI: undefined,
      MB_SITE_URL: undefined,
      JAVA_OPTS: "-Xmx300m",
      MB_APPLICATION_DB_MAX_CONNECTION_POOL_SIZE: "4",
      MB_QUARTZ_MAX_CONNECTION_POOL_SIZE: "2",
      MB_AUDIT_DB_MAX_CONNECTION_POOL_SIZE: "1",
      MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE: "3",
      MB_LOAD_SAMPLE_CONTENT: "false",
      MB_ANON_TRACKING_ENABLED: "false",
      METABASE_DYNO: "eco",
    });
    expect(Buffer.from(key ?? "", "base64")).toHaveLength(32);
  });

  it("has another encryption key each time, because an old one on Heroku is kept", () => {
    const keys = [settled(), settled()].map(({ metabase }) => values(metabase).MB_ENCRYPTION_SECRET_KEY);
    expect(new Set(keys).size).toBe(2);
  });

  it("leaves a secret that is not at hand as Heroku has it", () => {
    const { pipeline } = settled();
    expect(values(pipeline)).toMatchObject({ TAP_STRIPE_API_KEY: undefined, TAP_AMPLITUDE_REGION: "us" });
    const given = settle(
      { ...answers(), "stripe-api-key": { value: new Secret("rk_live_1"), origin: ".env" } },
      sources,
    ).pipeline.config.find(({ spec }) => spec.name === "TAP_STRIPE_API_KEY");
    expect(given?.answer?.origin).toBe(".env");
    expect(given && values({ ...pipeline, config: [given] })).toEqual({ TAP_STRIPE_API_KEY: "rk_live_1" });
  });

  it("never shows a secret when it is printed", () => {
    const desired = settle(
      { ...answers(), "stripe-api-key": { value: new Secret("rk_live_hidden"), origin: ".env" } },
      sources,
    );
    const key = values(desired.metabase).MB_ENCRYPTION_SECRET_KEY ?? "";
    expect(JSON.stringify(desired)).not.toContain("rk_live_hidden");
    expect(JSON.stringify(desired)).not.toContain(key);
  });

  it.each(["pipeline-app", "metabase-dyno", "schedule", "team"] as const)(
    "cannot be settled without the answer %s",
    (name) => {
      const { [name]: _, ...rest } = answers();
      expect(() => settle(rest, sources)).toThrow(`the answer ${name} is not settled`);
    },
  );

  it("cannot be settled with a size that is not offered", () => {
    expect(() => settled({ "metabase-dyno": "performance-l" })).toThrow("no dyno size is called performance-l");
  });

  it("puts every offered size and every time that can be had in its place", () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 30));
    fc.assert(
      fc.property(fc.constantFrom(...dynoSizeNames), times, (size, [hour, minute]) => {
        const text = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
        const { job, metabase } = settled({ "metabase-dyno": size, schedule: text });
        expect(job.at).toBe(hour * 60 + minute);
        expect(metabase.dyno).toBe(size);
      }),
    );
  });
});
