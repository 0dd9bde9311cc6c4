// What each check says of a stack that is well, and of one that is not, in the words that a person reads.
import { afterEach, describe, expect, it } from "vitest";
import { healthChecks } from "../../scripts/health/checks/index.js";
import type { HealthContext, HealthInputs } from "../../scripts/health/context.js";
import { runChecks } from "../../scripts/health/run.js";
import type { CheckResult } from "../../scripts/health/types.js";
import { known, unknown } from "../../scripts/heroku/known.js";
import { type PostgresReason, PostgresUnreachable } from "../../scripts/postgres/unreachable.js";
import type { Actual, ActualApp } from "../../scripts/provision/types.js";
import { type Loopback, loopback, type Reply } from "../common/loopback.js";
import {
  actualWith,
  allSecrets,
  answersWith,
  configWith,
  contextWith,
  desiredWith,
  goodBackup,
  goodFetch,
  healthyActual,
  metabaseActual,
  pipelineApp,
  upDyno,
} from "./stack.js";

const servers: Loopback[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function resultsOf(changes: Partial<HealthInputs> = {}): Promise<CheckResult[]> {
  return runChecks<HealthContext>(healthChecks, contextWith(changes));
}

async function resultOf(id: string, changes: Partial<HealthInputs> = {}): Promise<CheckResult> {
  const found = (await resultsOf(changes)).find((result) => result.id === id);
  if (!found) throw new Error(`no check is called ${id}`);
  return found;
}

const account = (changes: Partial<Actual["account"]>) =>
  actualWith({ rest: { account: { ...healthyActual.account, ...changes } } });
const eco = (boughtHours: number, usedHours: number) =>
  actualWith({ rest: { eco: { boughtSeconds: boughtHours * 3600, usedSeconds: usedHours * 3600 } } });
const measured = (changes: Partial<Awaited<ReturnType<HealthInputs["inspectDatabase"]>>>) => ({
  inspectDatabase: async () => ({ sizeBytes: 1, connections: 1, connectionLimit: 20, writable: true, ...changes }),
});
const dyno = (state: string, more = {}) => ({ metabaseDynos: async () => [{ ...upDyno, state, ...more }] });
const GB = 1024 ** 3;

describe("a healthy stack", () => {
  it("passes every check", async () => {
    const results = await resultsOf();
    expect(results.filter(({ status }) => status !== "ok")).toEqual([]);
  });

  it("is asked once for its dynos and its database, however many checks want them", async () => {
    let dynos = 0;
    let databases = 0;
    await resultsOf({
      metabaseDynos: async () => {
        dynos += 1;
        return [upDyno];
      },
      inspectDatabase: async () => {
        databases += 1;
        return { sizeBytes: 1, connections: 1, connectionLimit: 20, writable: true };
      },
    });
    expect({ dynos, databases }).toEqual({ dynos: 1, databases: 1 });
  });

  it("shows no secret in any result, also when everything goes wrong with one in its words", async () => {
    const leak = () => Promise.reject(new Error(`broken: ${allSecrets.join(" ")}`));
    const results = await resultsOf({
      inspectDatabase: leak,
      metabaseDynos: leak,
      probes: { stripe: leak, amplitude: leak, funnelfox: leak },
    });
    const text = JSON.stringify([...results, ...(await resultsOf())]);
    expect(results.filter(({ status }) => status === "unknown").length).toBeGreaterThan(4);
    for (const secret of allSecrets) expect(text).not.toContain(secret);
  });
});

describe("every failed check", () => {
  it("says what is wrong and offers a command", async () => {
    const worlds: Partial<HealthInputs>[] = [
      { actual: account({ suspended: true }) },
      { actual: account({ delinquent: true }) },
      { actual: account({ verified: false }) },
      { actual: eco(0, 0) },
      { actual: eco(1000, 1000) },
      measured({ sizeBytes: 2 * GB, writable: false }),
      dyno("crashed"),
      dyno("down"),
      {
        actual: actualWith({
          rest: { jobs: known([]) },
          metabase: { formation: [{ type: "web", quantity: 0, size: "Eco" }] },
        }),
        metabaseDynos: async () => [],
      },
      {
        probes: {
          stripe: refusedProbe,
          amplitude: refusedProbe,
          funnelfox: refusedProbe,
        },
      },
    ];
    const failed = (await Promise.all(worlds.map(resultsOf))).flatMap((results) =>
      results.filter(({ status }) => status === "fail"),
    );
    expect(failed.length).toBeGreaterThanOrEqual(worlds.length);
    for (const { detail, remedy } of failed) {
      expect(detail).toMatch(/\.$/);
      expect(remedy?.text).toBeTruthy();
      expect(remedy?.commands[0]).toMatch(/^(npm run |heroku |open )/);
    }
  });
});

const refusedProbe = async () =>
  ({
    status: "refused",
    problem: "It does not take the key (401).",
    why: "It was rolled.",
    where: "Take it from Settings.",
  }) as const;

describe("the account", () => {
  it("tells whose token it is", async () => {
    expect((await resultOf("account.token")).detail).toBe("Accepted by api.heroku.com, belongs to ada@example.com");
  });

  it.each([
    ["suspended", { suspended: true }, "open https://help.heroku.com"],
    ["with an unpaid bill", { delinquent: true }, "open https://dashboard.heroku.com/account/billing"],
    ["not verified", { verified: false }, "open https://heroku.com/verify"],
  ])("fails when it is %s", async (_, changes, command) => {
    const result = await resultOf("account.standing", { actual: account(changes) });
    expect(result.status).toBe("fail");
    expect(result.remedy?.commands).toEqual([command]);
  });

  it.each([
    ["ok", 1000, 100],
    ["ok", 1000, 900],
    ["warn", 1000, 901],
    ["fail", 1000, 1000],
    ["fail", 1000, 1200],
    ["fail", 0, 0],
  ])("is %s with %i Eco hours bought and %i used", async (status, bought, used) => {
    expect((await resultOf("account.eco", { actual: eco(bought, used) })).status).toBe(status);
  });

  it("skips the Eco hours when Heroku does not tell them", async () => {
    const result = await resultOf("account.eco", { actual: actualWith({ rest: { eco: undefined } }) });
    expect(result).toMatchObject({ status: "skipped", detail: expect.stringContaining("Could not tell") });
  });

  it("does not mind missing Eco hours when nothing runs on Eco", async () => {
    const basic = { value: "basic", origin: ".env" } as const;
    const actual = actualWith({
      pipeline: { formation: [{ type: "web", quantity: 0, size: "Basic" }] },
      metabase: { formation: [{ type: "web", quantity: 1, size: "Basic" }] },
      rest: { eco: { boughtSeconds: 0, usedSeconds: 0 } },
    });
    const desired = desiredWith(answersWith({ "metabase-dyno": basic, "pipeline-dyno": basic }));
    expect((await resultOf("account.eco", { actual, desired })).status).toBe("ok");
  });
});

describe("releases and builds", () => {
  const [release] = pipelineApp.releases;
  const [build] = pipelineApp.builds;
  if (!release || !build) throw new Error("the healthy stack has a release and a build");
  const newer = { createdAt: "2026-11-23T10:00:00Z" };

  it("a failed last release fails, with the command that shows why", async () => {
    const releases = [{ ...release, ...newer, version: 8, status: "failed", current: false }, release];
    const result = await resultOf("pipeline.release", { actual: actualWith({ pipeline: { releases } }) });
    expect(result.status).toBe("fail");
    expect(result.detail).toMatch(/^v8, .*failed, so an older release runs/);
    expect(result.remedy?.commands[0]).toBe("heroku releases:output v8 -a reluvia-dwh");
  });

  it("a release under way is a warning", async () => {
    const releases = [{ ...release, version: 8, status: "pending", current: false }, release];
    expect((await resultOf("pipeline.release", { actual: actualWith({ pipeline: { releases } }) })).status).toBe(
      "warn",
    );
  });

  it("a failed last build fails when what runs is not the wanted version", async () => {
    const builds = [
      { ...build, ...newer, id: "b2", status: "failed" as const },
      { ...build, version: "f".repeat(40) },
    ];
    const result = await resultOf("pipeline.build", { actual: actualWith({ pipeline: { builds } }) });
    expect(result.status).toBe("fail");
    expect(result.remedy?.commands[0]).toBe("npm run setup");
  });

  it("a failed attempt beside the wanted version that runs is a warning: setup would build nothing", async () => {
    const builds = [{ ...build, ...newer, id: "b2", version: "e".repeat(40), status: "failed" as const }, build];
    expect((await resultOf("pipeline.build", { actual: actualWith({ pipeline: { builds } }) })).status).toBe("warn");
  });

  it("a build under way is a warning, and none at all is skipped", async () => {
    const builds = [{ ...build, ...newer, id: "b2", status: "pending" as const }, build];
    expect((await resultOf("pipeline.build", { actual: actualWith({ pipeline: { builds } }) })).status).toBe("warn");
    const none = await resultOf("pipeline.build", { actual: actualWith({ pipeline: { builds: [] } }) });
    expect(none).toMatchObject({ status: "skipped", detail: "Nothing has been built yet." });
  });
});

describe("the nightly job", () => {
  const ran = (ranAt: string | undefined) => {
    const [job] = healthyActual.jobs.known ? healthyActual.jobs.value : [];
    if (!job) throw new Error("the healthy stack has a job");
    const { ranAt: _, ...never } = job;
    return { actual: actualWith({ rest: { jobs: known([ranAt === undefined ? never : { ...job, ranAt }]) } }) };
  };

  it.each([
    ["ok", "this night", "2026-11-24T02:00:10Z"],
    ["ok", "26 hours ago", "2026-11-23T07:00:00Z"],
    ["fail", "a little over 26 hours ago", "2026-11-23T06:59:00Z"],
    ["warn", "never", undefined],
    ["warn", "at a time that cannot be read", "yesterday"],
  ])("is %s when it ran %s", async (status, _, ranAt) => {
    expect((await resultOf("schedule.last-run", ran(ranAt))).status).toBe(status);
  });

  it("says since when, and how to run it now", async () => {
    const result = await resultOf("schedule.last-run", ran("2026-11-20T02:00:00Z"));
    expect(result.detail).toMatch(/^2026-11-20 02:00 UTC, 4 days ago, though it should run daily at 02:00 UTC\./);
    expect(result.remedy?.commands[0]).toBe(
      "heroku run:detached --size=eco -a reluvia-dwh -- node dist/scripts/pipeline.js",
    );
  });

  it("is skipped when the Scheduler's API is silent", async () => {
    const actual = actualWith({ rest: { jobs: unknown("no answer") } });
    expect((await resultOf("schedule.last-run", { actual })).status).toBe("skipped");
  });
});

describe("the database", () => {
  const trouble = (reason: PostgresReason) => ({
    inspectDatabase: () =>
      Promise.reject(new PostgresUnreachable(reason, "db.example.com:5432/warehouse", "reluvia-dwh", "X")),
  });

  it.each([
    ["fail", "password refused", "heroku config:get DATABASE_URL -a reluvia-dwh"],
    ["fail", "too many connections", "heroku pg:ps -a reluvia-dwh"],
    ["fail", "database gone", "heroku addons -a reluvia-dwh"],
    ["fail", "tls", "unset PGSSLMODE"],
    ["fail", "other", "heroku pg:info -a reluvia-dwh"],
    ["unknown", "blocked port or network", "heroku pg:info -a reluvia-dwh"],
    ["unknown", "not ready", "heroku pg:wait -a reluvia-dwh"],
  ] as const)("%s: %s", async (status, reason, command) => {
    const results = await resultsOf(trouble(reason));
    const reachable = results.find(({ id }) => id === "database.reachable");
    expect(reachable).toMatchObject({ status, remedy: { commands: expect.arrayContaining([command]) } });
    const size = results.find(({ id }) => id === "database.size");
    expect(size?.status).toBe("skipped");
    expect(size?.detail).toContain("database.reachable");
  });

  it.each([
    ["ok", 0.79],
    ["warn", 0.8],
    ["warn", 0.94],
    ["fail", 0.95],
    ["fail", 1.2],
  ])("is %s when it fills %f of its plan", async (status, share) => {
    expect((await resultOf("database.size", measured({ sizeBytes: share * GB }))).status).toBe(status);
  });

  it("offers the next plan with its price when it fills up", async () => {
    const result = await resultOf("database.size", measured({ sizeBytes: 0.9 * GB }));
    expect(result.detail).toMatch(/^922 MB of 1 GB \(90 %\)/);
    expect(result.remedy).toEqual({
      text: "essential-1 holds 10 GB for $9 a month.",
      commands: ["npm run setup -- --postgres-plan essential-1"],
    });
  });

  it("on its tier's largest plan offers no plan that Heroku cannot move to in place", async () => {
    const addOns = pipelineApp.addOns.map((addOn) =>
      addOn.service === "heroku-postgresql" ? { ...addOn, plan: "essential-2" } : addOn,
    );
    const actual = actualWith({ pipeline: { addOns } });
    const result = await resultOf("database.size", { actual, ...measured({ sizeBytes: 31 * GB }) });
    expect(result.status).toBe("fail");
    expect(result.remedy?.commands.join()).not.toContain("--postgres-plan");
  });

  it.each([
    ["ok", 15, 20],
    ["warn", 16, 20],
    ["warn", 4, 5],
    ["warn", 18, 500],
  ])(
    "is %s with %i connections where the login may have %i and the plan 20",
    async (status, connections, connectionLimit) => {
      expect((await resultOf("database.connections", measured({ connections, connectionLimit }))).status).toBe(status);
    },
  );

  it("fails when Heroku has taken the right to write away", async () => {
    const result = await resultOf("database.writable", measured({ writable: false }));
    expect(result.status).toBe("fail");
    expect(result.detail).toContain("over its plan's size");
  });

  it("is not asked when the app has no DATABASE_URL", async () => {
    const actual = actualWith({ pipeline: { config: configWith(pipelineApp, { DATABASE_URL: undefined }) } });
    const inspectDatabase = () => Promise.reject(new Error("asked"));
    expect(await resultOf("database.reachable", { actual, inspectDatabase })).toMatchObject({
      status: "skipped",
      detail: "Not checked, because the app reluvia-dwh has no DATABASE_URL.",
    });
  });
});

describe("the last backup", () => {
  const backups = (answer: () => Response) => ({
    fetch: (async (input, init) =>
      String(input).includes("/transfers") ? answer() : goodFetch(input, init)) as typeof globalThis.fetch,
  });
  const finished = (at: string) => backups(() => Response.json([{ ...goodBackup, created_at: at, finished_at: at }]));

  it.each([
    ["ok", "2026-11-23T07:30:00Z"],
    ["warn", "2026-11-23T06:30:00Z"],
    ["fail", "2026-11-21T08:00:00Z"],
  ])("is %s when it ended at %s", async (status, at) => {
    expect((await resultOf("database.backup", finished(at))).status).toBe(status);
  });

  it("is a warning when there is none yet, with the command that makes one", async () => {
    const result = await resultOf(
      "database.backup",
      backups(() => Response.json([])),
    );
    expect(result.status).toBe("warn");
    expect(result.remedy?.commands).toEqual(["heroku pg:backups:capture DATABASE_URL -a reluvia-dwh"]);
  });

  it("is a warning when the data API does not tell", async () => {
    const result = await resultOf(
      "database.backup",
      backups(() => new Response("<html>", { status: 404 })),
    );
    expect(result).toMatchObject({ status: "warn", detail: expect.stringContaining("Could not tell when.") });
  });
});

describe("Metabase", () => {
  const asked = async (reply: Reply, path = "/") => {
    const server = await loopback(() => reply);
    servers.push(server);
    const app: ActualApp["app"] = { ...metabaseActual.app, webUrl: `${server.url}${path}` };
    const result = await resultOf("metabase.health", {
      actual: actualWith({ metabase: { app } }),
      fetch: globalThis.fetch,
    });
    return { result, seen: server.seen.map((request) => request.path) };
  };

  it.each([
    ["ok", "up"],
    ["ok", "idle"],
    ["warn", "starting"],
    ["fail", "crashed"],
    ["fail", "down"],
  ])("is %s when its dyno is %s", async (status, state) => {
    expect((await resultOf("metabase.dyno", dyno(state))).status).toBe(status);
  });

  it("that crashed: the log's words, and the next size with its price", async () => {
    const result = await resultOf("metabase.dyno", dyno("crashed"));
    expect(result.detail).toMatch(/^web\.1 \(Eco\): crashed, since 30 minutes\. .*R14 or R15.*512 MB/);
    expect(result.remedy?.text).toContain("$50 a month");
    expect(result.remedy?.commands).toContain("npm run setup -- --metabase-dyno standard-2x");
  });

  it("one crashed dyno is not hidden by one that runs", async () => {
    const metabaseDynos = async () => [upDyno, { ...upDyno, name: "web.2", state: "crashed" }];
    expect((await resultOf("metabase.dyno", { metabaseDynos })).detail).toContain("web.2");
  });

  it.each(["idle", "starting", "crashed"])("is not asked for its health while its dyno is %s", async (state) => {
    const fetch = ((input, init) => {
      if (String(input).includes("api/health")) throw new Error("woken");
      return goodFetch(input, init);
    }) as typeof globalThis.fetch;
    const result = await resultOf("metabase.health", { ...dyno(state), fetch });
    expect(result.status).toBe("skipped");
    if (state === "idle") expect(result.detail).toContain("asleep");
  });

  it("is asked below its address, also when that has a path", async () => {
    const { result, seen } = await asked({ status: 200, json: { status: "ok" } }, "/apps/metabase");
    expect(seen).toEqual(["/apps/metabase/api/health"]);
    expect(result.status).toBe("ok");
  });

  it.each<[string, string, Reply]>([
    ["warn", "it is starting", { status: 503, json: { status: "initializing" } }],
    ["fail", "Heroku's error page comes back", { status: 503, text: "<html>Application error</html>" }],
    ["fail", "it is in trouble", { status: 500, json: { status: "unhealthy" } }],
    ["fail", "another program answers", { status: 200, text: "<html>Hello</html>" }],
    ["fail", "it redirects", { status: 302, text: "", headers: { location: "https://example.com" } }],
    ["fail", "it hangs up", "reset"],
  ])("is %s when %s", async (status, _, reply) => {
    expect((await asked(reply)).result.status).toBe(status);
  });

  it("is unknown, not broken, when its name cannot be looked up from here", async () => {
    const fetch = (async (input, init) => {
      if (!String(input).includes("api/health")) return goodFetch(input, init);
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ENOTFOUND" }) });
    }) as typeof globalThis.fetch;
    expect((await resultOf("metabase.health", { fetch })).status).toBe("unknown");
  });

  it("on little memory is told so, and is no failure", async () => {
    const small = await resultOf("metabase.memory");
    expect(small).toMatchObject({ status: "ok", detail: expect.stringContaining("below the 1 GB") });
    const large = await resultOf("metabase.memory", {
      actual: actualWith({ metabase: { formation: [{ type: "web", quantity: 1, size: "Standard-2X" }] } }),
    });
    expect(large.detail).toBe("Standard-2X, 1024 MB");
  });

  it("whose dynos cannot be listed is unknown", async () => {
    const metabaseDynos = () => Promise.reject(new Error("Heroku is in trouble"));
    const results = await resultsOf({ metabaseDynos });
    const own = results.filter(({ id }) => id === "metabase.dyno" || id === "metabase.health");
    expect(own.map(({ status }) => status)).toEqual(["unknown", "unknown"]);
  });
});

describe("the sources", () => {
  it("are asked with the keys that are on Heroku, not with those at hand", async () => {
    const given: string[] = [];
    const config = configWith(pipelineApp, { TAP_STRIPE_API_KEY: "rk_live_on_heroku", TAP_AMPLITUDE_REGION: "eu" });
    const ok = { status: "ok", detail: "fine", warnings: [] } as const;
    await resultsOf({
      actual: actualWith({ pipeline: { config } }),
      probes: {
        stripe: async ({ key, url }) => {
          given.push(`${key.reveal()} ${url}`);
          return ok;
        },
        amplitude: async ({ region, url }) => {
          given.push(`${region} ${url}`);
          return ok;
        },
        funnelfox: async () => ok,
      },
    });
    expect(given).toEqual(["rk_live_on_heroku https://stripe.example.com", "eu https://amplitude.eu.example.com"]);
  });

  it("refusing a key fail: what, why, where to get one", async () => {
    const result = await resultOf("sources.stripe", {
      probes: { ...contextWith().probes, stripe: refusedProbe },
    });
    expect(result).toMatchObject({
      status: "fail",
      detail: "It does not take the key (401). It was rolled.",
      remedy: {
        text: "Take it from Settings. Put the new value of TAP_STRIPE_API_KEY into .env, then:",
        commands: ["npm run setup"],
      },
    });
  });

  it("that are down are unknown, and a key that can do too much is a warning", async () => {
    const down = async () => ({ status: "unreachable", problem: "Stripe answered 503" }) as const;
    const strong = async () =>
      ({ status: "ok", detail: "live mode, secret key", warnings: ["It can move money."] }) as const;
    const { probes } = contextWith();
    expect((await resultOf("sources.stripe", { probes: { ...probes, stripe: down } })).status).toBe("unknown");
    expect(await resultOf("sources.stripe", { probes: { ...probes, stripe: strong } })).toMatchObject({
      status: "warn",
      detail: "Live mode, secret key. It can move money.",
    });
  });

  it("without a key on Heroku are not asked", async () => {
    const config = configWith(pipelineApp, { TAP_AMPLITUDE_SECRET_KEY: undefined });
    expect(await resultOf("sources.amplitude", { actual: actualWith({ pipeline: { config } }) })).toMatchObject({
      status: "skipped",
      detail: "Not checked, because TAP_AMPLITUDE_SECRET_KEY is not set on reluvia-dwh.",
    });
  });
});

describe("a missing app", () => {
  it("leaves its own checks skipped with the reason, and the others alone", async () => {
    const actual = actualWith({ rest: { metabase: { state: "absent" } } });
    const results = await resultsOf({ actual, metabaseDynos: () => Promise.reject(new Error("asked")) });
    const skipped = results.filter(({ status }) => status === "skipped");
    expect(skipped.map(({ id }) => id)).toEqual([
      "metabase.release",
      "metabase.build",
      "metabase.dyno",
      "metabase.health",
      "metabase.memory",
    ]);
    for (const { detail } of skipped)
      expect(detail).toBe("Not checked, because the app reluvia-metabase does not exist.");
  });
});
