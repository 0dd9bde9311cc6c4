// Which build the running release came from.
import type { Build } from "../heroku/builds.js";
import { currentRelease, type Release } from "../heroku/releases.js";

/**
 * The build behind the release that runs, or undefined when nothing has been deployed. By slug where there is one; an
 * image's release is matched by what its build's release runs; else the newest build that succeeded.
 * @param releases newest first @param builds newest first
 */
export function deployedBuild(releases: readonly Release[], builds: readonly Build[]): Build | undefined {
  const current = currentRelease(releases);
  if (!current) return undefined;
  const succeeded = builds.filter((build) => build.status === "succeeded");
  if (current.slugId) return succeeded.find((build) => build.slugId === current.slugId);
  const made = succeeded.find((build) => build.releaseId !== undefined && build.releaseId === current.id);
  if (made) return made;
  if (current.artifactIds.length > 0) {
    const runs = new Set(current.artifactIds);
    const same = releases.filter((release) => release.artifactIds.some((id) => runs.has(id)));
    const byImage = succeeded.find((build) => same.some((release) => release.id === build.releaseId));
    if (byImage) return byImage;
  }
  return newestReleased(succeeded, releases);
}

/** The newest build whose release did not fail: where the API ties neither slug nor image to a release. */
function newestReleased(succeeded: readonly Build[], releases: readonly Release[]): Build | undefined {
  const failed = new Set(releases.filter((release) => release.status === "failed").map((release) => release.id));
  return succeeded.find((build) => build.releaseId === undefined || !failed.has(build.releaseId));
}
