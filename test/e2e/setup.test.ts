// `npm run setup` as a child process: a first stack, the second run, its flags, and what does or does not stop it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, sourceKeys, withoutKeys } from "../support/commands.js";
import { type SetupDocument, setupSchema } from "../support/documents.js";
import { commit, git } from "../support/stack.js";

const changesOf = (document: SetupDocument) =>
  (document.plan?.changes ?? []).map(({ action, app, resource, name }) => `${action} ${resource} ${name} of ${app}`);

describe("a first setup with --yes", () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  it("shows the plan of a dry run with its price, exits 0, and only reads", async () => {
    const plain = await desk.run("setup", ["--dry-run"]);
    expect(plain).toMatchObject({ code: 0, writes: [] });
    expect(plain.stdout).toContain("Whole stack: $10.00 a month");
    expect(plain.stdout).toContain("heroku-postgresql:essential-0");
    expect(plain.stdout).toContain("This was a dry run: nothing was changed.");
  });

  it("exits 2 with --detailed-exitcode where changes are due", async () => {
    const detailed = await desk.run("setup", ["--dry-run", "--detailed-exitcode", "--json"]);
    expect(detailed).toMatchObject({ code: 2, writes: [] });
    const document = setupSchema.parse(detailed.json());
    expect(document.status).toBe("planned");
    expect(document.plan?.monthlyCents).toBe(1000);
    expect(changesOf(document)).toContain("create add-on reluvia-dwh-postgresql of reluvia-dwh");
    expect(document.next).toHaveLength(1);
  });

  it("writes nothing where nobody can be asked and nobody has said --yes", async () => {
    const asked = await desk.run("setup");
    expect(asked).toMatchObject({ code: 64, writes: [], stdout: "" });
    expect(asked.stderr).toContain("--yes");
    const document = await desk.run("setup", ["--json"]);
    expect(document).toMatchObject({ code: 64, writes: [] });
    expect(setupSchema.parse(document.json())).toMatchObject({
      status: "action_required",
      next: [{ command: "npm run setup -- --yes" }],
    });
  });

  it("is refused by --max-monthly below its price, before anything is written", async () => {
    const refused = await desk.run("setup", ["--yes", "--max-monthly", "9"]);
    expect(refused).toMatchObject({ code: 1, writes: [], stdout: "" });
    expect(refused.stderr).toContain("costs $10.00 a month, which is more than the $9.00 that --max-monthly allows");
  });

  it("makes the stack, with the summary on stdout and all the talk on stderr", async () => {
    const done = await desk.run("setup", ["--yes", "--max-monthly", "10"]);
    expect(done.stderr).not.toMatch(/✖|bug/);
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^✔ Done: \d+ created\.\n/);
    for (const part of ["Links", "Left for you", "Next", "What stops all charges"]) expect(done.stdout).toContain(part);
    expect(done.stdout).toContain("npm run verify");
    expect(done.stdout).toContain("heroku apps:destroy reluvia-dwh");
    expect(done.stdout).toContain("/apps/reluvia-dwh/scheduler");
    expect(done.stderr).toMatch(/^This speaks to the sandbox at http:\/\/127\.0\.0\.1:\d+, not to Heroku\.\n/);
    expect(done.stderr).toContain("Build and release … done");
    expect(desk.sandbox.world.apps.map(({ name }) => name).sort()).toEqual(["reluvia-dwh", "reluvia-metabase"]);
    expect(desk.sandbox.world.jobs).toMatchObject([{ command: "node dist/scripts/pipeline.js", every: 1440, at: 120 }]);
  });

  it("has nothing to do the second time, and writes nothing", async () => {
    const again = await desk.run("setup", ["--yes"]);
    expect(again).toMatchObject({ code: 0, writes: [] });
    expect(again.stdout).toContain("No changes.");
    const document = await desk.run("setup", ["--yes", "--json"]);
    expect(document).toMatchObject({ code: 0, writes: [] });
    expect(setupSchema.parse(document.json())).toMatchObject({ status: "no_changes", plan: { changes: [] } });
    const detailed = await desk.run("setup", ["--dry-run", "--detailed-exitcode"]);
    expect(detailed).toMatchObject({ code: 0, writes: [] });
  });

  it("changes nothing from another laptop, which has a token and no key", async () => {
    const other = await desk.run("setup", ["--yes"], { env: withoutKeys });
    expect(other).toMatchObject({ code: 0, writes: [] });
    expect(other.stdout).toContain("No changes.");
  });
});

