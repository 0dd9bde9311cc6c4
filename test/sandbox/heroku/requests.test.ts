// Every request body that the sandbox takes has exactly the properties of the published schema: compared when HEROKU_SCHEMA names a copy.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as addons from "../../../sandbox/heroku/addons.js";
import * as apps from "../../../sandbox/heroku/apps.js";
import * as attachments from "../../../sandbox/heroku/attachments.js";
import * as buildpacks from "../../../sandbox/heroku/buildpacks.js";
import * as builds from "../../../sandbox/heroku/builds.js";
import * as dynos from "../../../sandbox/heroku/dynos.js";
import * as formation from "../../../sandbox/heroku/formation.js";
import * as logSessions from "../../../sandbox/heroku/log-sessions.js";
import * as releases from "../../../sandbox/heroku/releases.js";
import * as teamApps from "../../../sandbox/heroku/team-apps.js";
import type { Schema } from "./json-schema.js";

interface Link {
  title: string;
  schema?: Schema;
}
type Definition = Schema & { links?: Link[] };

const bodies: [string, string, z.ZodType][] = [
  ["app", "Create", apps.schemas.create],
  ["app", "Update", apps.schemas.update],
  ["team-app", "Create", teamApps.schemas.create],
  ["add-on", "Create", addons.schemas.create],
  ["add-on", "Update", addons.schemas.update],
  ["add-on", "Resolution", attachments.schemas.resolveAddon],
  ["add-on-attachment", "Create", attachments.schemas.create],
  ["add-on-attachment", "Resolution", attachments.schemas.resolveAttachment],
  ["buildpack-installation", "Update", buildpacks.schemas.update],
  ["build", "Create", builds.schemas.create],
  ["release", "Rollback", releases.schemas.rollback],
  ["formation", "Update", formation.schemas.update],
  ["formation", "Batch Update", formation.schemas.batch],
  ["dyno", "Create", dynos.schemas.create],
  ["log-session", "Create", logSessions.schemas.create],
];

const file = process.env.HEROKU_SCHEMA;
const why = file === undefined ? " (skipped: HEROKU_SCHEMA names no copy of it)" : "";

describe.skipIf(file === undefined)(`request bodies${why}`, () => {
  test.each(bodies)(`of %s, %s, have the properties of the published schema${why}`, (resource, title, ours) => {
    const root = JSON.parse(readFileSync(file ?? "", "utf8")) as Schema;
    const definition = follow(root, root.definitions?.[resource] ?? {}) as Definition;
    const theirs = definition.links?.find((link) => link.title === title)?.schema ?? {};
    expect(outline(root, z.toJSONSchema(ours, { io: "input" }) as Schema)).toEqual(outline(root, theirs));
  });
});

// Names at every level, with a star at those that must be there.
function outline(root: Schema, schema: Schema): unknown {
  const here = follow(root, schema);
  if (here.items !== undefined) return [outline(root, here.items)];
  if (here.properties === undefined) return "value";
  const required = here.required ?? [];
  const pairs = Object.entries(here.properties).map(([name, inner]) => [
    required.includes(name) ? `${name}*` : name,
    outline(root, inner),
  ]);
  return Object.fromEntries(pairs.sort());
}

function follow(root: Schema, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = schema.$ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], root);
  return follow(root, target as Schema);
}
