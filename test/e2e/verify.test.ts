// `npm run verify` as a child process: healthy after setup, and each single thing that breaks is named and mended.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, type RunOptions, withoutKeys } from "../support/commands.js";
import { type VerifyDocument, verifySchema } from "../support/documents.js";
import { commit } from "../support/stack.js";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ databases: "postgres" });
  expect((await desk.run("setup", ["--yes"])).code).toBe(0);
});

afterAll(() => desk.close());

const notOk = ({ checks }: VerifyDocument) =>
  checks.flatMap(({ id, status, detail }) => (status === "fail" || status === "unknown" ? [`${id}: ${detail}`] : []));

async function verify(args: readonly string[] = [], options: RunOptions = {}) {
  const ran = await desk.run("verify", ["--json", ...args], options);
  return { ...ran, document: verifySchema.parse(ran.json()) };
}

const named = (document: VerifyDocument, id: string) => document.checks.find((check) => check.id === id);

describe("a stack that setup has made", () => {
  it("is healthy: exit 0, nothing written, one document", async () => {
    const { code, writes, document, stderr } = await verify();
    expect(notOk(document)).toEqual([]);
    expect(document.status).toBe("healthy");
    expect({ code, writes }).toEqual({ code: 0, writes: [] });
    expect(stderr).toMatch(/^This speaks to the sandbox at \S+, not to Heroku\.\n$/);
    expect(named(document, "database.reachable")).toMatchObject({ status: "ok" });
  });

  it("is healthy from another laptop without keys, as a table on stdout", async () => {
    const ran = await desk.run("verify", [], { env: withoutKeys });
    expect(ran).toMatchObject({ code: 0, writes: [] });
    for (const group of ["Account", "Pipeline app", "Metabase app", "Schedule", "Database", "Log", "Sources"]) {
      expect(ran.stdout).toMatch(new RegExp(`^${group}$`, "m"));
    }
    expect(ran.stdout).toMatch(/^Healthy: \d+ checks passed/m);
  });

  it("is looked at in part with --only, and a check that does not exist is named with the nearest", async () => {
    const { code, document } = await verify(["--only", "account,database.reachable"]);
    expect(code).toBe(0);
    expect(document.checks.map(({ id }) => id)).toEqual([
      "account.token",
      "account.standing",
      "account.eco",
      "database.reachable",
    ]);
    const wrong = await verify(["--only", "databse.size"]);
    expect(wrong.code).toBe(64);
    expect(wrong.document.error?.message).toContain("database.size");
  });

  it("has nothing to mend with --fix", async () => {
    const { code, writes, document } = await verify(["--fix", "--yes"]);
    expect({ code, writes, status: document.status }).toEqual({ code: 0, writes: [], status: "healthy" });
  });
});

const idOf = (name: string) => desk.sandbox.world.apps.find((app) => app.name === name)?.id ?? "";
const process = (app: string, type: string) =>
  desk.sandbox.world.formation.find((row) => row.app === idOf(app) && row.type === type)?.id ?? "";
const attachment = (app: string, name: string) =>
  desk.sandbox.world.attachments.find((one) => one.app === idOf(app) && one.name === name)?.id ?? "";
const setConfig = (app: string, vars: Record<string, string | null>) =>
  desk.byHand("PATCH", `/apps/${app}/config-vars`, vars);

interface Breakage {
  readonly what: string;
  readonly breakIt: () => Promise<unknown>;
  readonly id: string;
  /** a warning leaves the stack healthy */
  readonly status?: "warn";
  /** what mends it; default: --fix */
  readonly mend?: () => Promise<unknown>;
}

