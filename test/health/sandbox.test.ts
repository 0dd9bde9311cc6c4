// The checks against a stack that setup has made in the sandbox, over real HTTP.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { healthChecks } from "../../scripts/health/checks/index.js";
import { healthContext, healthUrls } from "../../scripts/health/context.js";
import { planChecks } from "../../scripts/health/plan-checks.js";
import { runChecks } from "../../scripts/health/run.js";
import type { CheckResult } from "../../scripts/health/types.js";
import { verdict } from "../../scripts/health/verdict.js";
import { inspectDatabase } from "../../scripts/postgres/inspect.js";
import { probeAmplitude } from "../../scripts/sources/amplitude.js";
import { probeFunnelfox } from "../../scripts/sources/funnelfox.js";
import { probeStripe } from "../../scripts/sources/stripe.js";
import { answersFor, look, makeCheckout, remoteOf, removeFolder, setUp } from "../support/stack.js";

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await makeCheckout();
  await setUp(sandbox, folder, answersFor(sandbox));
});

afterAll(async () => {
  await sandbox.close();
  await removeFolder(folder);
});

async function verify(): Promise<CheckResult[]> {
  const remote = remoteOf(sandbox);
  const { desired, actual, plan } = await look(sandbox, folder, {}, remote);
  const context = healthContext({
    desired,
    actual,
    plan,
    api: remote.api,
    token: remote.token,
    now: () => new Date(),
    urls: healthUrls(sandbox.env),
    probes: { stripe: probeStripe, amplitude: probeAmplitude, funnelfox: probeFunnelfox },
    inspectDatabase: (url) => inspectDatabase(url, { app: desired.pipeline.name, env: sandbox.env }),
  });
  return [...planChecks(plan, desired, actual), ...(await runChecks(healthChecks, context))];
}

/** Changes the sandbox's world as somebody would by hand, behind the product's back. */
async function byHand(method: "PATCH" | "DELETE" | "POST", path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

const notOk = (results: readonly CheckResult[]) =>
  results.filter(({ status }) => status !== "ok").map(({ id, status }) => `${status} ${id}`);

describe("a stack that setup has made", () => {
  it("is healthy, with warnings for what has not happened yet", async () => {
    await verify();
    const results = await verify();
    expect(notOk(results)).toEqual(["warn schedule.last-run", "warn database.backup"]);
    expect(verdict(results)).toBe("healthy");
  });

  it("is asked without a single write", () => {
    const before = sandbox.calls.length;
    return verify().then(() => {
      const writes = sandbox.calls.slice(before).filter(({ method }) => method !== "GET");
      expect(writes).toEqual([]);
    });
  });

  it("has a backup once one was taken", async () => {
    await byHand("POST", "/addons/reluvia-dwh-postgresql/backups");
    expect(notOk(await verify())).toEqual(["warn schedule.last-run"]);
  });

  it("names each thing that somebody breaks, and setup's command mends it", async () => {
    const app = (name: string) => sandbox.world.apps.find((one) => one.name === name)?.id;
    const process = sandbox.world.formation.find((one) => one.app === app("reluvia-metabase") && one.type === "web");
    const breakages: readonly (readonly [string, () => Promise<void>])[] = [
      ["fail pipeline.job.nightly", () => byHand("DELETE", `/world/jobs/${sandbox.world.jobs[0]?.id}`)],
      ["fail pipeline.backup.daily", () => byHand("DELETE", `/world/schedules/${sandbox.world.schedules[0]?.uuid}`)],
      [
        "fail metabase.config-var.MB_QUARTZ_MAX_CONNECTION_POOL_SIZE",
        () => byHand("PATCH", "/apps/reluvia-metabase/config-vars", { MB_QUARTZ_MAX_CONNECTION_POOL_SIZE: "9" }),
      ],
      [
        "fail pipeline.config-var.TAP_STRIPE_API_KEY",
        () => byHand("PATCH", "/apps/reluvia-dwh/config-vars", { TAP_STRIPE_API_KEY: null }),
      ],
      [
        "fail sources.funnelfox",
        () => byHand("PATCH", "/apps/reluvia-dwh/config-vars", { FUNNELFOX_API_KEY: "another-projects-secret" }),
      ],
      ["fail metabase.formation.web", () => byHand("PATCH", `/world/formation/${process?.id}`, { quantity: 0 })],
      ["fail pipeline.add-on.reluvia-dwh-papertrail", () => byHand("DELETE", "/world/addons/reluvia-dwh-papertrail")],
    ];
    for (const [named, breakIt] of breakages) {
      const before = notOk(await verify());
      expect(before).not.toContain(named);
      await breakIt();
      const results = await verify();
      expect(notOk(results)).toContain(named);
      expect(verdict(results)).toBe("unhealthy");
    }
    await setUp(sandbox, folder, answersFor(sandbox));
    await verify();
    const failed = (await verify()).filter(({ status }) => status === "fail");
    expect(failed.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([]);
  });

  it("warns of the copied address that a rotation leaves behind, and still reaches the database", async () => {
    await byHand("POST", "/addons/reluvia-dwh-postgresql/rotate");
    const results = await verify();
    expect(notOk(results)).toContain("warn metabase.config-var.MB_DB_CONNECTION_URI");
    expect(results.find(({ id }) => id === "database.reachable")?.status).toBe("ok");
    expect(verdict(results)).toBe("healthy");
  });

  it("is no worse when the undocumented APIs are silent, but says what to compare", async () => {
    await byHand("PATCH", "/settings", { silent: ["scheduler", "papertrail", "data"] });
    const results = await verify();
    expect(notOk(results)).toEqual(
      expect.arrayContaining([
        "warn pipeline.job.nightly",
        "warn pipeline.backup.daily",
        "warn pipeline.search.PIPELINE_FAILED",
        "warn database.backup",
        "skipped schedule.last-run",
      ]),
    );
    expect(verdict(results)).toBe("healthy");
  });
});
