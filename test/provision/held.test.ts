// What Heroku already knows of the answers: enough for a run from another laptop to change nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metabaseApp, pipelineApp } from "../../config/stack.js";
import { Secret } from "../../scripts/common/secret.js";
import type { Job } from "../../scripts/heroku/scheduler.js";
import { answersFromHeroku, clockTime, ourJob } from "../../scripts/provision/held.js";
import { actual, addOn, attachment, config, present } from "./world.js";

const job = (more: Partial<Job> = {}): Job => ({
  id: "j",
  command: pipelineApp.job.command,
  dynoSize: "Eco",
  every: 1440,
  at: 120,
  ...more,
});
const jobs = (...value: Job[]) => ({ known: true as const, value });
const [jvm, metabaseBuildpack] = metabaseApp.runtimes.buildpack.buildpacks;
if (!jvm || !metabaseBuildpack) throw new Error("the buildpacks are not declared");

describe("what Heroku holds", () => {
  it("is nothing without an app, or with somebody else's", () => {
    expect(answersFromHeroku(actual())).toEqual({});
    expect(answersFromHeroku(actual({ pipeline: { state: "foreign" }, metabase: { state: "foreign" } }))).toEqual({});
  });

  it("is every answer of a stack that was set up", () => {
    const database = addOn("reluvia-dwh-postgresql", { plan: "essential-2" });
    const found = answersFromHeroku(
      actual({
        pipeline: present("reluvia-dwh", {
          app: { region: "us", team: "acme" },
          addOns: [database],
          attachments: [attachment("DATABASE", database.name)],
          config: config({
            TAP_STRIPE_API_KEY: "rk_live_1",
            TAP_AMPLITUDE_REGION: "eu",
            PIPELINE_START_DATE: "2026-01-31",
            SOMETHING_ELSE: "x",
          }),
        }),
        metabase: present("reluvia-metabase", {
          app: { stack: "container" },
          config: config({ METABASE_DYNO: "standard-2x" }),
        }),
        jobs: jobs(job({ dynoSize: "Standard-1X", at: 330 })),
      }),
    );
    const { "stripe-api-key": stripe, ...plain } = found;
    expect(plain).toEqual({
      region: "us",
      team: "acme",
      "postgres-plan": "essential-2",
      "metabase-runtime": "container",
      "metabase-dyno": "standard-2x",
      "pipeline-dyno": "standard-1x",
      schedule: "05:30",
      "amplitude-region": "eu",
      "start-date": "2026-01-31",
    });
    expect(stripe instanceof Secret && stripe.reveal()).toBe("rk_live_1");
  });

  it("takes region and team from Metabase's app where only that one is there", () => {
    const metabase = present("reluvia-metabase", { app: { region: "us", team: "acme" } });
    expect(answersFromHeroku(actual({ metabase }))).toMatchObject({ region: "us", team: "acme" });
  });

  it.each<[string, Record<string, string>]>([
    ["a region of another runtime", { TAP_AMPLITUDE_REGION: "mars" }],
    ["a day that is none", { PIPELINE_START_DATE: "2026-02-31" }],
    ["a day to come", { PIPELINE_START_DATE: "2999-01-01" }],
    ["an empty text", { TAP_AMPLITUDE_REGION: "", TAP_STRIPE_API_KEY: "" }],
  ])("leaves out what would not pass as an answer: %s", (_, vars) => {
    const found = answersFromHeroku(actual({ pipeline: present("reluvia-dwh", { config: config(vars) }) }));
    expect(found).toEqual({ region: "eu" });
  });

  it("leaves out the plan where nobody can tell which database is meant", () => {
    const two = present("reluvia-dwh", { addOns: [addOn("a"), addOn("b", { plan: "standard-0" })] });
    expect(answersFromHeroku(actual({ pipeline: two }))["postgres-plan"]).toBeUndefined();
  });

  it("never holds a secret as plain text", () => {
    const secrets = pipelineApp.config.filter(({ secret }) => secret).map(({ name }) => name);
    fc.assert(
      fc.property(fc.constantFrom(...secrets), fc.stringMatching(/^[a-zA-Z0-9_]{8,40}$/), (name, value) => {
        const pipeline = present("reluvia-dwh", { config: config({ [name]: value }) });
        expect(JSON.stringify(answersFromHeroku(actual({ pipeline })))).not.toContain(value);
      }),
    );
  });
});

