// Buildpacks of an app as an ordered list of names.
import type * as Schema from "@heroku-cli/schema";
import type { HerokuApi } from "./api.js";

/**
 * One spelling for a buildpack, whichever of its forms came: the registry's name where it has one, else its address.
 * The API shows `heroku/nodejs` as urn:buildpack:heroku/nodejs, as the registry's archive, or by its name.
 */
export function buildpackName(buildpack: {
  name?: string | null | undefined;
  url?: string | null | undefined;
}): string {
  const text = buildpack.name || buildpack.url || "";
  const shorter = shortened(text);
  // Until nothing is left to take off, so that a name of ours is always its own name.
  return shorter === text ? text : buildpackName({ name: shorter });
}

function shortened(given: string): string {
  const text = given.trim();
  const registry = /^urn:buildpack:(.+)$/.exec(text)?.[1] ?? /\/buildpacks\/([^/]+\/[^/]+?)\.tgz$/.exec(text)?.[1];
  if (registry) return registry;
  const official = /^https:\/\/github\.com\/heroku\/heroku-buildpack-([a-z0-9-]+?)(\.git)?\/?$/.exec(text)?.[1];
  return official ? `heroku/${official}` : text.replace(/(\.git)?\/?$/, "");
}

/** An app's buildpacks in their order (Heroku Platform API, Buildpack Installations > List). */
export async function listBuildpacks(api: HerokuApi, app: string): Promise<string[]> {
  const installed = await api.list<Schema.BuildpackInstallations>(`/apps/${app}/buildpack-installations`, {
    doing: `list the buildpacks of ${app}`,
  });
  return [...installed]
    .sort((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0))
    .map((installation) => buildpackName(installation.buildpack ?? {}));
}

/** Replaces the whole ordered list (Heroku Platform API, Buildpack Installations > Update). */
export async function putBuildpacks(api: HerokuApi, app: string, buildpacks: readonly string[]): Promise<void> {
  const body = { updates: buildpacks.map((buildpack) => ({ buildpack })) };
  await api.put(`/apps/${app}/buildpack-installations`, body, { doing: `set the buildpacks of ${app}` });
}
