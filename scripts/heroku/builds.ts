// Sources and builds: a place to upload an archive, the build made of it, and what earlier builds were made of.
import type * as Schema from "@heroku-cli/schema";
import { Secret } from "../common/secret.js";
import { type HerokuApi, isHeroku } from "./api.js";
import { buildpackName } from "./buildpacks.js";

export interface Build {
  readonly id: string;
  readonly status: "pending" | "succeeded" | "failed";
  /** the version given with the source: here the git tree's hash */
  readonly version: string | undefined;
  readonly stack: string | undefined;
  /** undefined when the API does not tell, as for images */
  readonly buildpacks: readonly string[] | undefined;
  readonly slugId: string | undefined;
  readonly releaseId: string | undefined;
  readonly createdAt: string;
  /** holds an access token, so it is a secret */
  readonly outputStreamUrl: Secret | undefined;
}

export interface Source {
  readonly putUrl: Secret;
  readonly getUrl: Secret;
}

function view(build: Schema.Build): Build {
  return {
    id: build.id,
    status: build.status,
    version: build.source_blob?.version ?? undefined,
    stack: build.stack,
    buildpacks: build.buildpacks?.length ? build.buildpacks.map(buildpackName) : undefined,
    slugId: build.slug?.id,
    releaseId: build.release?.id,
    createdAt: build.created_at ?? "",
    outputStreamUrl: build.output_stream_url ? new Secret(build.output_stream_url) : undefined,
  };
}

/** All builds of an app, newest first (Heroku Platform API, Build > List). */
export async function listBuilds(api: HerokuApi, app: string): Promise<Build[]> {
  const builds = await api.list<Schema.Build>(`/apps/${app}/builds`, { doing: `list the builds of ${app}` });
  return builds.map(view).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

export async function readBuild(api: HerokuApi, app: string, id: string): Promise<Build> {
  return view(await api.get<Schema.Build>(`/apps/${app}/builds/${id}`, { doing: `read the build ${id} of ${app}` }));
}

/** A place for one archive. Making a second one costs nothing, so an unclear failure is simply tried again. */
export async function createSource(api: HerokuApi): Promise<Source> {
  const source = await api.post<Schema.Source>("/sources", undefined, {
    doing: "get a place to upload the source to",
    readBack: async () => undefined,
  });
  return {
    putUrl: new Secret(source.source_blob?.put_url ?? ""),
    getUrl: new Secret(source.source_blob?.get_url ?? ""),
  };
}

export interface BuildWish {
  readonly app: string;
  readonly url: Secret;
  readonly version: string;
  /** `SHA256:` and the hex digest of the archive */
  readonly checksum: string;
  /** builds that were there before, so that one made by an unclear try is recognised */
  readonly before: ReadonlySet<string>;
}

/** Starts a build, or returns the one that an unclear try has started (Heroku Platform API, Build > Create). */
export async function createBuild(api: HerokuApi, wish: BuildWish): Promise<Build> {
  const { app, url, version, checksum, before } = wish;
  const readBack = async () =>
    (await listBuilds(api, app)).find((build) => build.version === version && !before.has(build.id));
  const made = await api.post<Schema.Build | Build>(
    `/apps/${app}/builds`,
    { source_blob: { url: url.reveal(), version, checksum } },
    { doing: `build ${app}`, readBack },
  );
  return "createdAt" in made ? (made as Build) : view(made as Schema.Build);
}

/** True when the API says that the build is not there. */
export const isGone = (error: unknown): boolean => isHeroku(error, "not_found", "gone");
