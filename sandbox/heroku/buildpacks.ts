// The ordered buildpacks of an app, which its next build will run.
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Routes } from "../http/context.js";
import { invalid } from "../http/errors.js";
import { findApp } from "../world/find.js";
import type { Machine } from "../world/machine.js";
import type { AppRecord } from "../world/types.js";

export const schemas = {
  update: z.strictObject({ updates: z.array(z.strictObject({ buildpack: z.string().min(1) })) }),
};

const registered = ["clojure", "go", "gradle", "java", "jvm", "nodejs", "php", "python", "ruby", "scala"];

/** As the API writes one: registry names as `{url: "urn:buildpack:heroku/nodejs", name: "heroku/nodejs"}`. */
export interface BuildpackAnswer {
  ordinal: number;
  buildpack: { url: string; name: string };
}

export function buildpacks(machine: Machine): Routes {
  const routes = newRoutes();
  const answer = (app: AppRecord): BuildpackAnswer[] =>
    app.buildpacks.map((name, ordinal) => ({ ordinal, buildpack: buildpackAnswer(name) }));
  routes.get("/apps/:app/buildpack-installations", (c) => c.json(answer(findApp(machine, c.req.param("app")))));
  routes.put("/apps/:app/buildpack-installations", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const { updates } = await readBody(c, schemas.update);
    const names = updates.map(({ buildpack }) => nameOf(buildpack));
    if (new Set(names).size !== names.length) throw invalid("A buildpack can be installed only once.");
    app.buildpacks = names;
    app.updated_at = machine.stamp();
    machine.touch();
    return c.json(answer(app));
  });
  return routes;
}

export function buildpackAnswer(name: string): { url: string; name: string } {
  return { url: name.includes("://") ? name : `urn:buildpack:${name}`, name };
}

// A buildpack is told by its registry name, the URN of that, or the URL of an archive or a git repository.
function nameOf(wished: string): string {
  const name = wished.replace(/^urn:buildpack:/, "");
  if (/^https?:\/\/[^\s]+$/.test(name) && URL.canParse(name)) return name;
  const [owner, short = ""] = name.split("/");
  const isKnown = /^[\w-]+\/[\w-]+$/.test(name) && (owner !== "heroku" || registered.includes(short));
  if (!isKnown) throw invalid(`Invalid buildpack: ${wished}. It is neither in the registry nor a URL.`);
  return name;
}
