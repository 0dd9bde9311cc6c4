// `.env` in every shape that people's editors leave it in: read right, or refused in one sentence that shows no value.
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, withoutKeys } from "../support/commands.js";
import { setupSchema } from "../support/documents.js";
import { commit } from "../support/stack.js";

let desk: Desk;
let file: string;

beforeAll(async () => {
  desk = await openDesk();
  file = join(desk.folder, ".env");
  await writeFile(join(desk.folder, ".gitignore"), ".env\n");
  await commit(desk.folder, "Keep answers out of git");
});
afterEach(() => rm(file, { recursive: true, force: true }));
afterAll(() => desk.close());

const keys = () => desk.sandbox.world.keys;
const dry = (args: readonly string[] = []) => desk.run("setup", ["--dry-run", "--json", ...args], { env: withoutKeys });

describe("a .env", () => {
  const shapes: readonly (readonly [string, () => string])[] = [
    ["with plain lines and comments", () => `# keys\n\n${lines().join("\n")}\n`],
    [
      "with quotes of every kind",
      () => lines((value, at) => [`'${value}'`, `"${value}"`, `\`${value}\``][at % 3] ?? value).join("\n"),
    ],
    [
      "with spaces around = and export before",
      () =>
        lines()
          .map((line) => `  export ${line.replace("=", " = ")}  `)
          .join("\n"),
    ],
    [
      "with a comment behind each value",
      () =>
        lines()
          .map((line) => `${line} # where it is from`)
          .join("\n"),
    ],
    ["with Windows line ends", () => `${lines().join("\r\n")}\r\n`],
    ["with a byte order mark", () => `\uFEFF${lines().join("\n")}\n`],
    [
      "with values of several lines beside ours",
      () => `NOTE="first line\nsecond # line\nTHIRD=line"\n${lines().join("\n")}\n`,
    ],
  ];
  for (const [what, text] of shapes)
    it(`${what} gives all four keys, and the services take them`, async () => {
      await writeFile(file, text());
      const ran = await dry();
      expect(ran, ran.stderr).toMatchObject({ code: 0, writes: [] });
      expect(setupSchema.parse(ran.json())).toMatchObject({ status: "planned", missing: [] });
      expect(ran.stderr).not.toContain("could not be tried");
      expect(ran.calls.filter(({ service }) => ["stripe", "amplitude", "funnelfox"].includes(service))).toHaveLength(3);
    });

  const wrong: readonly (readonly [string, () => string, readonly string[]])[] = [
    [
      "with a line that is no assignment",
      () => `${lines().join("\n")}\nrk_live_LOST_ITS_NAME\n`,
      [".env, line 5", "neither NAME=value nor a comment"],
    ],
    [
      "with a quote that is not closed",
      () => `TAP_STRIPE_API_KEY="rk_live_SECRETPART\n`,
      [".env, line 1 (TAP_STRIPE_API_KEY)", "quote is not closed"],
    ],
    [
      "with a # glued to a value",
      () => `FUNNELFOX_API_KEY=fox_SECRETPART#more\n`,
      [".env, line 1 (FUNNELFOX_API_KEY)", "put the value in quotes"],
    ],
    [
      "with an empty secret",
      () => `${lines().slice(1).join("\n")}\nTAP_STRIPE_API_KEY=\n`,
      ["TAP_STRIPE_API_KEY", "is empty", ".env"],
    ],
    [
      "with a secret of two lines",
      () => `TAP_STRIPE_API_KEY="rk_live_SECRETPART\nSECRETPART"\n`,
      ["TAP_STRIPE_API_KEY", "line break", ".env"],
    ],
    [
      "with quotes inside quotes",
      () => `FUNNELFOX_API_KEY="'fox_SECRETPART'"\n`,
      ["FUNNELFOX_API_KEY", "stands in quotes", ".env"],
    ],
  ];
  for (const [what, text, says] of wrong)
    it(`${what} is refused: exit 64, nothing asked of anybody, no value shown`, async () => {
      await writeFile(file, text());
      const ran = await dry();
      expect(ran, ran.stderr).toMatchObject({ code: 64, calls: [] });
      const message = setupSchema.parse(ran.json()).error?.message;
      for (const words of says) {
        expect(message).toContain(words);
        expect(flat(ran.stderr)).toContain(words);
      }
      expect(ran.stderr.match(/✖/g)).toHaveLength(1);
      expect(ran.stdout + ran.stderr).not.toMatch(/SECRETPART|LOST_ITS_NAME/);
    });

  it("that is saved as UTF-16 is refused with the command that mends it", async () => {
    await writeFile(file, Buffer.from(`\uFEFF${lines().join("\n")}`, "utf16le"));
    const ran = await dry();
    expect(ran).toMatchObject({ code: 64, calls: [] });
    expect(setupSchema.parse(ran.json()).error).toMatchObject({ commands: [expect.stringContaining("iconv")] });
  });

  it("that is a folder, or may not be read, is refused", async () => {
    await mkdir(file);
    const folder = await dry();
    expect(folder).toMatchObject({ code: 64, calls: [] });
    expect(setupSchema.parse(folder.json()).error?.message).toContain(".env is a folder");
  });

  it.skipIf(process.getuid?.() === 0)("that may not be read by this user is refused", async () => {
    await writeFile(file, lines().join("\n"));
    await chmod(file, 0);
    const ran = await dry();
    expect(ran).toMatchObject({ code: 64, calls: [] });
    expect(setupSchema.parse(ran.json()).error?.message).toContain("may not be read by you");
  });

  it("that is not there changes nothing; one that --env-file names has to be", async () => {
    expect(setupSchema.parse((await dry()).json())).toMatchObject({ status: "action_required" });
    const named = await dry(["--env-file", "answers.env"]);
    expect(named).toMatchObject({ code: 64, calls: [] });
    expect(setupSchema.parse(named.json()).error?.message).toContain("There is no file answers.env");
  });

  it("is weaker than the environment, and both are weaker than a flag", async () => {
    const text = `${lines().join("\n")}\nMETABASE_DYNO=basic\nHEROKU_REGION=mars\n`;
    await writeFile(file, text);
    const env = { ...withoutKeys, METABASE_DYNO: "standard-1x", HEROKU_REGION: "us" };
    const ran = await desk.run("setup", ["--dry-run", "--json", "--metabase-dyno", "standard-2x"], { env });
    expect(ran.code).toBe(0);
    const after = setupSchema.parse(ran.json()).plan?.changes.map((change) => change.after);
    expect(after).toContain("1 × Standard-2X");
    expect(after).toContain("region us, stack container");
  });
});

function lines(write: (value: string, at: number) => string = (value) => value): string[] {
  const { stripe, amplitudeApi, amplitudeSecret, funnelfox } = keys();
  return [
    `TAP_STRIPE_API_KEY=${write(stripe, 0)}`,
    `TAP_AMPLITUDE_API_KEY=${write(amplitudeApi, 1)}`,
    `TAP_AMPLITUDE_SECRET_KEY=${write(amplitudeSecret, 2)}`,
    `FUNNELFOX_API_KEY=${write(funnelfox, 3)}`,
  ];
}
