// The official CLI against the sandbox: runs when HEROKU_CLI names its program (npm `heroku` 11), in a home folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, deploy, open } from "./client.js";

const cli = process.env.HEROKU_CLI;
const why = cli === undefined ? " (skipped: HEROKU_CLI names no program)" : "";

describe.skipIf(cli === undefined)(`the official CLI${why}`, () => {
  let client: Client;
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "heroku-cli-"));
    client = await open();
  });
  afterAll(async () => {
    await client.sandbox.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function heroku(...args: string[]): Promise<string> {
    const env = {
      ...client.sandbox.env,
      PATH: process.env.PATH,
      HOME: home,
      XDG_CACHE_HOME: home,
      XDG_DATA_HOME: home,
      XDG_CONFIG_HOME: home,
      HEROKU_SKIP_NEW_VERSION_CHECK: "1",
      DISABLE_TELEMETRY: "true",
      NO_COLOR: "1",
    };
    const ran = await execa(cli ?? "", args, { env, extendEnv: false, reject: false, timeout: 60_000, all: true });
    expect(`${args.join(" ")}: ${ran.exitCode} ${ran.exitCode === 0 ? "" : ran.all}`).toBe(`${args.join(" ")}: 0 `);
    return ran.all.replace(/\s+/g, " ");
  }

  test(`creates and lists apps${why}`, async () => {
    expect(await heroku("apps:create", "my-app", "--region", "eu", "--stack", "heroku-26")).toContain("region is eu");
    await heroku("apps:create", "my-mb", "--stack", "container");
    expect(await heroku("apps")).toContain("my-app (eu)");
    expect(await heroku("apps:info", "-a", "my-app")).toContain("Stack: heroku-26");
  }, 120_000);

  test(`creates, waits for, lists and attaches add-ons${why}`, async () => {
    await heroku("addons:create", "heroku-postgresql:essential-0", "--name", "my-pg", "--wait", "-a", "my-app");
    await heroku("addons:attach", "my-pg", "--as", "DWH", "-a", "my-mb");
    expect(await heroku("addons", "-a", "my-app")).toMatch(/heroku-postgresql \(my-pg\) essential-0 .* created/);
    expect(await heroku("addons:info", "my-pg")).toContain("my-mb::DWH");
    await heroku("addons:detach", "DWH", "-a", "my-mb");
  }, 180_000);

  test(`sets, shows and unsets config vars${why}`, async () => {
    expect(await heroku("config:set", "A=1", "B=2", "-a", "my-app")).toContain("A: 1");
    expect(await heroku("config", "-a", "my-app")).toMatch(/A: 1 B: 2 DATABASE_URL: postgres/);
    await heroku("config:unset", "A", "-a", "my-app");
    expect(client.sandbox.world.apps[0]?.config).toEqual({ B: "2" });
  }, 120_000);

  test(`shows buildpacks, releases, dynos and logs, and scales${why}`, async () => {
    await client.send("PUT", "/apps/my-app/buildpack-installations", { updates: [{ buildpack: "heroku/nodejs" }] });
    await deploy(client, "my-app", { "package.json": "{}", Procfile: "web: node a.js\n" });
    expect(await heroku("buildpacks", "-a", "my-app")).toContain("heroku/nodejs");
    expect(await heroku("releases", "-a", "my-app")).toContain("Deploy 01234567");
    expect(await heroku("ps", "-a", "my-app")).toContain("web (Basic): node a.js (1)");
    expect(await heroku("ps:scale", "web=0:Eco", "-a", "my-app")).toContain("web at 0:Eco");
    expect(await heroku("ps:scale", "web+1", "-a", "my-app")).toContain("web at 1:Eco");
    expect(await heroku("ps:type", "basic", "-a", "my-app")).toContain("web Basic 1");
    expect(await heroku("logs", "-n", "5", "-a", "my-app")).toContain("heroku[web.1]");
  }, 180_000);

  test(`schedules backups, and destroys apps${why}`, async () => {
    await heroku("pg:backups:schedule", "DATABASE_URL", "--at", "04:00 UTC", "-a", "my-app");
    expect(await heroku("pg:backups:schedules", "-a", "my-app")).toContain("DATABASE_URL: daily at 4:00 UTC");
    await heroku("apps:destroy", "-a", "my-app", "--confirm", "my-app");
    expect(client.sandbox.world.addons).toEqual([]);
  }, 120_000);
});
