// A first setup, a second one, and what each breakage leads to, against the sandbox over real HTTP.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { answersFor, lines, look, makeCheckout, removeFolder, setUp } from "../support/stack.js";

let sandbox: Sandbox;
let folder: string;

beforeEach(async () => {
  sandbox = await startSandbox({ databases: "addresses" });
  folder = await makeCheckout();
});

afterEach(async () => {
  await sandbox.close();
  await removeFolder(folder);
});

const writesOf = (of: Sandbox) =>
  of.calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("a first setup", () => {
  it("makes both apps with everything declared, and nothing is left to do", async () => {
    const { applied, plan } = await setUp(sandbox, folder, answersFor(sandbox));
    expect(plan.refusals).toEqual([]);
    expect(applied.failed.map(({ id, error }) => [id, String(error)])).toEqual([]);
    expect(applied.skipped).toEqual([]);
    const after = await look(sandbox, folder, answersFor(sandbox));
    expect(lines(after.plan)).toEqual([]);
  });

  it("writes nothing the second time", async () => {
    await setUp(sandbox, folder, answersFor(sandbox));
    sandbox.calls.length = 0;
    const again = await setUp(sandbox, folder, answersFor(sandbox));
    expect(lines(again.plan)).toEqual([]);
    expect(writesOf(sandbox)).toEqual([]);
  });

  it("changes nothing from another laptop, without any key at hand", async () => {
    await setUp(
      sandbox,
      folder,
      answersFor(sandbox, { "metabase-dyno": "standard-2x", schedule: "05:30", region: "us" }),
    );
    sandbox.calls.length = 0;
    const again = await look(sandbox, folder, {});
    expect(lines(again.plan)).toEqual([]);
  });
});