describe("the way of running Metabase", () => {
  const runtime = (more: Parameters<typeof present>[1]) =>
    answersFromHeroku(actual({ metabase: present("reluvia-metabase", more) }))["metabase-runtime"];

  it("is the container on that stack, whatever buildpacks are left over", () => {
    expect(runtime({ app: { stack: "container" }, buildpacks: [metabaseBuildpack] })).toBe("container");
  });

  it("is the buildpack only where Metabase's own is installed", () => {
    expect(runtime({ app: { stack: "heroku-24" }, buildpacks: [jvm, metabaseBuildpack] })).toBe("buildpack");
    expect(runtime({ app: { stack: "heroku-24" }, buildpacks: [jvm] })).toBeUndefined();
    expect(runtime({ app: { stack: "heroku-24" } })).toBeUndefined();
  });
});

describe("Metabase's dyno", () => {
  const dyno = (more: Parameters<typeof present>[1]) =>
    answersFromHeroku(actual({ metabase: present("reluvia-metabase", more) }))["metabase-dyno"];
  const web = (quantity: number, size: string) => ({ formation: [{ type: "web", quantity, size }] });

  it("is the size that a setup wrote down, not the one that Heroku gave the first release", () => {
    expect(dyno({ ...web(1, "Standard-1X"), config: config({ METABASE_DYNO: "eco" }) })).toBe("eco");
  });

  it("is the size that runs on an app that was set up by hand", () => {
    expect(dyno(web(1, "Basic"))).toBe("basic");
  });

  it("is unknown where nothing runs, or a size that is not offered here", () => {
    expect(dyno(web(0, "Basic"))).toBeUndefined();
    expect(dyno(web(1, "Performance-L"))).toBeUndefined();
    expect(dyno({})).toBeUndefined();
  });
});

describe("the nightly job", () => {
  const at = (...list: Job[]) => answersFromHeroku(actual({ jobs: jobs(...list) })).schedule;

  it("is found by its exact line first, then by what it runs", () => {
    const old = job({ id: "old", command: "npm run pipeline" });
    const path = job({ id: "path", command: "node ./dist/scripts/pipeline.js --full" });
    const exact = job({ id: "exact", command: ` ${pipelineApp.job.command} ` });
    expect(ourJob([old, exact])?.id).toBe("exact");
    expect(ourJob([old])?.id).toBe("old");
    expect(ourJob([path])?.id).toBe("path");
  });

  it.each([
    "echo hello",
    "node scripts/pipelines.js",
    "node scripts/pipeline-report.js",
    "npm run pipeline-report",
    "",
  ])("is not somebody else's: %j", (command) => {
    expect(ourJob([job({ command })])).toBeUndefined();
  });

  it("is no time of day when it runs more often than daily, or at a time that cannot be asked for", () => {
    expect(at(job({ at: 150 }))).toBe("02:30");
    expect(at(job({ every: 60, at: 0 }))).toBeUndefined();
    expect(at(job({ at: 125 }))).toBeUndefined();
    expect(at()).toBeUndefined();
  });

  it("is unknown when the scheduler is silent", () => {
    const found = answersFromHeroku(
      actual({ pipeline: present("reluvia-dwh"), jobs: { known: false, why: "no answer" } }),
    );
    expect(found).toEqual({ region: "eu" });
  });
});

describe("minutes after midnight", () => {
  it("are a time of day, and back again", () => {
    expect([0, 120, 330, 1439, 1440].map(clockTime)).toEqual(["00:00", "02:00", "05:30", "23:59", "00:00"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1439 }), (minutes) => {
        const [hours = 0, rest = 0] = clockTime(minutes).split(":").map(Number);
        expect(hours * 60 + rest).toBe(minutes);
      }),
    );
  });
});
