// What a checkout would deploy, read from real git repositories: trees, changes, and a reason wherever there is none.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CheckoutSource, gitIn, readCheckout } from "../../scripts/deploy/checkout.js";
import { commit, git } from "../support/stack.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "checkout-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A repository with the pipeline's files and Metabase's folder, in `at` below its root. */
async function repository(at = "."): Promise<string> {
  const home = join(folder, at);
  await git(folder, "init", "-q");
  await mkdir(join(home, "metabase"), { recursive: true });
  await writeFile(join(home, "package.json"), "{}");
  await writeFile(join(home, "metabase", "heroku.yml"), "build: {}");
  await commit(folder, "First version");
  return home;
}

const read = (home: string) => readCheckout(gitIn(home), "metabase");

async function known(home: string): Promise<{ pipeline: Known; metabase: Known }> {
  const { pipeline, metabase } = await read(home);
  if (!pipeline.known || !metabase.known) throw new Error(`unknown: ${JSON.stringify([pipeline, metabase])}`);
  return { pipeline, metabase };
}
type Known = CheckoutSource & { readonly known: true };

describe("a clean checkout", () => {
  it("has a tree for each app: the whole, and Metabase's folder", async () => {
    const home = await repository();
    const { pipeline, metabase } = await known(home);
    expect(pipeline).toEqual({
      known: true,
      tree: await git(folder, "rev-parse", "HEAD^{tree}"),
      dirty: false,
      changed: [],
    });
    expect(metabase.tree).toBe(await git(folder, "rev-parse", "HEAD:metabase"));
    expect(metabase.tree).not.toBe(pipeline.tree);
  });

  it("keeps Metabase's tree while only the pipeline changes, and the other way round never", async () => {
    const home = await repository();
    const first = await known(home);
    await writeFile(join(home, "package.json"), '{"a":1}');
    await commit(folder, "Change the pipeline");
    const second = await known(home);
    expect(second.metabase.tree).toBe(first.metabase.tree);
    expect(second.pipeline.tree).not.toBe(first.pipeline.tree);
    await writeFile(join(home, "metabase", "heroku.yml"), "build: { docker: {} }");
    await commit(folder, "Change Metabase");
    const third = await known(home);
    expect(third.metabase.tree).not.toBe(second.metabase.tree);
  });

  it("keeps its trees over a commit that changes no file", async () => {
    const home = await repository();
    const first = await known(home);
    await git(folder, "commit", "-q", "--allow-empty", "-m", "Say something");
    expect(await known(home)).toEqual(first);
  });

  it("may be a subfolder of a bigger repository", async () => {
    const home = await repository("data/stack");
    await writeFile(join(folder, "elsewhere.txt"), "changed, but not ours");
    const { pipeline, metabase } = await known(home);
    expect(pipeline.tree).toBe(await git(folder, "rev-parse", "HEAD:data/stack"));
    expect(metabase.tree).toBe(await git(folder, "rev-parse", "HEAD:data/stack/metabase"));
    expect(pipeline.dirty).toBe(false);
  });

  it("may be on no branch, or a second worktree", async () => {
    const home = await repository();
    const { pipeline } = await known(home);
    await git(folder, "worktree", "add", "-q", "--detach", join(folder, "second"));
    expect((await known(join(folder, "second"))).pipeline.tree).toBe(pipeline.tree);
  });
});

describe("a checkout with changes", () => {
  it.each<[string, (home: string) => Promise<unknown>, string]>([
    ["a changed file", (home) => writeFile(join(home, "package.json"), "[]"), "package.json"],
    ["a new file", (home) => writeFile(join(home, "new file.txt"), ""), "new file.txt"],
    ["a deleted file", (home) => rm(join(home, "package.json")), "package.json"],
    ["a changed file of Metabase's", (home) => writeFile(join(home, "metabase/heroku.yml"), ""), "metabase/heroku.yml"],
    [
      "a staged file",
      async (home) => {
        await writeFile(join(home, "staged.txt"), "");
        await git(folder, "add", "-A");
      },
      "staged.txt",
    ],
  ])("names it, and would still deploy the last commit: %s", async (_, change, file) => {
    const home = await repository();
    const { pipeline: clean } = await known(home);
    await change(home);
    const { pipeline, metabase } = await known(home);
    expect(pipeline).toEqual({ known: true, tree: clean.tree, dirty: true, changed: [expect.stringContaining(file)] });
    expect(metabase.dirty).toBe(true);
  });

  it("names each of several", async () => {
    const home = await repository();
    await writeFile(join(home, "package.json"), "[]");
    await writeFile(join(home, "b.txt"), "");
    await writeFile(join(home, "c.txt"), "");
    expect((await known(home)).pipeline.changed).toEqual(["package.json", "b.txt", "c.txt"]);
  });

  it("is clean as far as ignored files go", async () => {
    const home = await repository();
    await writeFile(join(home, ".gitignore"), ".env\n");
    await commit(folder, "Ignore");
    await writeFile(join(home, ".env"), "KEY=1");
    expect((await known(home)).pipeline).toMatchObject({ dirty: false, changed: [] });
  });
});

describe("a folder with nothing to deploy says why", () => {
  const whyOf = async (home: string): Promise<string[]> => {
    const { pipeline, metabase } = await read(home);
    return [pipeline, metabase].map((source) => (source.known ? "known" : source.why));
  };

  it("when it is no git checkout", async () => {
    expect(await whyOf(folder)).toEqual(Array(2).fill("this folder is not a git checkout"));
  });

  it("when there is no commit yet", async () => {
    await git(folder, "init", "-q");
    await writeFile(join(folder, "package.json"), "{}");
    expect(await whyOf(folder)).toEqual(Array(2).fill("this git repository has no commit yet"));
  });

  it("when the last commit has no folder for Metabase", async () => {
    await git(folder, "init", "-q");
    await commit(folder, "Empty");
    expect(await whyOf(folder)).toEqual(Array(2).fill("the last commit has no folder metabase/"));
  });

  it("when it lies in somebody else's repository without being part of it", async () => {
    await repository();
    await mkdir(join(folder, "unpacked", "metabase"), { recursive: true });
    expect(await whyOf(join(folder, "unpacked"))).toEqual(
      Array(2).fill("this folder is not in the last commit of its git repository"),
    );
  });

  it("when it is a repository without files", async () => {
    await git(folder, "init", "-q", "--bare");
    expect(await whyOf(folder)).toEqual(Array(2).fill("this folder is inside a git repository, but no checkout"));
  });

  it("when git is not installed, or does not trust the folder", async () => {
    const failing = (error: object) => readCheckout(() => Promise.reject(Object.assign(new Error("x"), error)), "m");
    expect((await failing({ code: "ENOENT" })).pipeline).toEqual({ known: false, why: "git is not installed" });
    const stderr = Buffer.from("fatal: detected dubious ownership in repository at '/x'");
    expect((await failing({ code: 128, stderr })).metabase).toMatchObject({
      why: expect.stringContaining("belongs to another user"),
    });
  });
});
