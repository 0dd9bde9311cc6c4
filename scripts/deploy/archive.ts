// A git tree as the gzipped archive that Heroku builds from.
import { createHash } from "node:crypto";
import { ExpectedError, messageOf } from "../common/errors.js";
import { type Git, shortVersion } from "./checkout.js";

export interface Archive {
  readonly bytes: Buffer;
  /** as the Builds API takes it: `SHA256:` and the hex digest */
  readonly checksum: string;
}

/** Packs a tree with `git archive`, so that what is ignored for export stays behind (git-archive, ATTRIBUTES). */
export async function packTree(git: Git, tree: string): Promise<Archive> {
  let bytes: Buffer;
  try {
    // In a subfolder git would look for that folder inside the tree.
    const top = (await git(["rev-parse", "--show-toplevel"])).toString("utf8").replace(/\n$/, "");
    bytes = await git(["-C", top, "archive", "--format=tar.gz", tree]);
  } catch (error) {
    throw new ExpectedError("failed", `git could not pack the tree ${shortVersion(tree)}.`, {
      why: messageOf(error).split("\n")[0],
      commands: ["git fsck"],
      cause: error,
    });
  }
  return { bytes, checksum: `SHA256:${createHash("sha256").update(bytes).digest("hex")}` };
}
