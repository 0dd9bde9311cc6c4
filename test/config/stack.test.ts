// The declared stack: what it says, that it fits itself, and that its connections and memory stay inside what is bought.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { answerNames, answers, appNamePattern } from "../../config/answers.js";
import { dynoSizeNames, dynoSizes, planPrices } from "../../config/prices.js";
import { addOnName, type ConfigVarSpec, javaOptions, metabaseApp, pipelineApp } from "../../config/stack.js";

const namesOf = (config: readonly ConfigVarSpec[]) => config.map(({ name }) => name);

describe("the pipeline app", () => {
  it("is declared as it is documented", () => {
    expect(pipelineApp).toMatchObject({
      stack: "heroku-26",
      buildpacks: ["heroku/nodejs", "heroku/python"],
      job: { command: "node dist/scripts/pipeline.js", everyMinutes: 1440 },
      searches: [{ query: "PIPELINE_FAILED" }, { query: "ERROR" }],
    });
    expect(pipelineApp.addOns.map(({ service, optional, suffix }) => [service, suffix, optional])).toEqual([
      ["heroku-postgresql", "postgresql", false],
      ["scheduler", "scheduler", false],
      ["papertrail", "papertrail", true],
    ]);
  });

  it("has the config vars that the pipeline reads, and never its database's", () => {
    expect(namesOf(pipelineApp.config)).toEqual([
      "TAP_STRIPE_API_KEY",
      "TAP_AMPLITUDE_API_KEY",
      "TAP_AMPLITUDE_SECRET_KEY",
      "TAP_AMPLITUDE_REGION",
      "FUNNELFOX_API_KEY",
      "PIPELINE_START_DATE",
      "SLACK_WEBHOOK_URL",
    ]);
    expect(pipelineApp.optionalConfig).toEqual(["PIPELINE_EVENTS_DAYS"]);
  });

  it("takes each answer under the name that the answer has everywhere else, as secret as it is there", () => {
    for (const { name, value, secret } of [...pipelineApp.config, ...metabaseApp.config]) {
      if (value.from !== "answer") continue;
      const answer = answers.find((one) => one.name === value.answer);
      expect([name, secret]).toEqual([answer?.variable, answer?.secret]);
    }
  });
});

describe("the Metabase app", () => {
  it("is an image by default, or Metabase's buildpack after a JVM", () => {
    expect(metabaseApp.runtimes).toEqual({
      container: { stack: "container", buildpacks: [] },
      buildpack: {
        stack: "heroku-24",
        buildpacks: ["heroku/jvm", "https://github.com/metabase/metabase-buildpack"],
      },
    });
    expect(metabaseApp).toMatchObject({ folder: "metabase", attachment: "DWH", web: { quantity: 1 } });
  });

  it("takes ten connections at most, so that the pipeline's seven and three for people fit the smallest plan", () => {
    const pools = metabaseApp.config.filter(({ name }) => name.endsWith("_MAX_CONNECTION_POOL_SIZE"));
    const sum = pools.reduce((total, { value }) => total + (value.from === "constant" ? Number(value.value) : NaN), 0);
    expect(pools).toHaveLength(4);
    expect(sum).toBe(10);
    expect(sum + 7 + 3).toBe(planPrices["heroku-postgresql:essential-0"]?.connections);
  });

  it("has an encryption key of 256 bits and no secret that would be shown", () => {
    const key = metabaseApp.config.find(({ name }) => name === "MB_ENCRYPTION_SECRET_KEY");
    expect(key).toMatchObject({ value: { from: "generated", bytes: 32 }, secret: true });
    const secrets = metabaseApp.config.filter(({ secret }) => secret).map(({ name }) => name);
    expect(secrets).toEqual(["MB_DB_CONNECTION_URI", "MB_ENCRYPTION_SECRET_KEY"]);
  });
});

describe("the declaration", () => {
  it("names no config var twice", () => {
    for (const { config } of [pipelineApp, metabaseApp]) {
      expect(new Set(namesOf(config)).size).toBe(config.length);
    }
  });

  it("asks only for answers that exist", () => {
    const asked = [...pipelineApp.config, ...metabaseApp.config].flatMap(({ value }) =>
      value.from === "answer" ? [value.answer] : [],
    );
    const plans = pipelineApp.addOns.flatMap(({ plan }) => (typeof plan === "string" ? [] : [plan.answer]));
    expect([...asked, ...plans].filter((name) => !answerNames.includes(name))).toEqual([]);
  });

  it("backs up a database that it declares", () => {
    const attachments = pipelineApp.addOns.flatMap(({ attachment }) => (attachment ? [`${attachment}_URL`] : []));
    expect(attachments).toEqual([pipelineApp.backup.attachment]);
  });

  it("names add-ons so that the name of every app still leaves a name that can be had", () => {
    const longest = "a".repeat(30);
    expect(appNamePattern.test(longest)).toBe(true);
    for (const spec of pipelineApp.addOns) {
      // Heroku Platform API, Add-on > name: letters, digits and dashes.
      expect(addOnName(longest, spec)).toMatch(/^[a-zA-Z][A-Za-z0-9_-]+$/);
      expect(addOnName("reluvia-dwh", spec)).toBe(`reluvia-dwh-${spec.suffix}`);
    }
  });
});

describe("Java's options", () => {
  it.each([
    ["eco", "-Xmx300m"],
    ["basic", "-Xmx300m"],
    ["standard-1x", "-Xmx300m"],
    ["standard-2x", "-Xmx700m"],
  ] as const)("on %s are %s", (size, options) => {
    expect(javaOptions(size)).toBe(options);
  });

  it.each(dynoSizeNames)("leave a quarter of the memory of %s to what is not heap", (size) => {
    const heap = z.coerce.number().parse(/^-Xmx(\d+)m$/.exec(javaOptions(size))?.[1]);
    expect(heap).toBeLessThanOrEqual(dynoSizes[size].memoryMb * 0.75);
    expect(heap).toBeGreaterThanOrEqual(256);
  });
});
