// Every body that setups send holds only what the published schema knows for its route: compared when HEROKU_SCHEMA names a copy.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerName } from "../../config/answers.js";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import type { Schema } from "../sandbox/heroku/json-schema.js";
import { answersFor, commit, git, makeCheckout, removeFolder, setUp } from "../support/stack.js";
import { type Sent, wrongWith } from "./sent-body.js";

const file = process.env.HEROKU_SCHEMA;
const why = file === undefined ? " (skipped: HEROKU_SCHEMA names no copy of it)" : "";

describe.skipIf(file === undefined)(`what setups send${why}`, () => {
  let folder: string;
  const schema = () => JSON.parse(readFileSync(file ?? "", "utf8")) as Schema;

  beforeAll(async () => {
    folder = await makeCheckout();
  });
  afterAll(() => removeFolder(folder));

  async function sentBy(work: (sandbox: Sandbox) => Promise<void>): Promise<Sent[]> {
    const sandbox = await startSandbox({ databases: "addresses" });
    try {
      await work(sandbox);
      return sandbox.calls
        .filter(({ service, method }) => service === "heroku" && method !== "GET")
        .map(({ method, path, requestBody }) => ({ method, path: path.split("?")[0] ?? "", body: requestBody }));
    } finally {
      await sandbox.close();
    }
  }

  async function succeed(sandbox: Sandbox, answers: Partial<Record<AnswerName, string>>): Promise<void> {
    const { applied } = await setUp(sandbox, folder, answersFor(sandbox, answers));
    expect(applied.failed.map(({ id, error }) => `${id}: ${error}`)).toEqual([]);
  }

  const routes = (sent: readonly Sent[]) =>
    new Set(sent.map(({ method, path }) => `${method} ${path.replaceAll(/reluvia-[a-z-]+/g, "*")}`));

  it(`fits: a first setup, then other sizes, plans and sources${why}`, async () => {
    const sent = await sentBy(async (sandbox) => {
      await succeed(sandbox, {});
      await git(folder, "commit", "-q", "--allow-empty", "-m", "x");
      await succeed(sandbox, { "metabase-dyno": "standard-2x", "pipeline-dyno": "standard-1x" });
      await succeed(sandbox, { "postgres-plan": "essential-1" });
    });
    expect(routes(sent)).toEqual(
      new Set([
        "POST /apps",
        "PUT /apps/*/buildpack-installations",
        "POST /apps/*/addons",
        "POST /sources",
        "POST /addon-attachments",
        "PATCH /apps/*/config-vars",
        "POST /apps/*/builds",
        "PATCH /apps/*/formation",
        "PATCH /apps/*/addons/*",
      ]),
    );
    expect(sent.flatMap((one) => wrongWith(schema(), one))).toEqual([]);
  });

  it(`fits: the buildpack's way, and from there to an image on another stack${why}`, async () => {
    const sent = await sentBy(async (sandbox) => {
      await succeed(sandbox, { "metabase-runtime": "buildpack" });
      await commit(folder, "y");
      await succeed(sandbox, { "metabase-runtime": "container" });
    });
    expect(routes(sent)).toContain("PATCH /apps/*");
    expect(sent.flatMap((one) => wrongWith(schema(), one))).toEqual([]);
  });

  it(`fits: apps of a team, and personal ones of somebody whose default is a team${why}`, async () => {
    for (const personal of [true, false]) {
      const sent = await sentBy(async (sandbox) => {
        sandbox.world.teams.push({ id: "00000000-0000-4000-8000-000000000001", name: "acme" });
        if (personal) sandbox.world.account.default_team = "acme";
        const team = personal ? {} : { team: "acme", "metabase-dyno": "basic", "pipeline-dyno": "basic" };
        await succeed(sandbox, team);
        expect(sandbox.world.apps.map((app) => app.team)).toEqual(personal ? [null, null] : ["acme", "acme"]);
      });
      expect(routes(sent)).toContain("POST /teams/apps");
      expect(sent.flatMap((one) => wrongWith(schema(), one))).toEqual([]);
    }
  });

  it(`is told apart from what does not fit${why}`, () => {
    const wrong = (method: string, path: string, body: unknown) => wrongWith(schema(), { method, path, body });
    expect(wrong("POST", "/apps", { name: "a-b", team: "acme" })).toEqual(["body.team is unknown"]);
    expect(wrong("POST", "/apps", { name: 5 })).toEqual(["body.name is no string"]);
    expect(wrong("PATCH", "/apps/a-b/formation", { updates: [{ type: "web", size: "Eco" }] })).toEqual([
      "body.updates[0].size is unknown",
    ]);
    expect(wrong("POST", "/apps/a-b/builds", { source_blob: { url: "u", checksum: 1 } })).toHaveLength(1);
    expect(wrong("POST", "/apps/a-b/addons", {})).toEqual(["body.plan is missing"]);
    expect(wrong("PATCH", "/apps/a-b/config-vars", { "A-B": "x", C: 1 })).toHaveLength(2);
    expect(wrong("POST", "/nowhere", {})).toEqual(["POST /nowhere is no route of the schema"]);
  });
});