describe("a setup with --json", () => {
  it("prints one document and nothing else on stdout, and the run's lines on stderr", async () => {
    const desk = await openDesk();
    try {
      const done = await desk.run("setup", ["--yes", "--json"]);
      expect(done.code).toBe(0);
      const document = setupSchema.parse(done.json());
      expect(document).toMatchObject({ status: "done", missing: [] });
      expect(changesOf(document)).toContain("create build source of reluvia-metabase");
      expect(document.plan?.changes.find(({ name }) => name === "reluvia-dwh-postgresql")?.monthlyCents).toBe(500);
      expect(document.next.map(({ command }) => command)).toContain("npm run verify");
      expect(done.stderr).toContain("Create the app reluvia-dwh … done");
    } finally {
      await desk.close();
    }
  });
});

describe("a command line", () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  it("without any key names all missing answers at once, with their variables", async () => {
    const names = ["HEROKU_API_KEY", ...sourceKeys];
    const env = Object.fromEntries(names.map((name) => [name, undefined]));
    const text = await desk.run("setup", ["--yes"], { env });
    expect(text).toMatchObject({ code: 64, calls: [], stdout: "" });
    expect(text.stderr).toContain("5 answers are missing");
    for (const name of names) expect(text.stderr).toContain(name);
    const document = await desk.run("setup", ["--no-input", "--json"], { env });
    expect(document).toMatchObject({ code: 64, calls: [] });
    const { status, missing } = setupSchema.parse(document.json());
    expect(status).toBe("action_required");
    expect(missing.map(({ variable }) => variable)).toEqual(names);
  });

  it("with a token alone names the missing keys", async () => {
    const document = await desk.run("setup", ["--yes", "--json"], { env: withoutKeys });
    expect(document).toMatchObject({ code: 64, writes: [] });
    expect(setupSchema.parse(document.json()).missing.map(({ variable }) => variable)).toEqual(sourceKeys);
  });

  it("with an unknown flag is refused with the nearest one", async () => {
    for (const command of ["setup", "verify"] as const) {
      const run = await desk.run(command, ["--regoin", "eu"]);
      expect(run).toMatchObject({ code: 64, calls: [], stdout: "" });
      expect(run.stderr).toContain("Unknown flag --regoin. Did you mean --region?");
      const json = await desk.run(command, ["--jsno", "--json"]);
      expect(json).toMatchObject({ code: 64, calls: [] });
      expect(json.json()).toMatchObject({ command, error: { message: expect.stringContaining("--json") } });
    }
  });

  it("with --help or --version prints that on stdout, and asks nobody", async () => {
    for (const command of ["setup", "verify"] as const) {
      const help = await desk.run(command, ["--help", "--yes"]);
      expect(help).toMatchObject({ code: 0, calls: [], stderr: "" });
      expect(help.stdout).toContain(`Usage: npm run ${command}`);
      for (const flag of ["--env-file", "--sandbox", "--max-monthly", "--pipeline-app", "HEROKU_API_KEY"]) {
        expect(help.stdout).toContain(flag);
      }
      const version = await desk.run(command, ["--version"]);
      expect(version).toMatchObject({ code: 0, calls: [], stderr: "" });
      expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
  });

  it("uses colour only where it is wanted", async () => {
    const colours = "\u001b[";
    const plain = await desk.run("setup", ["--dry-run"]);
    expect(plain.stdout + plain.stderr).not.toContain(colours);
    const asked = await desk.run("setup", ["--dry-run"], { env: { FORCE_COLOR: "1" } });
    expect(asked.stdout).toContain(colours);
    const document = await desk.run("setup", ["--dry-run", "--json"], { env: { FORCE_COLOR: "1" } });
    expect(document.stdout).not.toContain(colours);
    expect(setupSchema.parse(document.json()).status).toBe("planned");
  });
});

