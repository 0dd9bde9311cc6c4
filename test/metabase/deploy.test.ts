// Tests of the files that tell Heroku how to build and run the Metabase app: by container, or by buildpacks.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { METABASE_FOLDER } from "./fake-java.js";

const read = (name: string): string => readFileSync(join(METABASE_FOLDER, name), "utf8");

/** The instructions of the Dockerfile, one a line, comments left out. */
const instructions = read("Dockerfile")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** The file of this folder that a command of /app runs. */
const fileOf = (command: string): string => command.replace(/^(\/app|\.)\//, "");

/** The mode of a file as git archives it: 100755 is executable. */
const modeInGit = (name: string): string =>
  execFileSync("git", ["ls-files", "--stage", "--", name], { cwd: METABASE_FOLDER, encoding: "utf8" }).split(" ")[0] ??
  "";

const manifest: unknown = parse(read("heroku.yml"));

describe("the container variant", () => {
  it("has a heroku.yml that builds and runs web, and nothing else", () => {
    expect(manifest).toEqual({ build: { docker: { web: "Dockerfile" } }, run: { web: "/app/start" } });
    expect(existsSync(join(METABASE_FOLDER, "Dockerfile"))).toBe(true);
  });

  it("is built from one exact open-source release, not older than the last critical fix of its line", () => {
    const from = instructions.filter((line) => line.startsWith("FROM "));
    expect(from).toHaveLength(1);
    const version = /^FROM metabase\/metabase:v0\.(\d+)\.(\d+)(\.\d+)?$/.exec(from[0] ?? "");
    expect(version).not.toBeNull();
    const [, line, patch] = (version ?? []).map(Number);
    expect(line).toBeGreaterThanOrEqual(58);
    if (line === 58) expect(patch).toBeGreaterThanOrEqual(28);
  });

  it("runs the wrapper in place of the image's entrypoint, which needs root", () => {
    expect(instructions).toContain("COPY start /app/start");
    expect(instructions).toContain("ENTRYPOINT []");
    expect(instructions).toContain('CMD ["/app/start"]');
    expect(instructions.indexOf("ENTRYPOINT []")).toBeLessThan(instructions.indexOf('CMD ["/app/start"]'));
  });
});

describe("the buildpack variant", () => {
  it("declares one process type, web, that runs the same wrapper", () => {
    expect(read("Procfile")).toBe("web: ./start\n");
  });

  it("asks for the Java that Metabase 0.45 was made for", () => {
    expect(read("system.properties")).toMatch(/^java\.runtime\.version=11$/m);
  });
});

describe("both variants", () => {
  it.each(["/app/start", "./start"])("run a file that git archives as executable: %s", (command) => {
    expect(modeInGit(fileOf(command))).toBe("100755");
  });

  it("run a POSIX shell script with Unix line ends, since the image has no other shell for certain", () => {
    expect(read("start")).toMatch(/^#!\/bin\/sh\n/);
    expect(read("start")).not.toContain("\r");
  });
});
