// Builds from request to release: worked out in the background, shown as pending for a number of reads, then released once.
import { createHash } from "node:crypto";
import { compile } from "./compile.js";
import { appOf } from "./find.js";
import { declareProcesses } from "./formation.js";
import { newId } from "./ids.js";
import { log, type Machine } from "./machine.js";
import { addRelease } from "./releases.js";
import type { BuildOutcome, BuildRecord, SlugRecord } from "./types.js";

/** Works the build out in the background, unless that is done or under way; safe to call again after a crash. */
export function beginBuild(machine: Machine, build: BuildRecord): Promise<void> {
  const key = `build ${build.id}`;
  const under = machine.running.get(key);
  if (build.outcome !== null || build.status !== "pending") return Promise.resolve();
  if (under !== undefined) return under;
  const work = outcomeOf(machine, build)
    .then(({ lines, outcome }) => {
      build.log = `${lines.join("\n")}\n`;
      build.outcome = outcome;
      machine.touch();
      machine.store.save(machine.world);
    })
    .finally(() => machine.running.delete(key));
  machine.running.set(key, work);
  return work;
}

/** A read of the build: one nearer to its end. */
export function observeBuild(machine: Machine, build: BuildRecord): void {
  if (build.status !== "pending") return;
  machine.touch();
  if (build.outcome === null) {
    void beginBuild(machine, build).catch((error: unknown) =>
      process.stderr.write(`sandbox: build ${build.id}: ${error}\n`),
    );
  }
  if (build.readsLeft > 0) build.readsLeft -= 1;
  else endBuild(machine, build);
}

/** Ends a build whose outcome is known: a slug or image, the release, its process types; or a failure. */
export function endBuild(machine: Machine, build: BuildRecord): void {
  const { outcome } = build;
  if (build.status !== "pending" || outcome === null) return;
  build.updated_at = machine.stamp();
  machine.touch();
  const app = appOf(machine, build.app);
  for (const line of build.log.trimEnd().split("\n")) log(machine, app.id, "app[api]", line);
  if (!outcome.ok) {
    build.status = "failed";
    return;
  }
  const isContainer = build.stack === "container";
  const commit = (build.source.version ?? "").slice(0, 8);
  const slug = isContainer ? null : newSlug(machine, build, outcome);
  if (slug !== null) machine.world.slugs.push(slug);
  app.stack = build.stack;
  app.slug_size = slug?.size ?? null;
  declareProcesses(machine, app, outcome.processTypes);
  const release = addRelease(machine, app, commit === "" ? "Deploy" : `Deploy ${commit}`, {
    slug: slug?.id ?? null,
    image: isContainer ? newId() : null,
    process_types: outcome.processTypes,
  });
  build.status = "succeeded";
  build.slug = slug?.id ?? null;
  build.release = release.id;
}

async function outcomeOf(machine: Machine, build: BuildRecord): Promise<{ lines: string[]; outcome: BuildOutcome }> {
  const app = appOf(machine, build.app);
  const head = [`-----> Building on the ${build.stack} stack`];
  const fail = (message: string): { lines: string[]; outcome: BuildOutcome } => ({
    lines: [...head, ` !     ${message}`, " !     Push failed"],
    outcome: { ok: false, message },
  });
  const bytes = machine.store.getBlob(sourceId(build.source.url) ?? "");
  if (bytes === undefined) return fail("Could not fetch the source: nothing was uploaded to it.");
  const sum = createHash("sha256").update(bytes).digest("hex");
  const wanted = build.source.checksum?.replace(/^SHA256:/, "").toLowerCase();
  if (wanted !== undefined && wanted !== sum) return fail(`Checksum mismatch: expected ${wanted}, got ${sum}.`);
  const { log: lines, outcome } = await compile(
    { ...app, build_stack: build.stack, buildpacks: build.buildpacks },
    bytes,
  );
  return { lines: [...head, ...lines], outcome };
}

function newSlug(machine: Machine, build: BuildRecord, outcome: BuildOutcome & { ok: true }): SlugRecord {
  return {
    id: newId(),
    app: build.app,
    source: sourceId(build.source.url) ?? "",
    stack: build.stack,
    commit: build.source.version,
    checksum: build.source.checksum,
    description: outcome.description,
    size: outcome.size,
    process_types: outcome.processTypes,
    created_at: machine.stamp(),
  };
}

/** The source that a get_url of ours names. */
export function sourceId(url: string): string | undefined {
  return /\/sources-store\/([0-9a-f-]{36})(?:\?|$)/.exec(url)?.[1];
}
