// The wizard as a person sees it: the real setup in a pseudo-terminal, from the first question to the summary.
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Desk, flat, openDesk, plainEnv, sourceKeys, wordsOf } from "../support/commands.js";
import { commit } from "../support/stack.js";
import { keys, openTerminal, type PersonsTerminal } from "../wizard/terminal.js";

let desk: Desk;
let open: PersonsTerminal | undefined;

beforeEach(async () => {
  desk = await openDesk();
  await writeFile(join(desk.folder, ".gitignore"), ".env\n");
  await commit(desk.folder, "Keep answers out of git");
});
afterEach(async () => {
  open?.close();
  open = undefined;
  await desk.close();
});

/** Starts setup at a terminal that is high enough for all of it; without source keys unless `more` gives them. */
function sit(args: readonly string[] = [], more: Record<string, string> = {}): PersonsTerminal {
  const keyless = Object.entries(desk.sandbox.env).filter(([name]) => !sourceKeys.some((key) => key === name));
  open = openTerminal(process.execPath, [...wordsOf("setup"), ...args], {
    cwd: desk.folder,
    env: { ...plainEnv(desk.home), TERM: "xterm-256color", ...Object.fromEntries(keyless), ...more },
    size: { cols: 100, rows: 110 },
  });
  return open;
}

const allKeys = () => Object.fromEntries(sourceKeys.map((name) => [name, desk.sandbox.env[name] ?? ""]));

async function answer(terminal: PersonsTerminal, question: string | RegExp, typed: string): Promise<void> {
  await terminal.shows(question);
  terminal.type(`${typed}${keys.enter}`);
}

async function typeKeys(terminal: PersonsTerminal): Promise<void> {
  const { stripe, amplitudeApi, amplitudeSecret, funnelfox } = desk.sandbox.world.keys;
  await answer(terminal, /\? Stripe key:/, stripe);
  await answer(terminal, /\? Amplitude API key:/, amplitudeApi);
  await answer(terminal, /\? Amplitude secret key:/, amplitudeSecret);
  await answer(terminal, /\? FunnelFox secret:/, funnelfox);
}

const REVIEW = /\? These are the answers/;
const writes = () => desk.sandbox.calls.filter(({ method }) => method !== "GET");

/** The screen without what differs from run to run. */
function steady(screen: string): string {
  return screen
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/(reluvia-metabase)-[0-9a-f]{12}\b/g, "$1-XXXXXXXXXXXX")
    .replaceAll(/\b[0-9a-f]{9}\b/g, "#########")
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, "YYYY-MM-DD")
    .replaceAll(/(Set \d+ config vars: ).*$/gm, "$1…  N s")
    .replaceAll(/\d+(\.\d)? s$/gm, "N s");
}

