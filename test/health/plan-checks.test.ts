// All that is declared, as checks: a healthy stack has none that fails, and whatever breaks is named.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planChecks } from "../../scripts/health/plan-checks.js";
import type { CheckResult } from "../../scripts/health/types.js";
import { unknown } from "../../scripts/heroku/known.js";
import type { Actual, Desired, Plan, Resource, Step } from "../../scripts/provision/types.js";
import {
  actualWith,
  allSecrets,
  answersWith,
  cleanSource,
  configWith,
  DATABASE,
  desiredWith,
  healthyActual,
  MB_TREE,
  metabaseActual,
  pipelineApp,
  planFor,
  TREE,
} from "./stack.js";

function checksOf(actual: Actual, desired: Desired = desiredWith()): CheckResult[] {
  return planChecks(planFor(desired, actual), desired, actual);
}

const of = (results: readonly CheckResult[], id: string) => results.find((result) => result.id === id);
const notOk = (results: readonly CheckResult[]) =>
  results.filter(({ status }) => status !== "ok").map(({ id, status }) => `${status} ${id}`);
const bare = (steps: Step[]): Plan => ({
  steps,
  refusals: [],
  consents: [],
  notices: [],
  prices: [],
  monthlyCents: 0,
});

describe("the checks of a healthy stack", () => {
  const results = checksOf(healthyActual);

  it("are all fine", () => {
    expect(notOk(results)).toEqual([]);
  });

  it("cover every declared thing once", () => {
    const ids = results.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        "pipeline.app.reluvia-dwh",
        "pipeline.region",
        "pipeline.add-on.reluvia-dwh-postgresql",
        "pipeline.config-var.TAP_STRIPE_API_KEY",
        "pipeline.build.source",
        "pipeline.job.nightly",
        "pipeline.backup.daily",
        "pipeline.search.PIPELINE_FAILED",
        "metabase.attachment.DWH",
        "metabase.config-var.MB_ENCRYPTION_SECRET_KEY",
        "metabase.formation.web",
      ]),
    );
  });

  it("say in a few words what is there", () => {
    expect(of(results, "pipeline.add-on.reluvia-dwh-postgresql")?.detail).toBe(
      "heroku-postgresql:essential-0, provisioned",
    );
    expect(of(results, "pipeline.job.nightly")?.detail).toBe(
      "daily at 02:00 UTC, size Eco: node dist/scripts/pipeline.js",
    );
    expect(of(results, "pipeline.buildpacks.heroku/nodejs, heroku/python")?.detail).toBe(
      "heroku/nodejs, then heroku/python",
    );
    expect(of(results, "metabase.formation.web")?.detail).toBe("web: 1 × Eco");
    expect(of(results, "pipeline.config-var.TAP_AMPLITUDE_REGION")?.detail).toBe("us");
    expect(of(results, "pipeline.config-var.TAP_STRIPE_API_KEY")?.detail).toBe("set");
  });

  it("do not ask for the Slack webhook, which is optional", () => {
    expect(of(results, "pipeline.config-var.SLACK_WEBHOOK_URL")).toBeUndefined();
  });

  it("say that uncommitted changes of the checkout are not deployed", () => {
    const dirty = {
      pipeline: { known: true, tree: TREE, dirty: true },
      metabase: cleanSource(MB_TREE),
    } as const;
    const result = of(checksOf(healthyActual, desiredWith(answersWith(), dirty)), "pipeline.build.source");
    expect(result).toMatchObject({ status: "ok" });
    expect(result?.detail).toMatch(/^012345678, .*uncommitted changes are not deployed$/);
  });

  it("name what people added themselves, without calling it wrong", () => {
    const actual = actualWith({ pipeline: { config: configWith(pipelineApp, { SENTRY_DSN: "https://x" }) } });
    expect(of(checksOf(actual), "pipeline.undeclared")).toMatchObject({
      status: "ok",
      detail: "Left as it is: config var SENTRY_DSN.",
    });
  });
});

