// What .env files may look like, what is said about those that are broken, and that saving changes only what it should.
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "dotenv";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnvFile, saveEnvFile } from "../../scripts/common/env-file.js";
import { ExpectedError } from "../../scripts/common/errors.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "env-file-"));
  file = join(folder, ".env");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(text: string | Uint8Array): Promise<Readonly<Record<string, string>>> {
  await writeFile(file, text);
  return (await readEnvFile(file, { required: true })).values;
}

async function refusal(promise: Promise<unknown>): Promise<ExpectedError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExpectedError)) throw new Error(`no refusal, but ${String(error)}`);
  return error;
}

async function save(before: string, updates: Record<string, string>): Promise<string> {
  await writeFile(file, before);
  await saveEnvFile(file, updates);
  return readFile(file, "utf8");
}

describe("reading a .env file", () => {
  it.each([
    ["a plain value", "A=b", "b"],
    ["spaces round =", "A = b ", "b"],
    ["spaces before the name", "   A=b", "b"],
    ["an export prefix", "export A=b", "b"],
    ["no value", "A=", ""],
    ["no value but a comment", "A= # later", ""],
    ["a comment after the value", "A=b # c", "b"],
    ["an equals sign in the value", "A=b=c==", "b=c=="],
    ["double quotes", 'A="b c"', "b c"],
    ["single quotes", "A='b c'", "b c"],
    ["backticks", "A=`b \"c\" 'd'`", "b \"c\" 'd'"],
    ["a # inside quotes", 'A="b # c" # d', "b # c"],
    ["quotes inside a value", 'A=b"c"d', 'b"c"d'],
    ["an escaped line break", 'A="b\\nc"', "b\nc"],
    ["several lines", 'A="-----BEGIN\nxyz==\n-----END"', "-----BEGIN\nxyz==\n-----END"],
    ["the last of several lines", "A=1\nA=2", "2"],
    ["Windows line ends", "A=b\r\nC=d\r\n", "b"],
    ["several lines with Windows line ends", 'A="b\r\nc"\r\nC=d', "b\nc"],
    ["a byte order mark", "\uFEFFA=b", "b"],
    ["a colon", "A: b", "b"],
  ])("takes %s", async (_, text, value) => {
    expect((await read(text)).A).toBe(value);
  });

  it("takes comments, blank lines and nothing", async () => {
    expect(await read("# a=b\n\n   \n\t# c\r\n")).toEqual({});
    expect(await read("")).toEqual({});
  });

  it("agrees with dotenv on files that it does not refuse", async () => {
    const line = fc.oneof(
      fc.constantFrom(
        "A=b",
        "export B = 'c d' # e",
        'C="x\ny"',
        "# comment",
        "",
        "D=",
        "E=`q`",
        "F=1 # 2",
        "G='it\\'s'",
      ),
      fc.stringMatching(/^[A-C] ?= ?[\w "'#\\-]{0,12}$/),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"), async (lines, eol) => {
        const text = lines.join(eol);
        await writeFile(file, text);
        const values = await readEnvFile(file, { required: true }).then(
          (found) => found.values,
          () => undefined,
        );
        if (!values) return;
        taken++;
        expect(values).toEqual(parse(text));
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it.each([
    ["text without a name", "A=1\n\nhunter2 and more\n", 3, ""],
    ["a name with a space in it", "MY_KEY 2=hunter2", 1, " (MY_KEY)"],
    ["a name without =", "A=1\nMY_KEY hunter2", 2, " (MY_KEY)"],
    ["an unclosed double quote", 'A=1\r\nMY_KEY="hunter2\r\nB=2', 2, " (MY_KEY)"],
    ["an unclosed single quote", "MY_KEY='hunter2", 1, " (MY_KEY)"],
    ["text after a closing quote", 'MY_KEY="x" hunter2', 1, " (MY_KEY)"],
    ["a # glued to a value", "MY_KEY=x#hunter2", 1, " (MY_KEY)"],
    ["a # glued to the equals sign", "MY_KEY=#hunter2", 1, " (MY_KEY)"],
    ["a line of a key that lost its quotes", "K=-----BEGIN\nhunter2+/abc\n", 2, ""],
  ])("refuses %s, by line and name and never by value", async (_, text, line, name) => {
    const error = await refusal(read(text));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(`${file}, line ${line}${name}: `);
    expect(`${error.message} ${error.why}`).not.toContain("hunter2");
  });

  it("is content with no file unless one was asked for", async () => {
    expect(await readEnvFile(file, { required: false })).toEqual({ path: file, exists: false, values: {} });
    const error = await refusal(readEnvFile(file, { required: true }));
    expect(error).toMatchObject({ kind: "usage", exitCode: 64, message: expect.stringContaining("--env-file") });
  });

  it("refuses a folder", async () => {
    await mkdir(file);
    expect((await refusal(readEnvFile(file, { required: false }))).message).toContain("is a folder");
  });

  it("refuses what is not UTF-8", async () => {
    expect((await refusal(read(Buffer.from("A=b", "utf16le").subarray(1)))).message).toMatch(/line 1|UTF-8/);
    expect((await refusal(read(Buffer.from([0xff, 0xfe, 0x41, 0x00])))).message).toContain("UTF-8");
  });

  it("refuses a file that may not be read", async () => {
    const readBytes = async () => {
      throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    };
    const error = await refusal(readEnvFile(file, { required: false, readBytes }));
    expect(error).toMatchObject({ kind: "usage", message: `${file} may not be read by you.` });
  });
});

describe("saving to a .env file", () => {
  it("makes the file, for its owner only", async () => {
    await saveEnvFile(file, { A: "1", B: "two words" });
    expect(await readFile(file, "utf8")).toBe("A=1\nB='two words'\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("keeps lines, order, comments and spaces, and replaces only the value", async () => {
    const before = "# mine\n\nexport A = old   # note\nB='x'\n#A=commented\n";
    expect(await save(before, { A: "new", C: "3" })).toBe(
      "# mine\n\nexport A = new   # note\nB='x'\n#A=commented\nC=3\n",
    );
  });

  it("puts a space before a comment that stood where the value goes", async () => {
    expect(await save("A=# fill in\n", { A: "x" })).toBe("A=x # fill in\n");
  });

  it("replaces a value of several lines", async () => {
    expect(await save('A="one\ntwo"\nB=2\n', { A: "three" })).toBe("A=three\nB=2\n");
  });

  it("leaves one line for a name, so that no old secret stays behind", async () => {
    expect(await save("A=old1\nB=2\nA=old2\n", { A: "new" })).toBe("A=new\nB=2\n");
  });

  it("appends after a last line without an end", async () => {
    expect(await save("A=1", { B: "2" })).toBe("A=1\nB=2\n");
  });

  it("keeps Windows line ends", async () => {
    const after = await save("A=1\r\nB=2\r\n", { B: "3", C: 'it\'s\n"two" \\n lines' });
    expect(after.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect((await readEnvFile(file, { required: true })).values).toEqual({
      A: "1",
      B: "3",
      C: 'it\'s\n"two" \\n lines',
    });
  });

  it("keeps a byte order mark", async () => {
    expect(await save("\uFEFFA=1\n", { A: "2" })).toBe("\uFEFFA=2\n");
  });

  it("writes nothing when nothing changes, and closes a file that others could read", async () => {
    await save("A='1'\n", {});
    await chmod(file, 0o600);
    const { ino } = await stat(file);
    await saveEnvFile(file, { A: "1" });
    expect((await stat(file)).ino).toBe(ino);
    await chmod(file, 0o644);
    await saveEnvFile(file, { A: "1" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toBe("A='1'\n");
  });

  it("follows a symlink, also to a file that is not there yet", async () => {
    const target = join(folder, "real");
    await symlink("real", file);
    await saveEnvFile(file, { A: "1" });
    await saveEnvFile(file, { A: "2" });
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).toBe("A=2\n");
  });

  it("leaves no temporary file behind", async () => {
    await save("A=1\n", { A: "2" });
    expect(await readdir(folder)).toEqual([".env"]);
  });

  it.each([
    ["a malformed file", "A='\nB=2", { B: "3" }],
    ["a value that cannot be written", "A=1\n", { A: "a'b\"c`d # e" }],
    ["a value with a NUL", "A=1\n", { B: "a\0b" }],
    ["a name that is none", "A=1\n", { "MY-KEY": "x" }],
  ])("changes nothing for %s", async (_, before, updates) => {
    const error = await refusal(save(before, updates as Record<string, string>));
    expect(`${error.message} ${error.why}`).not.toMatch(/a'b|\0/);
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await readdir(folder)).toEqual([".env"]);
  });

  it("says when the folder does not take it", async () => {
    expect((await refusal(saveEnvFile(join(folder, "no", ".env"), { A: "1" }))).message).toContain(
      "could not be written",
    );
  });

  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("a", "'", '"', "`", "\\", "n", "r", "\n", "\r", "#", " ", "=", "$", "\u2028", "é"),
    }),
  );

  it("gives back exactly any value that it wrote, and touches no other line", async () => {
    const others = fc.constantFrom(
      "",
      "# don't\n",
      "X='it'\n",
      'X="y"\n# "\n',
      "X=`a\n'b'\n`\n",
      "X=it's # '\n",
      "\uFEFFX=1\r\nY='\r\n'\r\n",
    );
    const value = texts.filter((text) => !text.includes("\0"));
    await fc.assert(
      fc.asyncProperty(
        others,
        others.map((text) => text.replace("\uFEFF", "").replaceAll("X", "Z").replaceAll("Y", "W")),
        value,
        value,
        async (head, tail, first, second) => {
          const before = `${head}A=old # c\n${tail}`;
          await writeFile(file, before);
          const kept = { ...(await readEnvFile(file, { required: true })).values };
          for (const written of [first, second]) {
            const updates = { A: written, B: `${written}.` };
            const was = await readFile(file, "utf8");
            const failed = await saveEnvFile(file, updates).then(
              () => false,
              (error: unknown) => {
                expect(error).toBeInstanceOf(ExpectedError);
                return true;
              },
            );
            const now = await readFile(file, "utf8");
            if (failed) {
              // Single quotes or backticks hold anything but themselves, carriage returns, and a backslash before their end.
              expect(/\r|'.*`|`.*'|\\$/s.test(written)).toBe(true);
              expect(now).toBe(was);
              continue;
            }
            expect((await readEnvFile(file, { required: true })).values).toEqual({ ...kept, ...updates });
            expect(now.startsWith(`${head}A=`)).toBe(true);
            expect(now).toContain(` # c\n${tail}`);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
