// No secret leaves a command: not on stdout, stderr, in JSON, in a file, or in the arguments of any process, whatever happens.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandName, type Desk, openDesk, type Ran } from "../support/commands.js";
import { filesIn, watchArguments } from "../support/spying.js";

const WEBHOOK = "https://hooks.slack.com/services/T0000/B0000/zQxJwKvBpMhGfDsA";
const PASSWORD = "a-Metabase-password-1";
const CODE_LIKE = "HRKU-99999999-9999-4999-8999-999999999999";

let desk: Desk;
let given: Record<string, string>;

beforeAll(async () => {
  desk = await openDesk();
  given = { SLACK_WEBHOOK_URL: WEBHOOK, METABASE_ADMIN_PASSWORD: PASSWORD, TMPDIR: join(desk.home, "tmp") };
  await mkdir(join(desk.home, "tmp"));
});
afterAll(() => desk.close());

/** Every secret that there is by now, in the forms in which it could show. */
function secrets(): string[] {
  const { world, env } = desk.sandbox;
  const keys = Object.values(world.keys);
  const values = world.addons.flatMap((addon) => Object.values(addon.values));
  const passwords = values.flatMap((value) => /^postgres:\/\/[^:]+:([^@]+)@/.exec(value)?.[1] ?? []);
  const encryption = world.apps.flatMap((app) => app.config.MB_ENCRYPTION_SECRET_KEY ?? []);
  const plain = [
    env.HEROKU_API_KEY ?? "",
    CODE_LIKE,
    ...keys,
    ...values,
    ...passwords,
    ...encryption,
    WEBHOOK,
    PASSWORD,
  ];
  const pair = `${world.keys.amplitudeApi}:${world.keys.amplitudeSecret}`;
  return [...plain, ...plain.map(encodeURIComponent), Buffer.from(pair).toString("base64")].filter(
    (text) => text !== "",
  );
}

const leaksIn = (text: string) => secrets().filter((secret) => text.includes(secret));

interface Seen extends Ran {
  readonly processes: readonly string[];
}

async function run(command: CommandName, args: readonly string[], env: Record<string, string> = {}): Promise<Seen> {
  const watch = watchArguments();
  const ran = await desk.run(command, args, { env: { ...given, ...env }, onStart: watch.start });
  return { ...ran, processes: watch.stop() };
}

/** Fails with the place of a leak, never with the secret itself. */
async function expectNothingIn({ stdout, stderr, processes }: Seen): Promise<void> {
  const git = join(desk.folder, ".git");
  const files = await filesIn([desk.folder, desk.home], (path) => path.startsWith(git));
  const places = [
    ["stdout", stdout],
    ["stderr", stderr],
    ["process arguments", processes.join("\n")],
    ...files,
  ] as const;
  const leaking = places.flatMap(([place, text]) => (leaksIn(text).length > 0 ? [place] : []));
  expect(leaking).toEqual([]);
}

describe.skipIf(!existsSync("/proc/self/task"))("no secret is shown", () => {
  it("by a dry run and a first setup, with their processes' arguments looked at", async () => {
    await expectNothingIn(await run("setup", ["--dry-run"]));
    const done = await run("setup", ["--yes"], { DEBUG: "1" });
    expect(done.code).toBe(0);
    expect(secrets().length, "the database's address and the encryption key are among them").toBeGreaterThan(20);
    expect(leaksIn(desk.sandbox.world.apps.map(({ config }) => JSON.stringify(config)).join())).not.toEqual([]);
    expect(
      done.processes.some((line) => line.startsWith("git ")),
      done.processes.join("\n"),
    ).toBe(true);
    await expectNothingIn(done);
  });

  it("by a setup that changes secrets, as text and as JSON", async () => {
    const stripe = desk.sandbox.world.keys.stripe.replace("live", "test");
    const other = { TAP_STRIPE_API_KEY: stripe, SLACK_WEBHOOK_URL: `${WEBHOOK}Z` };
    const dry = await run("setup", ["--dry-run"], other);
    expect(dry.stdout).toContain("TAP_STRIPE_API_KEY");
    expect(dry.stdout).not.toContain(stripe);
    await expectNothingIn(dry);
    const done = await run("setup", ["--yes", "--json"], { ...other, DEBUG: "1" });
    expect(done.code).toBe(0);
    expect(done.stdout + done.stderr).not.toContain(stripe);
    await expectNothingIn(done);
    expect((await run("setup", ["--yes"])).code).toBe(0);
  });

  it("by verify, whose database cannot be reached, and by --fix", async () => {
    const looked = await run("verify", [], { DEBUG: "1" });
    expect(looked.stdout).toContain("cannot be reached");
    await expectNothingIn(looked);
    await expectNothingIn(await run("verify", ["--json"]));
    await desk.byHand("PATCH", "/apps/reluvia-metabase/config-vars", {
      MB_DB_CONNECTION_URI: "postgres://old:Zw8formerPassword@h/d",
    });
    const fixed = await run("verify", ["--fix", "--yes", "--json"]);
    expect(fixed.writes).toEqual(["PATCH /apps/reluvia-metabase/config-vars"]);
    expect(fixed.stdout + fixed.stderr).not.toContain("formerPassword");
    await expectNothingIn(fixed);
  });

  it("when Heroku repeats secrets in its refusal", async () => {
    const { world, env } = desk.sandbox;
    const url = world.addons.flatMap(({ values }) => values.URL ?? [])[0] ?? "";
    const message = `Refused: ${env.HEROKU_API_KEY} ${world.keys.stripe} ${url} ${encodeURIComponent(world.keys.funnelfox)}`;
    for (const args of [["--yes"], ["--yes", "--json"]]) {
      desk.sandbox.faults.add({ method: "PATCH", times: 9, effect: { status: 422, id: "invalid_params", message } });
      const failed = await run("setup", [...args, "--metabase-dyno", "basic", "--pipeline-dyno", "basic"], {
        DEBUG: "1",
      });
      desk.sandbox.faults.clear();
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain("Refused: •••");
      await expectNothingIn(failed);
    }
  });

  it("when a key is wrong, in the wrong place, or stands on the command line", async () => {
    const { stripe, amplitudeSecret } = desk.sandbox.world.keys;
    const wrongs: readonly (readonly [readonly string[], Record<string, string>])[] = [
      [["--yes"], { HEROKU_API_KEY: CODE_LIKE }],
      [["--yes", "--json"], { TAP_STRIPE_API_KEY: amplitudeSecret }],
      [["--yes", "--json"], { FUNNELFOX_API_KEY: `${WEBHOOK} ${PASSWORD}` }],
      [["--yes"], { TAP_STRIPE_API_KEY: `${stripe}0` }],
      [["--yes"], { METABASE_DYNO: stripe }],
      [["--yes", "--json"], { HEROKU_REGION: CODE_LIKE }],
    ];
    for (const [args, env] of wrongs) {
      const ran = await run("setup", args, { DEBUG: "1", ...env });
      expect(ran.code).not.toBe(0);
      await expectNothingIn(ran);
    }
    // What somebody types into argv is there; it must not be repeated elsewhere.
    for (const args of [["--metabase-email", stripe], [`--${stripe}`], [stripe]]) {
      const { stdout, stderr } = await run("setup", ["--yes", ...args]);
      await expectNothingIn({ stdout, stderr, processes: [] } as unknown as Seen);
    }
  });
});
