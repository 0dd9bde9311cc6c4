// What a plan says of breakages and of things that are not ours, over worlds changed by hand and at random.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { Secret } from "../../scripts/common/secret.js";
import { plan } from "../../scripts/provision/plan/index.js";
import type { ActualApp } from "../../scripts/provision/types.js";
import { changesOf } from "../../scripts/provision/types.js";
import { answersFor, lines, look, makeCheckout, removeFolder, type Situation, setUp } from "../support/stack.js";

let sandbox: Sandbox;
let folder: string;
let settled: Situation;

beforeAll(async () => {
  sandbox = await startSandbox({ databases: "addresses" });
  folder = await makeCheckout();
  await setUp(sandbox, folder, answersFor(sandbox));
  settled = await look(sandbox, folder, answersFor(sandbox));
});

afterAll(async () => {
  await sandbox.close();
  await removeFolder(folder);
});

/** The same situation with one app changed. */
function withApp(role: "pipeline" | "metabase", change: (app: ActualApp) => Partial<ActualApp>): string[] {
  const { desired, actual } = settled;
  const state = actual[role];
  if (state.state !== "present") throw new Error("not set up");
  return lines(plan(desired, { ...actual, [role]: { ...state, ...change(state) } }));
}

describe("one thing changed by hand on Heroku", () => {
  it("is one step: a removed config var", () => {
    const changed = withApp("pipeline", ({ config }) => ({
      config: new Map([...config].filter(([name]) => name !== "TAP_STRIPE_API_KEY")),
    }));
    expect(changed).toEqual(["create pipeline.config-var.TAP_STRIPE_API_KEY •••"]);
  });

  it("is one step: a changed constant", () => {
    const changed = withApp("metabase", ({ config }) => ({
      config: new Map(config).set("MB_QUARTZ_MAX_CONNECTION_POOL_SIZE", new Secret("20")),
    }));
    expect(changed).toEqual(["change metabase.config-var.MB_QUARTZ_MAX_CONNECTION_POOL_SIZE 20 → 2"]);
  });

  it("is never a step: another encryption key, which must not be replaced", () => {
    const changed = withApp("metabase", ({ config }) => ({
      config: new Map(config).set("MB_ENCRYPTION_SECRET_KEY", new Secret("somebody else's key")),
    }));
    expect(changed).toEqual([]);
  });

  it("is never a step: a custom domain as the site's address", () => {
    const changed = withApp("metabase", ({ config }) => ({
      config: new Map(config).set("MB_SITE_URL", new Secret("https://bi.example.com")),
      domains: ["bi.example.com"],
    }));
    expect(changed).toEqual([]);
  });

  it("is one step: a web dyno on the pipeline app", () => {
    const changed = withApp("pipeline", ({ formation }) => ({
      formation: [...formation, { type: "web", quantity: 1, size: "Eco" }],
    }));
    expect(changed).toEqual(["change pipeline.formation.dynos pipeline 0 × Eco, web 1 × Eco → no web dyno, size Eco"]);
  });

  it("is one step: Metabase scaled to nothing", () => {
    const changed = withApp("metabase", () => ({ formation: [{ type: "web", quantity: 0, size: "Eco" }] }));
    expect(changed).toEqual(["change metabase.formation.web web 0 × Eco → 1 × Eco"]);
  });

  it("is buildpacks and a build: buildpacks in another order", () => {
    const changed = withApp("pipeline", () => ({ buildpacks: ["heroku/python", "heroku/nodejs"] }));
    expect(changed[0]).toBe(
      "change pipeline.buildpacks.heroku/nodejs, heroku/python heroku/python, heroku/nodejs → heroku/nodejs, heroku/python",
    );
    expect(changed[1]).toMatch(/^change pipeline.build.source/);
    expect(changed).toHaveLength(2);
  });

  it("is no step: a build that failed after the one that runs", () => {
    const changed = withApp("pipeline", ({ builds }) => ({
      builds: [
        {
          id: "b",
          status: "failed",
          version: "e".repeat(40),
          stack: "heroku-26",
          buildpacks: undefined,
          slugId: undefined,
          releaseId: undefined,
          createdAt: "2026-11-25T12:00:00Z",
          outputStreamUrl: undefined,
        },
        ...builds,
      ],
    }));
    expect(changed).toEqual([]);
  });

  it("is one step: the database detached from its own app", () => {
    const changed = withApp("pipeline", ({ attachments }) => ({
      attachments: attachments.filter(({ name }) => name !== "DATABASE"),
    }));
    expect(changed).toEqual(["create pipeline.attachment.DATABASE reluvia-dwh-postgresql"]);
  });
});

