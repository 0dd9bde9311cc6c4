// Releases of an app: which one runs, and what it was made of.
import type * as Schema from "@heroku-cli/schema";
import type { HerokuApi } from "./api.js";

export interface Release {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly current: boolean;
  readonly slugId: string | undefined;
  /** ids of the images or slugs that it runs */
  readonly artifactIds: readonly string[];
  readonly description: string;
  readonly createdAt: string;
}

function view(release: Schema.Release): Release {
  const artifacts = Array.isArray(release.artifacts) ? (release.artifacts as { id?: unknown }[]) : [];
  return {
    id: release.id ?? "",
    version: release.version ?? 0,
    status: release.status ?? "succeeded",
    current: release.current === true,
    slugId: release.slug?.id,
    artifactIds: artifacts.flatMap((artifact) => (typeof artifact?.id === "string" ? [artifact.id] : [])),
    description: release.description ?? "",
    createdAt: release.created_at ?? "",
  };
}

/** The newest releases, newest first: enough to find the one that runs (Heroku Platform API, Release > List; Ranges). */
export async function listReleases(api: HerokuApi, app: string, most = 100): Promise<Release[]> {
  const releases = await api.list<Schema.Release>(`/apps/${app}/releases`, {
    doing: `list the releases of ${app}`,
    newest: `version ..; order=desc,max=${most}`,
  });
  return releases.map(view).sort((a, b) => b.version - a.version);
}

/** The release that runs: the one marked current, else the newest that succeeded. */
export function currentRelease(releases: readonly Release[]): Release | undefined {
  return releases.find((release) => release.current) ?? releases.find((release) => release.status === "succeeded");
}
