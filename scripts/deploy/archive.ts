// A git tree as the gzipped archive that Heroku builds from.
import { createHash } from "node:crypto";
import { ExpectedError, messageOf } from "../common/errors.js";
import type { Git } from "./checkout.js";

export interface Archive {
  readonly bytes: Buffer;
  /** as the Builds API takes it: `SHA256:` and the hex digest */
  readonly checksum: string;
}

/** Packs a tree with `git archive`, so that what is ignored for export stays behind (git-archive, ATTRIBUTES). */
export async function packTree(git: Git, tree: string): Promise<Archive> {
  let bytes: Buffer;
  try {
    bytes = await git(["archive", "--format=tar.gz", tree]);
  } catch (error) {
    throw new ExpectedError("failed", `git could not pack the tree ${tree.slice(0, 9)}.`, {
      why: messageOf(error).split("\n")[0],
      commands: ["git fsck"],
      cause: error,
    });
  }
  return { bytes, checksum: `SHA256:${createHash("sha256").update(bytes).digest("hex")}` };
}
