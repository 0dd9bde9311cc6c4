// Every resource answers with the properties that Heroku's does: checked against a list here, and against the published schema when HEROKU_SCHEMA names a copy.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, container, deploy, open } from "./client.js";
import { problems, type Schema } from "./json-schema.js";

const paths: Record<string, string> = {
  account: "/account",
  "rate-limit": "/account/rate-limits",
  app: "/apps/my-app",
  "team-app": "/teams/apps/team-app",
  team: "/teams",
  "add-on": "/addons",
  "add-on-attachment": "/addon-attachments",
  "add-on-service": "/addon-services",
  plan: "/addon-services/heroku-postgresql/plans",
  "buildpack-installation": "/apps/my-app/buildpack-installations",
  build: "/apps/my-app/builds",
  release: "/apps/my-app/releases",
  formation: "/apps/my-app/formation",
  dyno: "/apps/my-app/dynos",
  "dyno-size": "/dyno-sizes",
  region: "/regions",
  stack: "/stacks",
  collaborator: "/apps/my-app/collaborators",
  domain: "/apps/my-app/domains",
};

const kinds: Record<string, Record<string, string>> = {
  account: { id: "string", email: "string", verified: "boolean", suspended_at: "null", default_team: "null" },
  app: {
    id: "string",
    name: "string",
    build_stack: "object",
    stack: "object",
    region: "object",
    team: "null",
    web_url: "string",
  },
  "add-on": {
    id: "string",
    plan: "object",
    state: "string",
    config_vars: "array",
    actions: "array",
    provider_id: "string",
  },
  "add-on-attachment": { addon: "object", app: "object", name: "string", namespace: "null" },
  plan: { name: "string", price: "object", state: "string", visible: "boolean" },
  build: { status: "string", output_stream_url: "string", source_blob: "object", release: "object", slug: "object" },
  release: {
    version: "number",
    current: "boolean",
    status: "string",
    description: "string",
    addon_plan_names: "array",
  },
  formation: { type: "string", quantity: "number", size: "string", dyno_size: "object", command: "string" },
  dyno: { name: "string", state: "string", size: "string", release: "object", attach_url: "null" },
};

let client: Client;
beforeAll(async () => {
  client = await open({ provisionReads: 0 });
  await client.send("POST", "/apps", { name: "my-app", stack: "heroku-26", region: "eu" });
  await client.send("POST", "/apps", { name: "my-mb", stack: "container" });
  await client.send("POST", "/teams/apps", { name: "team-app", team: "sandbox-team" });
  await client.send("POST", "/apps/my-app/addons", { plan: "heroku-postgresql:essential-0" });
  await client.send("PUT", "/apps/my-app/buildpack-installations", { updates: [{ buildpack: "heroku/nodejs" }] });
  await deploy(client, "my-app", { "package.json": "{}" });
  await deploy(client, "my-mb", container);
});
afterAll(() => client.sandbox.close());

async function answers(path: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await client.get(path);
  expect(status).toBe(200);
  const list = [body as unknown].flat() as Record<string, unknown>[];
  expect(list.length).toBeGreaterThan(0);
  return list;
}

describe("answers", () => {
  test.each(Object.entries(kinds))("of %s have the kinds that callers rely on", async (resource, wanted) => {
    const newest = (await answers(paths[resource] ?? "")).at(-1) ?? {};
    expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, kindOf(newest[key])]))).toEqual(wanted);
  });

  const file = process.env.HEROKU_SCHEMA;
  const why = file === undefined ? " (skipped: HEROKU_SCHEMA names no copy of it)" : "";
  test.skipIf(file === undefined).each(Object.keys(paths))(`of %s fit the published schema${why}`, async (resource) => {
    const root = JSON.parse(readFileSync(file ?? "", "utf8")) as Schema;
    const schema = root.definitions?.[resource] ?? {};
    for (const answer of await answers(paths[resource] ?? "")) expect(problems(root, schema, answer)).toEqual([]);
  });

  test.skipIf(file === undefined)(`of slugs, log sessions and sources fit it too${why}`, async () => {
    const root = JSON.parse(readFileSync(file ?? "", "utf8")) as Schema;
    const slug = client.sandbox.world.slugs[0]?.id;
    const made = {
      slug: (await client.get(`/apps/my-app/slugs/${slug}`)).body,
      "log-session": (await client.send("POST", "/apps/my-app/log-sessions", {})).body,
      source: (await client.send("POST", "/sources")).body,
    };
    for (const [name, answer] of Object.entries(made)) {
      expect(problems(root, root.definitions?.[name] ?? {}, answer)).toEqual([]);
    }
  });
});

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
