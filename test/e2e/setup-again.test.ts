// `npm run setup` on a stack that is there: what each change of mind leads to, and what Heroku cannot change in place.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, withoutKeys } from "../support/commands.js";
import { setupSchema } from "../support/documents.js";
import { commit, git } from "../support/stack.js";

describe("a stack that is there", () => {
  let desk: Desk;
  let bringBack: () => Promise<void>;
  beforeAll(async () => {
    desk = await openDesk();
    expect((await desk.run("setup", ["--yes"])).code).toBe(0);
    bringBack = await desk.remember();
  });
  afterEach(() => bringBack());
  afterAll(() => desk.close());

  it("gets exactly one PATCH for a changed key", async () => {
    const key = desk.sandbox.world.keys.stripe.replace("live", "test");
    const changed = await desk.run("setup", ["--yes"], { env: { TAP_STRIPE_API_KEY: key } });
    expect(changed).toMatchObject({ code: 0, writes: ["PATCH /apps/reluvia-dwh/config-vars"] });
    expect(changed.calls.find(({ method }) => method === "PATCH")?.requestBody).toEqual({ TAP_STRIPE_API_KEY: key });
    expect(changed.stdout).toContain("Done: 1 changed.");
    expect(changed.stderr).toContain("⚠ This is a test key");
  });

  it("gets a bigger dyno with nothing but the formation, its memory for Java, and the note of the size", async () => {
    const basic = await desk.run("setup", ["--yes", "--metabase-dyno", "basic", "--pipeline-dyno", "basic"]);
    expect(basic.code).toBe(0);
    const patched = (ran: typeof basic) =>
      ran.calls
        .filter(({ method, path }) => method === "PATCH" && path.endsWith("/reluvia-metabase/config-vars"))
        .map(({ requestBody }) => requestBody);
    expect(patched(basic)).toEqual([{ METABASE_DYNO: "basic" }]);
    const dynoWrites = ["PATCH /apps/reluvia-metabase/config-vars", "PATCH /apps/reluvia-metabase/formation"];
    expect(basic.writes.filter((write) => write.includes("reluvia-metabase")).sort()).toEqual(dynoWrites);
    const large = await desk.run("setup", ["--yes", "--metabase-dyno", "standard-2x"]);
    expect(large.code).toBe(0);
    expect(patched(large)).toEqual([{ JAVA_OPTS: "-Xmx700m", METABASE_DYNO: "standard-2x" }]);
    expect([...large.writes].sort()).toEqual(dynoWrites);
    expect(large.stderr).toContain("$50.00");
  });

  it("is built again only where the source has changed", async () => {
    const builds = (ran: Awaited<ReturnType<Desk["run"]>>) => ran.writes.filter((write) => write.endsWith("/builds"));
    await writeFile(join(desk.folder, "README.md"), "Changed.\n");
    await commit(desk.folder, "Only what the pipeline app gets");
    const pipeline = await desk.run("setup", ["--yes"]);
    expect(pipeline.code).toBe(0);
    expect(builds(pipeline)).toEqual(["POST /apps/reluvia-dwh/builds"]);
    expect((await desk.run("setup", ["--yes"])).writes).toEqual([]);
    await writeFile(join(desk.folder, "metabase/Dockerfile"), "FROM metabase/metabase:v0.99.0\n");
    await commit(desk.folder, "Another Metabase");
    const both = await desk.run("setup", ["--yes"]);
    expect(both.code).toBe(0);
    expect(builds(both).sort()).toEqual(["POST /apps/reluvia-dwh/builds", "POST /apps/reluvia-metabase/builds"]);
  });

  it("is not deployed from a checkout with uncommitted changes, unless --deploy-head says so", async () => {
    await writeFile(join(desk.folder, "README.md"), "Not committed.\n");
    const same = await desk.run("setup", ["--yes"]);
    expect(same, "nothing is due, so nothing is refused").toMatchObject({ code: 0, writes: [] });
    await git(desk.folder, "commit", "-q", "--allow-empty", "-m", "Same tree");
    await writeFile(join(desk.folder, "requirements.txt"), "# changed\n");
    await git(desk.folder, "commit", "-q", "-m", "Another tree", "requirements.txt");
    const refused = await desk.run("setup", ["--yes"]);
    expect(refused).toMatchObject({ code: 1, writes: [], stdout: "" });
    expect(refused.stderr).toContain("not committed");
    expect(refused.stderr).toContain("--deploy-head");
    const head = await desk.run("setup", ["--yes", "--deploy-head"]);
    expect(head.code).toBe(0);
    expect(head.writes).toContain("POST /apps/reluvia-dwh/builds");
  });

  it("is recognised under another app name instead of being paid for twice", async () => {
    const renamed = await desk.run("setup", ["--yes", "--pipeline-app", "other-dwh"]);
    expect(renamed).toMatchObject({ code: 1, writes: [], stdout: "" });
    expect(renamed.stderr).toContain("You already have reluvia-dwh");
    expect(renamed.stderr).toContain("--second-stack");
    expect(renamed.stderr).toContain("$5.00");
  });

  it("cannot change its Postgres tier in place, and is told what to do instead", async () => {
    const refused = await desk.run("setup", ["--yes", "--postgres-plan", "standard-0"]);
    expect(refused).toMatchObject({ code: 1, writes: [] });
    expect(refused.stderr).toContain("another tier");
    expect(refused.stderr).toContain("heroku pg:copy");
  });

  it("changes its Postgres plan within the tier, for its price", async () => {
    const changed = await desk.run("setup", ["--yes", "--postgres-plan", "essential-1"]);
    expect(changed).toMatchObject({ code: 0, writes: ["PATCH /apps/reluvia-dwh/addons/reluvia-dwh-postgresql"] });
    expect(flat(changed.stderr)).toContain("heroku-postgresql:essential-0 → heroku-postgresql:essential-1");
    expect((await desk.run("setup", ["--yes"], { env: withoutKeys })).writes).toEqual([]);
  });

  it("cannot move to another region, and is told what to do instead", async () => {
    const refused = await desk.run("setup", ["--yes", "--region", "us", "--json"]);
    expect(refused).toMatchObject({ code: 1, writes: [] });
    const { status, error } = setupSchema.parse(refused.json());
    expect(status).toBe("refused");
    expect(error?.message).toContain("Heroku cannot move an app");
    expect(error?.commands[0]).toBe("npm run setup -- --region eu");
  });
});
