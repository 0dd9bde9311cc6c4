// What this checkout would deploy: the git trees of its last commit, and whether files differ from it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The source that is to run, or why there is none to deploy. */
export type CheckoutSource =
  | {
      readonly known: true;
      /** hash of the git tree that becomes the archive's root, and the version of the build */
      readonly tree: string;
      /** true when files differ from the last commit */
      readonly dirty: boolean;
      /** which files, as far as they are known */
      readonly changed?: readonly string[];
    }
  | { readonly known: false; readonly why: string };

/** A tree or version as people read it. */
export const shortVersion = (tree: string): string => tree.slice(0, 9);

/** Runs git in a folder and gives its output; rejects when git is missing or says no. */
export type Git = (args: readonly string[]) => Promise<Buffer>;

const GIT_DEADLINE_MS = 60_000;
const ARCHIVE_LIMIT_BYTES = 512 * 1024 * 1024;

/** git in a folder, bounded in time, asking nobody for anything. */
export function gitIn(folder: string): Git {
  const run = promisify(execFile);
  return async (args) => {
    const { stdout } = await run("git", [...args], {
      cwd: folder,
      encoding: "buffer",
      timeout: GIT_DEADLINE_MS,
      maxBuffer: ARCHIVE_LIMIT_BYTES,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    });
    return stdout;
  };
}

/** Reads the trees of both apps: the folder itself and its subfolder for Metabase. Never throws: a reason is an answer. */
export async function readCheckout(
  git: Git,
  metabaseFolder: string,
): Promise<{ pipeline: CheckoutSource; metabase: CheckoutSource }> {
  const both = (source: CheckoutSource) => ({ pipeline: source, metabase: source });
  const line = async (...args: string[]) => (await git(args)).toString("utf8").trim();
  try {
    const inside = await line("rev-parse", "--is-inside-work-tree");
    if (inside !== "true")
      return both({ known: false, why: "this folder is inside a git repository, but no checkout" });
  } catch (error) {
    return both({ known: false, why: whyNoCheckout(error) });
  }
  try {
    await line("rev-parse", "--verify", "--quiet", "HEAD");
  } catch {
    return both({ known: false, why: "this git repository has no commit yet" });
  }
  try {
    await line("rev-parse", "--verify", "--quiet", "HEAD:./");
  } catch {
    return both({ known: false, why: "this folder is not in the last commit of its git repository" });
  }
  try {
    const [status, tree, metabase] = await Promise.all([
      line("status", "--porcelain", "--untracked-files=normal", "--", "."),
      line("rev-parse", "HEAD:./"),
      line("rev-parse", "--verify", "--quiet", `HEAD:./${metabaseFolder}`),
    ]);
    const changed = status.split("\n").flatMap((entry) => (entry === "" ? [] : [entry.trim().replace(/^\S+\s+/, "")]));
    const dirty = changed.length > 0;
    return {
      pipeline: { known: true, tree, dirty, changed },
      metabase: { known: true, tree: metabase, dirty, changed },
    };
  } catch {
    return both({ known: false, why: `the last commit has no folder ${metabaseFolder}/` });
  }
}

function whyNoCheckout(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === "ENOENT") return "git is not installed";
  return String(stderr).includes("dubious ownership")
    ? "git does not read this folder, because it belongs to another user (safe.directory)"
    : "this folder is not a git checkout";
}