describe("things that are not declared", () => {
  it("are reported and never changed: config vars, add-ons, worker dynos, jobs", () => {
    const { desired, actual } = settled;
    if (actual.pipeline.state !== "present" || !actual.jobs.known) throw new Error("not set up");
    const foreign = {
      id: "r",
      name: "redis-round-1",
      service: "heroku-redis",
      plan: "mini",
      state: "provisioned",
      app: "reluvia-dwh",
      configVars: ["REDIS_URL"],
    } as const;
    const changed = plan(desired, {
      ...actual,
      jobs: {
        known: true,
        value: [...actual.jobs.value, { id: "j9", command: "echo hello", dynoSize: "Eco", every: 60, at: 0 }],
      },
      pipeline: {
        ...actual.pipeline,
        addOns: [...actual.pipeline.addOns, foreign],
        config: new Map(actual.pipeline.config).set("MY_OWN", new Secret("x")).set("REDIS_URL", new Secret("redis://")),
        formation: [...actual.pipeline.formation, { type: "worker", quantity: 2, size: "Eco" }],
      },
    });
    expect(changesOf(changed)).toEqual([]);
    const unmanaged = changed.steps.filter(({ action }) => action === "unmanaged").map(({ id }) => id);
    expect(unmanaged).toEqual([
      "pipeline.add-on.redis-round-1",
      "pipeline.config-var.MY_OWN",
      "pipeline.formation.worker",
      "pipeline.job.j9",
    ]);
  });

  it("stay out of every plan, whatever they are called", () => {
    const names = fc.stringMatching(/^[A-Z][A-Z0-9_]{2,20}$/);
    const declared = new Set(
      [...settled.desired.pipeline.config, ...settled.desired.metabase.config].map(({ spec }) => spec.name),
    );
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.string()),
        fc.constantFrom("pipeline" as const, "metabase" as const),
        (vars, role) => {
          const own = Object.entries(vars).filter(([name]) => !declared.has(name));
          const changed = withApp(role, ({ config }) => ({
            config: new Map([...config, ...own.map(([name, value]) => [name, new Secret(value)] as const)]),
          }));
          expect(changed).toEqual([]);
        },
      ),
    );
  });
});

describe("several databases on an adopted app", () => {
  it("are asked about, never picked", () => {
    const { desired, actual } = settled;
    if (actual.pipeline.state !== "present") throw new Error("not set up");
    const other = {
      id: "p",
      name: "postgresql-flat-12345",
      service: "heroku-postgresql",
      plan: "essential-1",
      state: "provisioned",
      app: "reluvia-dwh",
      configVars: ["HEROKU_POSTGRESQL_PINK_URL"],
    } as const;
    const attachments = actual.pipeline.attachments.map((one) =>
      one.name === "DATABASE" ? { ...one, addOnName: other.name } : one,
    );
    const judged = plan(desired, {
      ...actual,
      pipeline: { ...actual.pipeline, addOns: [...actual.pipeline.addOns, other], attachments },
    });
    expect(judged.refusals.map(({ message }) => message)).toEqual([
      "The app reluvia-dwh has several add-ons of heroku-postgresql: reluvia-dwh-postgresql and postgresql-flat-12345. Setup does not pick one.",
    ]);
  });
});

describe("the text of any plan", () => {
  it("never holds a value that is secret", () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9]{12,40}$/);
    fc.assert(
      fc.property(secret, secret, (stripe, url) => {
        const { desired, actual } = settled;
        if (actual.pipeline.state !== "present") throw new Error("not set up");
        const config = new Map(actual.pipeline.config)
          .set("TAP_STRIPE_API_KEY", new Secret(stripe))
          .set("DATABASE_URL", new Secret(`postgres://u:${url}@h/d`));
        const text = JSON.stringify(plan(desired, { ...actual, pipeline: { ...actual.pipeline, config } }));
        expect(text).not.toContain(stripe);
        expect(text).not.toContain(url);
      }),
    );
  });
});