describe("one broken thing", () => {
  const broken: readonly (readonly [string, Actual, readonly string[]])[] = [
    [
      "another buildpack order",
      actualWith({ pipeline: { buildpacks: ["heroku/python", "heroku/nodejs"] } }),
      ["pipeline.buildpacks.heroku/nodejs, heroku/python", "pipeline.build.source"],
    ],
    [
      "a removed log add-on",
      actualWith({ pipeline: { addOns: pipelineApp.addOns.slice(0, 2) } }),
      ["pipeline.add-on.reluvia-dwh-papertrail"],
    ],
    [
      "a removed scheduler",
      actualWith({ pipeline: { addOns: pipelineApp.addOns.filter(({ service }) => service !== "scheduler") } }),
      ["pipeline.add-on.reluvia-dwh-scheduler"],
    ],
    [
      "a changed pool size",
      actualWith({ metabase: { config: configWith(metabaseActual, { MB_QUARTZ_MAX_CONNECTION_POOL_SIZE: "50" }) } }),
      ["metabase.config-var.MB_QUARTZ_MAX_CONNECTION_POOL_SIZE"],
    ],
    [
      "a web dyno scaled to 0",
      actualWith({ metabase: { formation: [{ type: "web", quantity: 0, size: "Eco" }] } }),
      ["metabase.formation.web"],
    ],
    ["a removed attachment", actualWith({ metabase: { attachments: [] } }), ["metabase.attachment.DWH"]],
    ["no nightly job", actualWith({ rest: { jobs: { known: true, value: [] } } }), ["pipeline.job.nightly"]],
    ["no backup schedule", actualWith({ rest: { backups: { known: true, value: [] } } }), ["pipeline.backup.daily"]],
    [
      "another version deployed",
      actualWith({
        metabase: {
          builds: [
            { ...(metabaseActual.builds[0] as (typeof metabaseActual.builds)[number]), version: "f".repeat(40) },
          ],
        },
      }),
      ["metabase.build.source"],
    ],
  ];

  it.each(broken)("is named: %s", (_, actual, ids) => {
    const failed = checksOf(actual).filter(({ status }) => status === "fail");
    expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
    expect(failed.length).toBeLessThanOrEqual(ids.length + 1);
    for (const { remedy, detail } of failed) {
      expect(remedy?.commands).toEqual(["npm run setup"]);
      expect(detail).toMatch(/^[A-Z].*[.)]$/);
    }
  });

  it("tells before and after of what differs", () => {
    const config = configWith(metabaseActual, { JAVA_OPTS: "-Xmx900m" });
    const result = of(checksOf(actualWith({ metabase: { config } })), "metabase.config-var.JAVA_OPTS");
    expect(result?.detail).toBe("Another value is wanted (-Xmx900m → -Xmx300m).");
  });

  it("is a key that is neither here nor on Heroku: verify asks for it", () => {
    const actual = actualWith({ pipeline: { config: configWith(pipelineApp, { TAP_STRIPE_API_KEY: undefined }) } });
    const desired = desiredWith(answersWith({ "stripe-api-key": undefined }));
    const result = of(checksOf(actual, desired), "pipeline.config-var.TAP_STRIPE_API_KEY");
    expect(result?.status).toBe("fail");
    expect(result?.remedy?.text).toContain("Put it into .env as TAP_STRIPE_API_KEY");
  });

  it("is a missing app, and nothing of it is blamed as well", () => {
    const results = checksOf(actualWith({ rest: { metabase: { state: "absent" } } }));
    const own = results.filter(({ id }) => id.startsWith("metabase."));
    expect(own.filter(({ status }) => status === "fail").map(({ id }) => id)).toEqual([
      "metabase.app.reluvia-metabase",
    ]);
    expect(of(own, "metabase.attachment.DWH")).toMatchObject({
      status: "skipped",
      detail: "Not checked, because the app reluvia-metabase does not exist.",
    });
  });

  it("is an app of somebody else's, said once", () => {
    const results = checksOf(actualWith({ rest: { metabase: { state: "foreign" } } }));
    const failed = results.filter(({ status }) => status === "fail");
    expect(failed.map(({ id }) => id)).toEqual(["metabase.app.reluvia-metabase"]);
    expect(failed[0]?.remedy?.commands).toEqual(["npm run setup -- --metabase-app another-name"]);
  });

  it("is what setup cannot change, with what to do instead", () => {
    const desired = desiredWith(answersWith({ region: { value: "us", origin: "flag" } }));
    const result = of(checksOf(healthyActual, desired), "pipeline.region");
    expect(result?.status).toBe("fail");
    expect(result?.title).toBe("Region of reluvia-dwh");
    expect(result?.remedy?.commands[0]).toBe("npm run setup -- --region eu");
  });
});

