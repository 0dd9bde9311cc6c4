// A Heroku that cannot be reached, is slow, in trouble, or is somebody else's host: said in one sentence, and nothing written.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/index.js";
import { type Desk, flat, openDesk } from "../support/commands.js";
import { setupSchema, verifySchema } from "../support/documents.js";

/** Each has a world of its own, so that they can wait for their retries side by side. */
async function atDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await openDesk();
  try {
    await work(desk);
  } finally {
    await desk.close();
  }
}

const everything: Pick<Fault, "service" | "times"> = { service: "heroku", times: 10_000 };

describe.concurrent("a Heroku that", () => {
  const troubles: readonly (readonly [string, Fault, readonly string[]])[] = [
    ["cuts every connection", { ...everything, effect: { reset: "before" } }, ["could not be reached", "reset"]],
    ["answers 500", { ...everything, effect: { status: 500 } }, ["Heroku is in trouble", "status.heroku.com"]],
    [
      "answers 429",
      { ...everything, effect: { status: 429, id: "rate_limit", headers: { "Retry-After": "0" } } },
      ["4,500 calls an hour"],
    ],
    ["answers HTML", { ...everything, effect: { garbage: "html" } }, ["could not be reached", "proxy or a login page"]],
    ["answers half a body", { ...everything, effect: { garbage: "truncated" } }, ["could not be reached"]],
  ];
  for (const [what, fault, says] of troubles)
    it(`${what} could not be checked: exit 3`, () =>
      atDesk(async (desk) => {
        desk.sandbox.faults.add(fault);
        const ran = await desk.run("setup", ["--yes", "--json"]);
        expect(ran, ran.stderr).toMatchObject({ code: 3, writes: [] });
        const { status, error } = setupSchema.parse(ran.json());
        expect(status).toBe("failed");
        for (const words of says) {
          expect(flat(ran.stderr)).toContain(words);
          expect(`${error?.message} ${error?.why}`).toContain(words);
        }
        expect(ran.stderr.match(/✖/g)).toHaveLength(1);
      }));

  it("does not listen could not be checked: exit 3", () =>
    atDesk(async (desk) => {
      const ran = await desk.run("setup", ["--yes", "--json"], { env: { HEROKU_HOST: "http://127.0.0.1:1" } });
      expect(ran).toMatchObject({ code: 3, writes: [] });
      expect(setupSchema.parse(ran.json()).error?.message).toContain("could not be reached at http://127.0.0.1:1");
    }));

  it("is down or does not listen could not be checked by verify either: exit 3", () =>
    atDesk(async (desk) => {
      desk.sandbox.faults.add({ ...everything, effect: { status: 503, id: "maintenance" } });
      const [down, deaf] = await Promise.all([
        desk.run("verify", ["--json"]),
        desk.run("verify", [], { env: { HEROKU_HOST: "http://127.0.0.1:1" } }),
      ]);
      expect(down).toMatchObject({ code: 3, writes: [] });
      const { status, error } = verifySchema.parse(down.json());
      expect(status).toBe("unknown");
      expect(error?.message).toContain("Heroku is in trouble");
      expect(deaf).toMatchObject({ code: 3, stdout: "" });
      expect(flat(deaf.stderr)).toContain("could not be reached at http://127.0.0.1:1");
    }));

  it("stumbles now and then is asked again, until everything is there once", () =>
    atDesk(async (desk) => {
      const effects: readonly Fault["effect"][] = [{ status: 503 }, { reset: "after" }, { delayMs: 400 }];
      effects.forEach((effect, at) => {
        for (let nth = 5 + at * 7; nth < 120; nth += 25) desk.sandbox.faults.add({ service: "heroku", nth, effect });
      });
      const ran = await desk.run("setup", ["--yes"]);
      expect(ran.code, ran.stderr).toBe(0);
      expect(desk.sandbox.world.apps).toHaveLength(2);
      expect(desk.sandbox.world.addons).toHaveLength(3);
      desk.sandbox.faults.clear();
      expect(await desk.run("setup", ["--yes"])).toMatchObject({ code: 0, writes: [] });
    }));

  it("fails in the middle leaves a stack that the next run completes", () =>
    atDesk(async (desk) => {
      const down: Fault = { service: "heroku", method: "POST", path: /\/addons$/, times: 100, effect: { status: 422 } };
      desk.sandbox.faults.add(down);
      const failed = await desk.run("setup", ["--yes", "--json"]);
      expect(failed.code).toBe(1);
      expect(setupSchema.parse(failed.json())).toMatchObject({
        status: "failed",
        next: [{ command: "npm run setup" }],
      });
      desk.sandbox.faults.clear();
      expect((await desk.run("setup", ["--yes"])).code).toBe(0);
      expect(await desk.run("setup", ["--yes"])).toMatchObject({ code: 0, writes: [] });
    }));
});

describe.concurrent("a source that does not answer", () => {
  it("is said, and a run without a person goes on", () =>
    atDesk(async (desk) => {
      desk.sandbox.faults.add({ service: "stripe", times: 100, effect: { status: 503 } });
      const ran = await desk.run("setup", ["--dry-run"]);
      expect(ran).toMatchObject({ code: 0, writes: [] });
      expect(flat(ran.stderr)).toContain("Stripe key could not be tried");
    }));
});

describe.concurrent("an exported HEROKU_HOST", () => {
  it("that is not Heroku gets no token", () =>
    atDesk(async (desk) => {
      const env = { HEROKU_HOST: "https://heroku.example.com" };
      const ran = await desk.run("setup", ["--yes", "--json"], { env });
      expect(ran).toMatchObject({ code: 1, calls: [] });
      const { status, error } = setupSchema.parse(ran.json());
      expect(status).toBe("refused");
      expect(error?.message).toContain("HEROKU_HOST points to heroku.example.com");
      expect(error?.commands).toContain("unset HEROKU_HOST");
    }));

  it("over plain http to another machine is a usage error", () =>
    atDesk(async (desk) => {
      const ran = await desk.run("verify", [], { env: { HEROKU_HOST: "http://heroku.example.com" } });
      expect(ran).toMatchObject({ code: 64, calls: [], stdout: "" });
      expect(flat(ran.stderr)).toContain("plain http");
    }));

  it("of another Heroku does not get the token of the official CLI's login", () =>
    atDesk(async (desk) => {
      const bin = join(desk.home, "bin");
      const cli = join(bin, "heroku");
      await mkdir(bin);
      await writeFile(cli, "#!/bin/sh\necho HRKU-11111111-1111-4111-8111-111111111111\n");
      await chmod(cli, 0o755);
      const env = { HEROKU_API_KEY: undefined, PATH: `${bin}:${process.env.PATH}` };
      const ran = await desk.run("setup", ["--yes"], { env });
      expect(ran).toMatchObject({ code: 1, calls: [], stdout: "" });
      expect(flat(ran.stderr)).toContain("the token comes from the Heroku CLI: it may belong to another Heroku");
      expect(ran.stderr).not.toContain("HRKU-");
    }));
});
