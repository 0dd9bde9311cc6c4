// The wizard's questions as a person sees them: real prompts in a pseudo-terminal, read from the screen.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { keys, openTerminal, type PersonsTerminal } from "./terminal.js";

const root = resolve(import.meta.dirname, "../..");
let folder: string;
let open: PersonsTerminal | undefined;

beforeAll(() => {
  // Inside the repository, so that the compiled child finds its packages.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  folder = mkdtempSync(join(root, "node_modules/.cache/wizard-"));
  const project = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { noEmit: false, rootDir: root, outDir: folder, typeRoots: [join(root, "node_modules/@types")] },
    files: [join(root, "test/wizard/ask-child.ts"), join(root, "scripts/heroku/heroku-client.d.ts")],
    include: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { timeout: 50_000 });
  expect(existsSync(join(folder, "test/wizard/ask-child.js")), "tsc wrote the child").toBe(true);
});

afterEach(() => open?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the child with its stdout in a file, as `command > file` does. */
function ask(words: string, env: Record<string, string> = {}): PersonsTerminal {
  const line = `exec "${process.execPath}" test/wizard/ask-child.js ${words} > result`;
  open = openTerminal("/bin/sh", ["-c", line], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
  });
  return open;
}

const result = () => readFileSync(join(folder, "result"), "utf8");

describe("a secret that is typed", () => {
  it("shows none of its characters on any screen, arrives whole, and leaves stdout to the result", async () => {
    const terminal = ask("ask amplitude-api-key");
    await terminal.shows("Amplitude API key:");
    const secret = "ÞØßæ¶ŁŊŦđħ";
    for (const character of secret) terminal.type(character);
    await terminal.shows("Amplitude API key: **********");
    // Other prompts of its kind show the text on this key.
    terminal.type(keys.ctrlT);
    terminal.type(keys.enter);
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(result())).toEqual({ "amplitude-api-key": secret });
    expect(terminal.screens.length).toBeGreaterThan(3);
    for (const character of secret) {
      expect(terminal.raw()).not.toContain(character);
      expect(terminal.screens.join("\n")).not.toContain(character);
    }
  });

  it("is refused below the question without being shown, and can be typed again", async () => {
    const terminal = ask("ask stripe-api-key", { NO_COLOR: "1" });
    await terminal.shows("Stripe key:");
    terminal.type(`pk_live_ZQXJW${keys.enter}`);
    await terminal.shows("is a publishable key");
    expect(terminal.screen()).toMatchInlineSnapshot(`
      "A restricted key with read access is enough: Stripe > Developers > API keys
      (https://dashboard.stripe.com/apikeys).
      ? Stripe key: *************
      > The Stripe key (TAP_STRIPE_API_KEY) is a publishable key, which cannot read anything. Take a
      restricted or secret key from Stripe > Developers > API keys (https://dashboard.stripe.com/apikeys)."
    `);
    terminal.type(`${keys.ctrlU}rk_live_ZQXJW${keys.enter}`);
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(result())).toEqual({ "stripe-api-key": "rk_live_ZQXJW" });
    expect(terminal.raw()).not.toContain("ZQXJW");
    expect(terminal.raw()).not.toContain("pk_live");
  });

  it("does not spill into the next question when it is pasted with a line break at its end", async () => {
    const terminal = ask("ask amplitude-api-key amplitude-secret-key");
    await terminal.shows("Amplitude API key:");
    terminal.type(`ÞØßæ${keys.enter}¶ŁŊŦ${keys.enter}`);
    await terminal.shows("Amplitude secret key:");
    terminal.type(`đħŋ${keys.enter}`);
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(result())["amplitude-api-key"]).toBe("ÞØßæ");
    for (const character of "ÞØßæ¶ŁŊŦđħŋ") expect(terminal.raw()).not.toContain(character);
  });
});

describe("the screen", () => {
  it("shows each dyno with its price, and what it means below the list", async () => {
    const terminal = ask("ask metabase-dyno", { NO_COLOR: "1" });
    await terminal.shows("take it");
    expect(terminal.screen()).toMatchInlineSnapshot(`
      "Size of the web dyno. 512 MB is below Metabase's baseline of 1 GB; only standard-2x has more.
      ? Metabase's dyno:
      ❯ eco          $5.00 a month for the whole account, 512 MB, sleeps after 30 minutes
        basic        $7.00 a month, 512 MB
        standard-1x  $25.00 a month, 512 MB
        standard-2x  $50.00 a month, 1 GB

      512 MB is below Metabase's baseline of 1 GB: big questions can end in an error. An Eco Metabase
      sleeps after 30 minutes without visitors; the next one waits minutes behind Heroku's error page.
      ↑↓ choose • ⏎ take it"
    `);
    terminal.type(keys.down.repeat(3));
    await terminal.shows("The only size with 1 GB");
    terminal.type(keys.enter);
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(result())).toEqual({ "metabase-dyno": "standard-2x" });
  });

  it("reviews the answers and lets one be changed", async () => {
    const terminal = ask("review region schedule", { NO_COLOR: "1" });
    await terminal.shows("Region:");
    terminal.type(keys.enter);
    await terminal.shows("Time of the nightly job:");
    terminal.type(keys.enter);
    await terminal.shows("Go on, or choose one to change");
    terminal.type(`Region${keys.enter}`);
    await terminal.shows(/Region:[\s\S]*us {2}United States/);
    terminal.type(`us${keys.enter}`);
    await terminal.shows(/Region +us +typed/);
    terminal.type(keys.enter);
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(result())).toEqual({ region: "us", schedule: "02:00" });
  });

  it("has no colour with NO_COLOR, and some without", async () => {
    const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`);
    const plain = ask("confirm", { NO_COLOR: "1" });
    await plain.shows("(y/N)");
    plain.type(keys.enter);
    expect(await plain.ended).toBe(0);
    expect(plain.raw()).not.toMatch(colour);
    plain.close();
    const coloured = ask("confirm");
    await coloured.shows("Make this change?");
    coloured.type(`y${keys.enter}`);
    expect(await coloured.ended).toBe(0);
    expect(coloured.raw()).toMatch(colour);
    expect(result()).toBe("true");
  });

  it("does not buy by the Enter key", async () => {
    const terminal = ask("confirm");
    await terminal.shows(/The whole stack costs \$10\.00 a\s+month\. \(y\/N\)/);
    terminal.type(keys.enter);
    expect(await terminal.ended).toBe(0);
    expect(result()).toBe("false");
  });
});

describe("leaving while something is asked", () => {
  it.each([
    ["Ctrl-C", keys.ctrlC],
    ["Ctrl-D", keys.ctrlD],
  ])("works with %s, at text, at secrets and at lists", async (_, key) => {
    for (const name of ["pipeline-app", "stripe-api-key", "region"]) {
      const terminal = ask(`ask ${name}`);
      await terminal.shows(/\? /);
      terminal.type(key);
      expect(await terminal.ended, name).toBe(130);
      expect(result()).toBe("");
      terminal.close();
    }
  });

  it("works by a signal to the program", async () => {
    const terminal = ask("ask pipeline-app");
    await terminal.shows("Pipeline app:");
    terminal.kill("SIGTERM");
    expect(await terminal.ended).toBe(130);
  });
});
