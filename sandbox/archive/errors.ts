// What is wrong with a source archive, in words for the build log.

/** A source archive that a build cannot use; the message says which part and why. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}
