// Meltano and dbt by hand: what is missing is said before anything is started.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { built, root } from "../support/built.js";

beforeAll(built);

const run = (script: string, env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [join(root, "dist/scripts", script), "--version"], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
    timeout: 20_000,
  });

describe("a tool by hand", () => {
  it.each(["meltano", "dbt"])("%s says that there is no database to start it with", (name) => {
    const { status, stderr, stdout } = run(`${name}.js`, {});
    expect([status, stdout, stderr]).toEqual([64, "", `DATABASE_URL is not set, which ${name} is started with.\n`]);
  });

  it("never repeats a connection string that cannot be used", () => {
    const { status, stderr } = run("dbt.js", { DATABASE_URL: "mysql://u:verysecret@h/d" });
    expect(status).toBe(64);
    expect(stderr).toContain("postgres://");
    expect(stderr).not.toContain("verysecret");
  });
});

it("every process of the Procfile is node on a file of ours", () => {
  const lines = readFileSync(join(root, "Procfile"), "utf8").trim().split("\n");
  expect(lines).toEqual(
    ["pipeline", "meltano", "funnelfox", "dbt"].map((name) => `${name}: node dist/scripts/${name}.js`),
  );
});