describe("what does not fail a setup", () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.close());

  it("goes on without Papertrail where its plan is not sold, and says what is", async () => {
    await desk.byHand("PATCH", "/settings", { plansNotSold: ["papertrail:choklad"] });
    const done = await desk.run("setup", ["--yes"]);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain("Heroku does not sell papertrail:choklad today");
    expect(done.stdout).toMatch(/Sold are \w+/);
    expect(desk.sandbox.world.addons.map(({ name }) => name)).not.toContain("reluvia-dwh-papertrail");
    expect(await desk.run("setup", ["--yes"])).toMatchObject({ code: 0, writes: [] });
  });

  it("gives the lines to paste where the undocumented APIs are silent", async () => {
    await desk.byHand("PATCH", "/settings", { silent: ["scheduler", "papertrail", "data"] });
    const done = await desk.run("setup", ["--yes"]);
    expect(done.code).toBe(0);
    const text = flat(done.stdout);
    expect(text).toContain("https://dashboard.heroku.com/apps/reluvia-dwh/scheduler");
    expect(text).toContain('command "node dist/scripts/pipeline.js", dyno size Eco, every day at 02:00 UTC');
    expect(text).toContain("heroku pg:backups:schedule DATABASE_URL --at '04:00 UTC' -a reluvia-dwh");
    expect(text).toContain('"PIPELINE_FAILED" as "Pipeline failed"');
    expect(desk.sandbox.world.jobs).toEqual([]);
  });

  it("reads what happened after an answer got lost, and ends in one of each", async () => {
    desk.sandbox.faults.add({ method: "POST", path: "/apps", nth: 1, effect: { reset: "after" } });
    desk.sandbox.faults.add({ method: "POST", path: /\/addons$/, nth: 1, effect: { status: 503 } });
    const done = await desk.run("setup", ["--yes"]);
    expect(done.code).toBe(0);
    expect(desk.sandbox.world.apps).toHaveLength(2);
    expect(desk.sandbox.world.addons).toHaveLength(3);
    expect(await desk.run("setup", ["--yes"])).toMatchObject({ code: 0, writes: [] });
  });

  it("ends in the same stack when two run at once", async () => {
    const both = await Promise.all([desk.run("setup", ["--yes"]), desk.run("setup", ["--yes"])]);
    const ends = both.map(({ code }) => code);
    if (ends.some((code) => code !== 0)) expect((await desk.run("setup", ["--yes"])).code).toBe(0);
    expect(desk.sandbox.world.apps).toHaveLength(2);
    expect(desk.sandbox.world.addons).toHaveLength(3);
    expect(desk.sandbox.world.jobs).toHaveLength(1);
    expect(await desk.run("setup", ["--yes"])).toMatchObject({ code: 0, writes: [] });
  });
});

describe("a folder that cannot be deployed", () => {
  let desk: Desk;
  let folder: string;
  beforeEach(async () => {
    desk = await openDesk();
    folder = await mkdtemp(join(tmpdir(), "plain-"));
  });
  afterEach(async () => {
    await desk.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is no git checkout", async () => {
    const refused = await desk.run("setup", ["--yes"], { cwd: folder });
    expect(refused).toMatchObject({ code: 1, writes: [], stdout: "" });
    expect(flat(refused.stderr)).toContain("this folder is not a git checkout");
  });

  it("has no commit yet", async () => {
    await git(folder, "init", "-q");
    const refused = await desk.run("setup", ["--yes"], { cwd: folder });
    expect(refused).toMatchObject({ code: 1, writes: [], stdout: "" });
    expect(flat(refused.stderr)).toContain("no commit yet");
  });

  it("has nothing to build: the log's last lines and the next command are shown", async () => {
    await mkdir(join(folder, "metabase"));
    await writeFile(join(folder, "metabase/heroku.yml"), "build:\n  docker:\n    web: Missing\n");
    await git(folder, "init", "-q");
    await commit(folder, "No Procfile, no package.json");
    const failed = await desk.run("setup", ["--yes", "--json"], { cwd: folder });
    expect(failed.code).toBe(1);
    const { status, error, next } = setupSchema.parse(failed.json());
    expect(status).toBe("failed");
    expect(error?.message).toMatch(/could not build reluvia-(dwh|metabase)/);
    expect(next[0]?.command).toBe("npm run setup");
    expect(failed.stderr).toContain("heroku builds:output");
  });
});
