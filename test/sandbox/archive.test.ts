// A source archive as the sandbox's builds read it.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { create, Header } from "tar";
import { afterEach, describe, expect, it } from "vitest";
import { ArchiveError, readArchive } from "../../sandbox/archive/index.js";
import { readProcfile } from "../../sandbox/archive/procfile.js";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "archive-test-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function archive(files: Record<string, string>): Promise<Buffer> {
  const folder = await folderWith(files);
  return create({ gzip: true, cwd: folder, sync: true }, ["."]).read() as Buffer;
}

/** A tar with one empty file of any path, which tools would refuse to make. */
function tarOf(path: string): Buffer {
  const header = Buffer.alloc(512);
  new Header({ path, mode: 0o644, size: 0, type: "File", mtime: new Date(0) }).encode(header, 0);
  return gzipSync(Buffer.concat([header, Buffer.alloc(1024)]));
}

describe("an archive", () => {
  it("made by git archive gives its files, their text and its process types", async () => {
    const folder = await folderWith({ Procfile: "worker: node dist/worker.js\n", "config/a.json": '{"é":1}' });
    await symlink("config/a.json", join(folder, "link"));
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: folder });
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "x");
    const read = await readArchive(git("archive", "--format=tar.gz", "HEAD"));
    expect(read.files).toEqual(["Procfile", "config/a.json", "link"]);
    expect(read.text("config/a.json")).toBe('{"é":1}');
    expect(read.text("link")).toBeUndefined();
    expect(read.text("nowhere")).toBeUndefined();
    expect(read.procfile).toEqual({ worker: "node dist/worker.js" });
    expect(read.herokuYml).toBeUndefined();
  });

  it("made by tar with ./ before each path reads the same", async () => {
    const read = await readArchive(await archive({ Procfile: "web: a", "b/c": "d" }));
    expect(read.files).toEqual(["Procfile", "b/c"]);
    expect(read.text("./b/c")).toBe("d");
  });

  it("without a Procfile has no process types", async () => {
    expect((await readArchive(await archive({ a: "" }))).procfile).toBeUndefined();
  });

  it.each([
    ["no gzip", Buffer.from("hello"), "not gzip"],
    ["cut short", gzipSync(Buffer.alloc(2048)).subarray(0, 12), "not gzip, or cut short"],
    ["no tar", gzipSync(Buffer.alloc(2048, "x")), "empty or no tar file"],
    ["an empty tar", gzipSync(Buffer.alloc(1024)), "empty or no tar file"],
  ])("that is %s is refused", async (_, bytes, message) => {
    await expect(readArchive(bytes)).rejects.toThrow(ArchiveError);
    await expect(readArchive(bytes)).rejects.toThrow(message);
  });

  it.each(["../evil", "a/../../evil", "/etc/passwd", ".."])("with the path %s is refused", async (path) => {
    await expect(readArchive(tarOf(path))).rejects.toThrow("outside its root");
  });
});

describe("a Procfile", () => {
  it("takes comments, blank lines, CRLF and a byte order mark", () => {
    expect(readProcfile("\uFEFF# what runs\r\n\r\nweb: npm start # not a comment\r\nrelease:  ./migrate\r\n")).toEqual({
      web: "npm start # not a comment",
      release: "./migrate",
    });
  });

  it.each(["web npm start", "web:", ": npm start", "we b: x", "<<<<<<< HEAD"])(
    "with the line %j is refused, with its number",
    (line) => {
      expect(() => readProcfile(`a: b\n${line}\n`)).toThrow("line 2");
    },
  );

  it("that names a process type twice is refused", () => {
    expect(() => readProcfile("web: a\nweb: b")).toThrow("twice");
  });

  it("gives back whatever types and commands were written into it", () => {
    const types = fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/));
    fc.assert(
      fc.property(types, (wanted) => {
        const text = Object.entries(wanted).map(([type, command]) => `${type}: ${command}`);
        expect(readProcfile(text.join("\n"))).toEqual({ ...wanted });
      }),
    );
  });
});

describe("a heroku.yml", () => {
  const read = async (text: string) => (await readArchive(await archive({ "heroku.yml": text }))).herokuYml;

  it("tells the images, what they run and the release command", async () => {
    expect(
      await read(
        "build:\n  docker:\n    web: Dockerfile\n  config:\n    N: 1\nrun:\n  web: ./start\n  worker:\n    command: [./work]\n    image: web\nrelease:\n  image: web\n  command: [./migrate]\n",
      ),
    ).toEqual({
      build: { docker: { web: "Dockerfile" }, config: { N: "1" } },
      run: { web: "./start", worker: { command: ["./work"], image: "web" } },
      release: { image: "web", command: ["./migrate"] },
    });
  });

  it.each([
    ["no YAML", "build: [", "not valid YAML"],
    ["a section of another name", "builds: {}", "builds"],
    ["an image that is not built", "run:\n  web:\n    command: x\n    image: app\n", "does not build"],
    ["a list in place of images", "build:\n  docker: [web]\n", "build.docker"],
  ])("with %s is refused", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(ArchiveError);
    await expect(read(text)).rejects.toThrow(message);
  });
});