describe("what is a warning and no failure", () => {
  it("a copy of the database's address that a rotation left behind, while the attachment is current", () => {
    const old = DATABASE.replace("one", "old");
    const config = configWith(metabaseActual, { MB_DB_CONNECTION_URI: old });
    const result = of(checksOf(actualWith({ metabase: { config } })), "metabase.config-var.MB_DB_CONNECTION_URI");
    expect(result?.status).toBe("warn");
    expect(result?.detail).toContain("DWH_URL");
  });

  it.each([
    ["is gone", undefined],
    ["is stale as well", DATABASE.replace("one", "older")],
  ])("but the stale copy fails when the attachment %s", (_, attached) => {
    const old = DATABASE.replace("one", "old");
    const config = configWith(metabaseActual, { MB_DB_CONNECTION_URI: old, DWH_URL: attached });
    const result = of(checksOf(actualWith({ metabase: { config } })), "metabase.config-var.MB_DB_CONNECTION_URI");
    expect(result?.status).toBe("fail");
  });

  it("a silent Scheduler, with the line to compare by hand", () => {
    const jobs = unknown("Heroku Scheduler's API answered 404.");
    const result = of(checksOf(actualWith({ rest: { jobs } })), "pipeline.job.nightly");
    expect(result?.status).toBe("warn");
    expect(result?.detail).toBe(
      "Could not be read. Heroku Scheduler's API answered 404. It should say: daily at 02:00 UTC, size Eco: node dist/scripts/pipeline.js.",
    );
    expect(result?.remedy?.text).toContain("https://dashboard.heroku.com/apps/reluvia-dwh/scheduler");
  });

  it("silent backups and searches, each in its own line", () => {
    const silent = unknown("nobody answered");
    const results = checksOf(actualWith({ rest: { backups: silent, searches: silent, jobs: silent } }));
    expect(notOk(results)).toEqual([
      "warn pipeline.job.nightly",
      "warn pipeline.backup.daily",
      "warn pipeline.search.PIPELINE_FAILED",
      "warn pipeline.search.ERROR",
    ]);
  });

  it("a time that somebody chose on Heroku's dashboard", () => {
    const jobs = healthyActual.jobs;
    const moved = jobs.known ? jobs.value.map((job) => ({ ...job, at: 17 * 60 })) : [];
    const desired = desiredWith(answersWith({ schedule: { value: "17:00", origin: "heroku" } }));
    const result = of(
      checksOf(actualWith({ rest: { jobs: { known: true, value: moved } } }), desired),
      "pipeline.job.nightly",
    );
    expect(result?.status).toBe("warn");
    expect(result?.detail).toContain("at 17:00 UTC, not at 02:00");
    expect(result?.detail).toContain("PIPELINE_SCHEDULE=17:00");
  });

  it("a log add-on that Heroku does not sell", () => {
    const actual = actualWith({
      pipeline: { addOns: pipelineApp.addOns.filter(({ service }) => service !== "papertrail") },
      rest: { plans: new Map([["papertrail", new Map([["fixa", { name: "fixa", monthlyCents: 700 }]])]]) },
    });
    const results = checksOf(actual);
    expect(notOk(results)).toEqual(["warn pipeline.add-on.reluvia-dwh-papertrail"]);
    expect(of(results, "pipeline.add-on.reluvia-dwh-papertrail")?.detail).toContain("fixa");
  });

  it("an add-on that Heroku is still making", () => {
    const addOns = pipelineApp.addOns.map((addOn) => ({ ...addOn, state: "provisioning" as const }));
    const result = of(checksOf(actualWith({ pipeline: { addOns } })), "pipeline.add-on.reluvia-dwh-postgresql");
    expect(result).toMatchObject({ status: "warn" });
    expect(result?.remedy?.commands).toEqual(["heroku addons:wait reluvia-dwh-postgresql -a reluvia-dwh"]);
  });

  it("an app in another region than the stack, when nobody asked for one", () => {
    const actual = actualWith({ metabase: { app: { ...metabaseActual.app, region: "us" } } });
    expect(of(checksOf(actual), "metabase.region")?.status).toBe("warn");
  });

  it("outside of a git checkout the version is not compared, and says why", () => {
    const none = { known: false, why: "this folder is no git checkout" } as const;
    const results = checksOf(healthyActual, desiredWith(answersWith(), { pipeline: none, metabase: none }));
    expect(of(results, "pipeline.build.source")).toMatchObject({
      status: "skipped",
      detail: "Not compared with this folder: This folder is no git checkout.",
    });
  });

  it("Metabase of the buildpack, which has a known hole", () => {
    const desired = desiredWith(answersWith({ "metabase-runtime": { value: "buildpack", origin: "heroku" } }));
    expect(of(checksOf(healthyActual, desired), "metabase.vulnerability")).toMatchObject({ status: "warn" });
  });
});

