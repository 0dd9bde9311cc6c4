// Builds: asked for with an uploaded source, followed by their log, read until they are done.
import type { Build } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Routes } from "../http/context.js";
import { invalid, notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { beginBuild, endBuild, observeBuild, sourceId } from "../world/builds.js";
import { findApp } from "../world/find.js";
import { newId, newToken } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import type { AppRecord, BuildRecord } from "../world/types.js";
import { buildpackAnswer } from "./buildpacks.js";

export const schemas = {
  create: z.strictObject({
    buildpacks: z.array(z.strictObject({ url: z.string().optional(), name: z.string().optional() })).optional(),
    source_blob: z.strictObject({
      url: z.string().optional(),
      checksum: z.string().nullable().optional(),
      version: z.string().nullable().optional(),
      version_description: z.string().nullable().optional(),
    }),
  }),
};

export function builds(machine: Machine): Routes {
  const { world } = machine;
  const routes = newRoutes();
  const find = (app: AppRecord, named: string): BuildRecord => {
    const found = world.builds.find((build) => build.app === app.id && build.id === named);
    if (found === undefined) throw notFound("build", "build");
    return found;
  };
  routes.get("/apps/:app/builds", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const list = world.builds.filter((build) => build.app === app.id);
    for (const build of list) observeBuild(machine, build);
    return page(
      c,
      list.map((build) => buildAnswer(machine, build)),
      ["id", "created_at", "updated_at"],
    );
  });
  routes.get("/apps/:app/builds/:build", (c) => {
    const build = find(findApp(machine, c.req.param("app")), c.req.param("build"));
    observeBuild(machine, build);
    return c.json(buildAnswer(machine, build));
  });
  routes.get("/apps/:app/builds/:build/result", (c) => {
    const build = find(findApp(machine, c.req.param("app")), c.req.param("build"));
    const lines =
      build.status === "pending" ? [] : build.log.split("\n").map((line) => ({ line: `${line}\n`, stream: "STDOUT" }));
    const exit_code = build.status === "pending" ? null : build.status === "succeeded" ? 0 : 1;
    return c.json({
      build: { id: build.id, status: build.status, output_stream_url: streamUrl(machine, build) },
      exit_code,
      lines,
    });
  });
  routes.post("/apps/:app/builds", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const { source_blob, buildpacks } = await readBody(c, schemas.create);
    const source = { ...source_blob, url: source_blob.url ?? "" };
    const known = world.sources.find(({ id }) => id === sourceId(source.url));
    if (known === undefined || !source.url.includes(`Signature=get-${known.signature}`)) {
      throw invalid("source_blob.url is not the get_url of a source; the sandbox fetches no other archives.");
    }
    if (source.checksum != null && !/^SHA256:[0-9a-fA-F]{64}$/.test(source.checksum)) {
      throw invalid("source_blob.checksum must be written as SHA256: and 64 hexadecimal digits.");
    }
    const stamp = machine.stamp();
    const build: BuildRecord = {
      id: newId(),
      app: app.id,
      status: "pending",
      source: {
        url: source.url,
        checksum: source.checksum ?? null,
        version: source.version ?? null,
        version_description: source.version_description ?? null,
      },
      buildpacks:
        buildpacks?.map(({ url, name }) => (name ?? url ?? "").replace(/^urn:buildpack:/, "")) ?? app.buildpacks,
      stack: app.build_stack,
      logToken: newToken(24),
      log: "",
      outcome: null,
      readsLeft: machine.pace.buildReads,
      slug: null,
      release: null,
      created_at: stamp,
      updated_at: stamp,
    };
    world.builds.push(build);
    machine.touch();
    void beginBuild(machine, build).catch((error: unknown) =>
      process.stderr.write(`sandbox: build ${build.id}: ${error}\n`),
    );
    return c.json(buildAnswer(machine, build), 201);
  });
  return routes;
}

/** The log of a build as it runs: plain text, taken up again with `Range: bytes=N-`. At its end the build is done. */
export function buildStreams(machine: Machine): Routes {
  const routes = newRoutes();
  routes.get("/streams/builds/:build", async (c) => {
    const build = machine.world.builds.find(({ id }) => id === c.req.param("build"));
    if (build === undefined || build.logToken !== c.req.query("token")) return c.text("Not found\n", 404);
    await beginBuild(machine, build);
    const whole = Buffer.from(build.log, "utf8");
    const from = Number(/^bytes=(\d+)-$/.exec(c.req.header("range") ?? "")?.[1] ?? 0);
    if (from > whole.byteLength) return c.text("Range not satisfiable\n", 416);
    endBuild(machine, build);
    const range = `bytes ${from}-${whole.byteLength - 1}/${whole.byteLength}`;
    const headers = { "content-type": "text/plain; charset=utf-8", ...(from > 0 ? { "content-range": range } : {}) };
    return c.body(whole.subarray(from).toString("utf8"), from > 0 ? 206 : 200, headers);
  });
  return routes;
}

function streamUrl(machine: Machine, build: BuildRecord): string {
  return `${machine.base()}/streams/builds/${build.id}?token=${build.logToken}`;
}

function buildAnswer(machine: Machine, build: BuildRecord): Build {
  const { id, email } = machine.world.account;
  return {
    app: { id: build.app },
    buildpacks: build.stack === "container" ? null : build.buildpacks.map(buildpackAnswer),
    created_at: build.created_at,
    id: build.id,
    output_stream_url: streamUrl(machine, build),
    // Null until there is one, which the published type forgets.
    release: (build.release === null ? null : { id: build.release }) as NonNullable<Build["release"]>,
    slug: build.slug === null ? null : { id: build.slug },
    source_blob: { ...build.source },
    stack: build.stack,
    status: build.status,
    updated_at: build.updated_at,
    user: { email, id },
  };
}