const breakages: readonly Breakage[] = [
  {
    what: "an add-on is deleted",
    breakIt: () => desk.byHand("DELETE", "/world/addons/reluvia-dwh-papertrail"),
    id: "pipeline.add-on.reluvia-dwh-papertrail",
  },
  {
    what: "Metabase's attachment of the database is removed",
    breakIt: () => desk.byHand("DELETE", `/world/attachments/${attachment("reluvia-metabase", "DWH")}`),
    id: "metabase.attachment.DWH",
  },
  {
    what: "a config var is removed",
    breakIt: () => setConfig("reluvia-dwh", { TAP_STRIPE_API_KEY: null }),
    id: "pipeline.config-var.TAP_STRIPE_API_KEY",
  },
  {
    what: "a config var is changed",
    breakIt: () => setConfig("reluvia-metabase", { MB_DB_TYPE: "h2" }),
    id: "metabase.config-var.MB_DB_TYPE",
  },
  {
    what: "the buildpacks are put in another order",
    breakIt: () => desk.byHand("PATCH", "/world/apps/reluvia-dwh", { buildpacks: ["heroku/python", "heroku/nodejs"] }),
    id: "pipeline.buildpacks.heroku/nodejs, heroku/python",
  },
  {
    what: "Metabase's web dyno is scaled to 0",
    breakIt: () => desk.byHand("PATCH", `/world/formation/${process("reluvia-metabase", "web")}`, { quantity: 0 }),
    id: "metabase.formation.web",
  },
  {
    what: "the nightly job is deleted",
    breakIt: () => desk.byHand("DELETE", `/world/jobs/${desk.sandbox.world.jobs[0]?.id}`),
    id: "pipeline.job.nightly",
  },
  {
    what: "the nightly job runs another command",
    breakIt: () =>
      desk.byHand("PATCH", `/world/jobs/${desk.sandbox.world.jobs[0]?.id}`, { command: "npm run pipeline -- --all" }),
    id: "pipeline.job.nightly",
  },
  {
    what: "the backup's schedule is removed",
    breakIt: () => desk.byHand("DELETE", `/world/schedules/${desk.sandbox.world.schedules[0]?.uuid}`),
    id: "pipeline.backup.daily",
  },
  {
    what: "a saved search is removed",
    breakIt: async () => {
      for (const searches of Object.values(desk.sandbox.world.searches.searches)) {
        const at = searches.findIndex(({ query }) => query === "PIPELINE_FAILED");
        if (at >= 0) searches.splice(at, 1);
      }
    },
    id: "pipeline.search.PIPELINE_FAILED",
  },
  {
    what: "another version is committed than what runs",
    breakIt: async () => {
      await writeFile(join(desk.folder, "requirements.txt"), "# another version\n");
      await commit(desk.folder, "Another version");
    },
    id: "pipeline.build.source",
  },
  {
    what: "the last build has failed",
    breakIt: async () => {
      // Heroku dates builds to the second: two of one second cannot be told apart.
      await setTimeout(1_100);
      await rm(join(desk.folder, "package.json"));
      await commit(desk.folder, "Lose package.json");
      expect((await desk.run("setup", ["--yes"])).code).toBe(1);
    },
    id: "pipeline.build",
    mend: async () => {
      await setTimeout(1_100);
      await writeFile(join(desk.folder, "package.json"), JSON.stringify({ name: "stack", version: "1.0.1" }));
      await commit(desk.folder, "Bring package.json back");
    },
  },
  {
    what: "a source does not take the key that is on Heroku",
    breakIt: () => setConfig("reluvia-dwh", { FUNNELFOX_API_KEY: "fox_of_another_project_0000" }),
    id: "sources.funnelfox",
  },
  {
    what: "the database's credentials have been rotated",
    breakIt: () => desk.byHand("POST", "/addons/reluvia-dwh-postgresql/rotate"),
    id: "metabase.config-var.MB_DB_CONNECTION_URI",
    status: "warn",
  },
  {
    what: "Metabase's dyno has crashed",
    breakIt: async () => {
      const web = desk.sandbox.world.dynos.find(({ app }) => app === idOf("reluvia-metabase"));
      await desk.byHand("PATCH", `/world/dynos/${web?.id}`, { state: "crashed" });
    },
    id: "metabase.dyno",
    mend: async () => {
      const web = desk.sandbox.world.dynos.find(({ app }) => app === idOf("reluvia-metabase"));
      await desk.byHand("PATCH", `/world/dynos/${web?.id}`, { state: "up" });
    },
  },
  {
    what: "Metabase answers with Heroku's error page although its dyno is up",
    breakIt: () => desk.byHand("PATCH", "/settings", { metabaseState: { "reluvia-metabase": "down" } }),
    id: "metabase.health",
    mend: () => desk.byHand("PATCH", "/settings", { metabaseState: {} }),
  },
  {
    what: "the Metabase app is deleted",
    breakIt: () => desk.byHand("DELETE", "/world/apps/reluvia-metabase"),
    id: "metabase.app.reluvia-metabase",
  },
  {
    what: "the pipeline app is deleted, with its database",
    breakIt: () => desk.byHand("DELETE", "/world/apps/reluvia-dwh"),
    id: "pipeline.app.reluvia-dwh",
  },
];