describe("for any plan", () => {
  const resources: Resource[] = [
    "app",
    "stack",
    "buildpacks",
    "add-on",
    "attachment",
    "config-var",
    "build",
    "formation",
    "job",
    "backup",
    "search",
  ];
  const steps = fc.uniqueArray(
    fc
      .record({
        role: fc.constantFrom("pipeline" as const, "metabase" as const),
        resource: fc.constantFrom(...resources),
        name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/),
        action: fc.constantFrom(
          "create" as const,
          "adopt" as const,
          "change" as const,
          "keep" as const,
          "unmanaged" as const,
        ),
        reason: fc.constantFrom("", "another value is wanted", "not set."),
        before: fc.option(fc.constantFrom("a", "•••"), { nil: undefined }),
        after: fc.option(fc.constantFrom("b", "•••"), { nil: undefined }),
      })
      .map(
        ({ before, after, ...rest }): Step => ({
          ...rest,
          id: `${rest.role}.${rest.resource}.${rest.name}`,
          app: rest.role === "pipeline" ? "reluvia-dwh" : "reluvia-metabase",
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
        }),
      ),
    { selector: ({ id }) => id, maxLength: 20 },
  );

  it("every result has a detail, and every failure a command", () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { status, detail, remedy, title } of planChecks(bare(all), desiredWith(), healthyActual)) {
          expect(detail.trim()).not.toBe("");
          expect(title.trim()).not.toBe("");
          if (status === "fail") expect(remedy?.commands.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("without a writing step nothing fails, and each writing step does", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const results = planChecks(bare(all), desiredWith(), healthyActual);
        const failed = results.filter(({ status }) => status === "fail").map(({ id }) => id);
        const writing = all.filter(({ action }) => action === "create" || action === "change").map(({ id }) => id);
        expect(new Set(failed)).toEqual(new Set(writing));
      }),
    );
  });

  it("no secret is in any text", () => {
    const text = JSON.stringify(
      checksOf(
        actualWith({
          metabase: { config: configWith(metabaseActual, { MB_DB_CONNECTION_URI: "postgres://u:other-pass@h/d" }) },
        }),
      ),
    );
    for (const secret of [...allSecrets, "other-pass"]) expect(text).not.toContain(secret);
  });
});
