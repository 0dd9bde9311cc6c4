// A git tree as an archive: what is in it, what stays behind, and what its checksum says.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { list, type ReadEntry } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packTree } from "../../scripts/deploy/archive.js";
import { gitIn, readCheckout } from "../../scripts/deploy/checkout.js";
import { rejection } from "../heroku/platform.js";
import { commit, git } from "../support/stack.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "archive-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function repository(at: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const home = join(folder, at);
  const files = { "package.json": "{}", "metabase/heroku.yml": "build: {}", "metabase/Dockerfile": "FROM x", ...more };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(home, name, ".."), { recursive: true });
    await writeFile(join(home, name), text);
  }
  await git(folder, "init", "-q");
  await commit(folder, "First version");
  return home;
}

/** Names and texts of the files in an archive. */
async function filesIn(bytes: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const reading: Promise<void>[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    if (entry.type !== "File") return;
    reading.push(
      entry.concat().then((text) => {
        files[entry.path] = text.toString();
      }),
    );
  };
  await new Promise<void>((resolve, reject) => {
    Readable.from([bytes]).pipe(list({ onReadEntry })).on("end", resolve).on("error", reject);
  });
  await Promise.all(reading);
  return files;
}

async function archives(home: string) {
  const { pipeline, metabase } = await readCheckout(gitIn(home), "metabase");
  if (!pipeline.known || !metabase.known) throw new Error("unknown source");
  return { pipeline: await packTree(gitIn(home), pipeline.tree), metabase: await packTree(gitIn(home), metabase.tree) };
}

describe("an archive", () => {
  it.each([".", "data/our stack"])("has an app's folder as its root, in a repository at %s", async (at) => {
    const { pipeline, metabase } = await archives(await repository(at));
    expect(Object.keys(await filesIn(pipeline.bytes)).sort()).toEqual([
      "metabase/Dockerfile",
      "metabase/heroku.yml",
      "package.json",
    ]);
    expect(await filesIn(metabase.bytes)).toEqual({ Dockerfile: "FROM x", "heroku.yml": "build: {}" });
  });

  it.each([".", "sub"])("leaves behind what is ignored for export, in a repository at %s", async (at) => {
    const home = await repository(at, {
      ".gitattributes": "/test export-ignore\n/docs/** export-ignore\n",
      "test/a.test.ts": "",
      "docs/deep/page.md": "",
      "scripts/test/kept.ts": "kept",
    });
    const { pipeline } = await archives(home);
    expect(Object.keys(await filesIn(pipeline.bytes)).sort()).toEqual([
      ".gitattributes",
      "metabase/Dockerfile",
      "metabase/heroku.yml",
      "package.json",
      "scripts/test/kept.ts",
    ]);
  });

  it("holds the last commit, not what has been changed since", async () => {
    const home = await repository(".");
    await writeFile(join(home, "package.json"), "changed");
    await writeFile(join(home, ".env"), "SECRET=1");
    const files = await filesIn((await archives(home)).pipeline.bytes);
    expect(files["package.json"]).toBe("{}");
    expect(files[".env"]).toBeUndefined();
  });

  it("has the checksum of its bytes, as the Builds API takes it", async () => {
    const { pipeline } = await archives(await repository("."));
    expect(pipeline.bytes.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(pipeline.checksum).toBe(`SHA256:${createHash("sha256").update(pipeline.bytes).digest("hex")}`);
  });

  it("of a tree that is not there is an error with a command", async () => {
    const home = await repository(".");
    expect(await rejection(packTree(gitIn(home), "0123456789abcdef0123456789abcdef01234567"))).toMatchObject({
      kind: "failed",
      message: "git could not pack the tree 012345678.",
      commands: ["git fsck"],
    });
  });
});
