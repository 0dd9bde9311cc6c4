// Releases and the slugs they run: read only, rollback included.
import type { Release, Slug } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import type { Routes } from "../http/context.js";
import { notFound } from "../http/errors.js";
import { page } from "../http/paging.js";
import { entry, stacks } from "../world/catalog.js";
import { appOf, findApp } from "../world/find.js";
import { declareProcesses } from "../world/formation.js";
import type { Machine } from "../world/machine.js";
import { addRelease, currentRelease, releasesOf } from "../world/releases.js";
import type { AppRecord, ReleaseRecord, SlugRecord } from "../world/types.js";

export const schemas = { rollback: z.strictObject({ release: z.string() }) };

export function releases(machine: Machine): Routes {
  const routes = newRoutes();
  const find = (app: AppRecord, named: string): ReleaseRecord => {
    const found = releasesOf(machine, app).find(({ id, version }) => id === named || String(version) === named);
    if (found === undefined) throw notFound("release", "release");
    return found;
  };
  routes.get("/apps/:app/releases", (c) => {
    const app = findApp(machine, c.req.param("app"));
    return page(
      c,
      releasesOf(machine, app).map((release) => releaseAnswer(machine, release)),
      ["version", "id"],
    );
  });
  routes.get("/apps/:app/releases/:release", (c) => {
    return c.json(releaseAnswer(machine, find(findApp(machine, c.req.param("app")), c.req.param("release"))));
  });
  routes.get("/apps/:app/releases/:release/config-vars", (c) => {
    return c.json(find(findApp(machine, c.req.param("app")), c.req.param("release")).config);
  });
  routes.post("/apps/:app/releases", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const to = find(app, (await readBody(c, schemas.rollback)).release);
    declareProcesses(machine, app, to.process_types);
    const { slug, image, process_types } = to;
    const release = addRelease(machine, app, `Rollback to v${to.version}`, { slug, image, process_types });
    return c.json(releaseAnswer(machine, release), 201);
  });
  routes.get("/apps/:app/slugs/:slug", (c) => {
    const app = findApp(machine, c.req.param("app"));
    const slug = machine.world.slugs.find(({ id, app: owner }) => owner === app.id && id === c.req.param("slug"));
    if (slug === undefined) throw notFound("slug", "slug");
    return c.json(slugAnswer(machine, slug));
  });
  return routes;
}

function releaseAnswer(machine: Machine, release: ReleaseRecord): Release {
  const app = appOf(machine, release.app);
  const { id, email } = machine.world.account;
  const isCurrent = currentRelease(machine, app)?.id === release.id;
  return {
    addon_plan_names: release.plans,
    app: { id: app.id, name: app.name },
    artifacts:
      release.image !== null
        ? [{ type: "oci-image", id: release.image }]
        : release.slug !== null
          ? [{ type: "slug", id: release.slug }]
          : [],
    created_at: release.created_at,
    current: isCurrent,
    description: release.description,
    eligible_for_rollback: release.slug !== null || release.image !== null,
    id: release.id,
    output_stream_url: null,
    slug: release.slug === null ? null : { id: release.slug },
    status: release.status,
    updated_at: release.updated_at,
    user: { email, id },
    version: release.version,
  } as Release;
}

function slugAnswer(machine: Machine, slug: SlugRecord): Slug {
  const source = machine.world.sources.find(({ id }) => id === slug.source);
  return {
    blob: {
      method: "get",
      url: `${machine.base()}/sources-store/${slug.source}?Signature=get-${source?.signature ?? ""}`,
    },
    buildpack_provided_description: slug.description,
    checksum: slug.checksum,
    commit: slug.commit,
    commit_description: null,
    created_at: slug.created_at,
    deleted_at: null,
    id: slug.id,
    process_types: slug.process_types,
    size: slug.size,
    stack: { id: entry(stacks, slug.stack)?.id ?? "", name: slug.stack },
    updated_at: slug.created_at,
  };
}