describe("verify names what is broken, with a command, and --fix mends it, when", () => {
  for (const { what, breakIt, id, status = "fail", mend } of breakages)
    it(what, async () => {
      await breakIt();
      const broken = await verify();
      expect(named(broken.document, id)).toMatchObject({ status, remedy: { commands: expect.anything() } });
      expect(broken.document.status).toBe(status === "warn" ? "healthy" : "unhealthy");
      expect(broken).toMatchObject({ code: status === "warn" ? 0 : 1, writes: [] });
      await mend?.();
      const mended = await verify(["--fix", "--yes"]);
      expect(notOk(mended.document)).toEqual([]);
      expect(named(mended.document, id)?.status).not.toBe(status);
      expect(mended.code).toBe(0);
      expect(mended.document.status).toBe("healthy");
    });
});

describe("--fix", () => {
  it("writes nothing where nobody can be asked and nobody has said --yes", async () => {
    await setConfig("reluvia-metabase", { MB_DB_TYPE: "h2" });
    const ran = await desk.run("verify", ["--fix"]);
    expect(ran).toMatchObject({ code: 64, writes: [] });
    expect(flat(ran.stderr)).toContain("h2 → postgres");
    expect(ran.stderr).toContain("--yes");
  });

  it("shows the plan, does it, and ends with the checks", async () => {
    const ran = await desk.run("verify", ["--fix", "--yes"]);
    expect(ran).toMatchObject({ code: 0, writes: ["PATCH /apps/reluvia-metabase/config-vars"] });
    expect(flat(ran.stderr)).toContain("h2 → postgres");
    expect(ran.stdout).toMatch(/^Healthy: /m);
  });
});

describe("what cannot be checked", () => {
  afterEach(() => desk.sandbox.faults.clear());

  it("exits 3 with a wrong token, and 64 without one", async () => {
    const wrong = await verify([], { env: { HEROKU_API_KEY: "HRKU-00000000-0000-4000-8000-000000000000" } });
    expect(wrong.code).toBe(3);
    expect(wrong.document).toMatchObject({ status: "unknown", error: { id: "unauthorized" } });
    const none = await verify([], { env: { HEROKU_API_KEY: undefined } });
    expect(none).toMatchObject({ code: 64, calls: [] });
    expect(none.document.error?.commands.join(" ")).toContain("HEROKU_API_KEY");
  });

  it("is a warning where an undocumented API is silent, with the line to compare, and exit 0", async () => {
    await desk.byHand("PATCH", "/settings", { silent: ["scheduler", "papertrail", "data"] });
    const { code, document } = await verify();
    await desk.byHand("PATCH", "/settings", { silent: [] });
    expect({ code, status: document.status }).toEqual({ code: 0, status: "healthy" });
    expect(named(document, "pipeline.job.nightly")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("node dist/scripts/pipeline.js"),
    });
    for (const id of ["pipeline.backup.daily", "pipeline.search.ERROR"]) {
      expect(named(document, id)).toMatchObject({ status: "warn" });
    }
  });

  it("is a source that does not answer: unknown, and no fault of the stack", async () => {
    desk.sandbox.faults.add({ service: "stripe", times: 100, effect: { status: 500 } });
    const { code, document } = await verify();
    expect(named(document, "sources.stripe")).toMatchObject({ status: "unknown" });
    expect({ code, status: document.status }).toEqual({ code: 0, status: "healthy" });
  });
});