describe("a person's first setup", () => {
  it("asks for the keys alone, lets an answer be changed, shows the price, saves, runs and sums up", async () => {
    const terminal = sit();
    await terminal.shows("Heroku knows you as founder@example.com.");
    await typeKeys(terminal);
    await terminal.shows(REVIEW);
    terminal.type(keys.down.repeat(8));
    await terminal.shows(/❯ Metabase's dyno/);
    terminal.type(keys.enter);
    await terminal.shows(/❯ eco /);
    terminal.type(`${keys.down}${keys.enter}`);
    await terminal.shows(/Metabase's dyno +basic +typed/);
    expect(steady(terminal.screen())).toMatchSnapshot("review");
    expect(writes()).toEqual([]);
    terminal.type(keys.enter);
    await terminal.shows("Make these 33 changes?");
    expect(steady(terminal.screen())).toMatchSnapshot("plan");
    expect(writes()).toEqual([]);
    terminal.type(`y${keys.enter}`);
    await answer(terminal, "Save 5 answers to .env, readable by you only?", "y");
    expect(await terminal.ended).toBe(0);
    const [, after = ""] = steady(terminal.screen()).split("Saved to .env");
    expect(after).toMatchSnapshot("run and summary");

    const { stripe, funnelfox } = desk.sandbox.world.keys;
    const saved = await readFile(join(desk.folder, ".env"), "utf8");
    expect(saved).toContain(`TAP_STRIPE_API_KEY=${stripe}\n`);
    expect(saved).toContain("METABASE_DYNO=basic\n");
    expect(saved).not.toContain("HEROKU_API_KEY");
    expect((await stat(join(desk.folder, ".env"))).mode & 0o777).toBe(0o600);
    const config = desk.sandbox.world.apps.find(({ name }) => name === "reluvia-dwh")?.config;
    expect(config).toMatchObject({ TAP_STRIPE_API_KEY: stripe, FUNNELFOX_API_KEY: funnelfox });
    for (const secret of [stripe, funnelfox, desk.sandbox.world.token]) expect(terminal.raw()).not.toContain(secret);
  });

  it("asks nothing but to go on when it is run again, and changes nothing", async () => {
    expect((await desk.run("setup", ["--yes"])).code).toBe(0);
    desk.sandbox.calls.length = 0;
    const terminal = sit();
    await terminal.shows(/Stripe key +••• +from Heroku/);
    terminal.type(keys.enter);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain("No changes.");
    expect(terminal.raw()).not.toContain("? Stripe key:");
    expect(writes()).toEqual([]);
  });

  it("buys nothing by the Enter key", async () => {
    const terminal = sit([], allKeys());
    await answer(terminal, REVIEW, "");
    await answer(terminal, "(y/N)", "");
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toMatch(/Make these 33 changes\?[\s\S]* No$/m);
    expect(writes()).toEqual([]);
  });

  it("asks again for a key that its service does not take, before anything is planned", async () => {
    const terminal = sit([], { ...allKeys(), TAP_STRIPE_API_KEY: "rk_live_ofAnotherAccount" });
    await answer(terminal, REVIEW, "");
    await terminal.shows("Stripe does not take the key");
    await answer(terminal, /\? Stripe key/, desk.sandbox.world.keys.stripe);
    await answer(terminal, REVIEW, "");
    await terminal.shows("Make these 33 changes?");
    expect(writes()).toEqual([]);
  });

  it("asks for the two-factor code once", async () => {
    await desk.byHand("PATCH", "/account", { two_factor: "123456" });
    const terminal = sit([], allKeys());
    await answer(terminal, "Two-factor code of your Heroku account:", "123 456");
    await terminal.shows(REVIEW);
    expect(terminal.raw().match(/✔.*Two-factor code/g)).toHaveLength(1);
    expect(terminal.raw()).not.toContain("123456");
  });

  it("is told before the first question what Heroku would refuse", async () => {
    await desk.byHand("PATCH", "/account", { verified: false });
    const terminal = sit();
    expect(await terminal.ended).toBe(1);
    expect(flat(terminal.screen())).toContain("founder@example.com is not verified");
    expect(terminal.screen()).not.toContain("Stripe key:");
  });

  it("asks whether to deploy the last commit of a checkout with other changes", async () => {
    await writeFile(join(desk.folder, "notes.txt"), "not committed\n");
    const terminal = sit([], allKeys());
    await answer(terminal, REVIEW, "");
    await terminal.shows("Not committed: notes.txt.");
    await answer(terminal, "Deploy the last commit without these changes?", "n");
    expect(await terminal.ended).toBe(1);
    expect(writes()).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  it("during the questions leaves with 130 and nothing written", async () => {
    const terminal = sit();
    await answer(terminal, /\? Stripe key:/, desk.sandbox.world.keys.stripe);
    await terminal.shows(/\? Amplitude API key:/);
    terminal.type(keys.ctrlC);
    expect(await terminal.ended).toBe(130);
    expect(writes()).toEqual([]);
    expect(existsSync(join(desk.folder, ".env"))).toBe(false);
    expect(terminal.screen()).toContain("✖ Stopped at a question, so nothing more was done.");
    expect(terminal.screen()).not.toContain("bug");
  });

  it("at the last question leaves with 130 and nothing written", async () => {
    const terminal = sit([], allKeys());
    await answer(terminal, REVIEW, "");
    await terminal.shows("Make these 33 changes?");
    terminal.type(keys.ctrlC);
    expect(await terminal.ended).toBe(130);
    expect(writes()).toEqual([]);
  });

  it("during the run says at once what exists and which command goes on, and that command does", async () => {
    desk.sandbox.faults.add({ method: "POST", path: /\/addons$/, effect: { delayMs: 10_000 } });
    const terminal = sit(["--yes"], allKeys());
    await terminal.shows(/✔ Create the app reluvia-dwh/);
    await terminal.shows(/Create heroku-postgresql:essential-0/);
    terminal.type(keys.ctrlC);
    const pressed = Date.now();
    await terminal.shows("Interrupted.");
    expect(Date.now() - pressed).toBeLessThan(3_000);
    expect(await terminal.ended).toBe(130);
    const told = terminal.screen().slice(terminal.screen().indexOf("Interrupted."));
    expect(told).toMatch(/Done: +Create the app/);
    expect(told).toMatch(/Unfinished: +[\s\S]*Create heroku-postgresql:essential-0/);
    expect(told).toContain("Go on with:  npm run setup");
    desk.sandbox.faults.clear();
    expect((await desk.run("setup", ["--yes"])).code).toBe(0);
    expect(desk.sandbox.world.apps).toHaveLength(2);
    expect(desk.sandbox.world.addons).toHaveLength(3);
    expect((await desk.run("setup", ["--yes"])).writes).toEqual([]);
  });

  it("twice leaves at once", async () => {
    desk.sandbox.faults.add({ method: "POST", path: /\/addons$/, effect: { delayMs: 10_000 } });
    const terminal = sit(["--yes"], allKeys());
    await terminal.shows(/Create heroku-postgresql:essential-0/);
    const pressed = Date.now();
    terminal.type(keys.ctrlC);
    terminal.type(keys.ctrlC);
    expect(await terminal.ended).toBe(130);
    expect(Date.now() - pressed).toBeLessThan(5_000);
  });

  it.each(["setup", "verify"] as const)("while %s reads leaves with 130, and is no bug", async (command) => {
    desk.sandbox.faults.add({ path: "/account", effect: { delayMs: 10_000 } });
    const started = Date.now();
    let sent = false;
    const ran = await desk.run(command, ["--yes", "--json"], {
      onTalk: (_stderr, signal) => {
        if (!sent) setTimeout(() => signal("SIGINT"), 300);
        sent = true;
      },
    });
    expect(Date.now() - started).toBeLessThan(9_000);
    expect(ran).toMatchObject({ code: 130, writes: [] });
    expect(ran.stderr).toMatch(/^This speaks to [^\n]*\nInterrupted\.\n$/);
    expect(ran.json()).toMatchObject({ command, error: { id: "interrupted" } });
  });

  it("is what a SIGTERM is, with its own exit code, off a terminal too", async () => {
    desk.sandbox.faults.add({ method: "POST", path: /\/addons$/, effect: { delayMs: 10_000 } });
    let sent = false;
    const ran = await desk.run("setup", ["--yes", "--json"], {
      onTalk: (stderr, signal) => {
        if (sent || !stderr.includes("Create heroku-postgresql:essential-0 …")) return;
        sent = true;
        signal("SIGTERM");
      },
    });
    expect(ran.code).toBe(143);
    expect(ran.stderr).toContain("Interrupted.");
    expect(ran.stderr).toContain("npm run setup");
    expect(ran.json()).toMatchObject({ command: "setup", status: "failed", error: { id: "interrupted" } });
  });
});
