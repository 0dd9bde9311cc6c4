// What a build comes to: reads the archive as the buildpacks or heroku.yml would, without running anything of it.
import { type Archive, ArchiveError, readArchive } from "../archive/index.js";
import type { AppRecord, BuildOutcome } from "./types.js";

/** The buildpack that brings Metabase itself; other buildpacks by URL cannot be imitated. */
const METABASE_BUILDPACK = /^https:\/\/github\.com\/metabase\/metabase-buildpack(\.git)?(#.*)?$/;

const pythonManagers = ["requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock"];
const nodeLocks = ["package-lock.json", "yarn.lock", "pnpm-lock.yaml"];

/** A build fails with a sentence of its log. */
class BuildError extends Error {}

export interface Compiled {
  outcome: BuildOutcome;
  log: string[];
}

/** Compiles an archive for the app's next stack. Never throws: what is wrong is a failed build with its log. */
export async function compile(app: Pick<AppRecord, "build_stack" | "buildpacks">, bytes: Buffer): Promise<Compiled> {
  const log: string[] = [];
  try {
    const archive = await readArchive(bytes);
    const isContainer = app.build_stack === "container";
    const processTypes = isContainer ? containerProcesses(archive, log) : slugProcesses(app, archive, log);
    const description = isContainer ? "container" : (app.buildpacks.at(-1) ?? "detected");
    log.push("-----> Launching...", "       Done.");
    return { log, outcome: { ok: true, processTypes, size: bytes.byteLength, description } };
  } catch (error) {
    if (!(error instanceof BuildError || error instanceof ArchiveError)) throw error;
    log.push(` !     ${error.message}`, " !     Push failed");
    return { log, outcome: { ok: false, message: error.message } };
  }
}

function containerProcesses(archive: Archive, log: string[]): Record<string, string> {
  const manifest = archive.herokuYml;
  if (manifest === undefined) {
    throw new BuildError(
      "Your app does not include a heroku.yml build manifest. It must be in the root of the archive.",
    );
  }
  const images = Object.entries(manifest.build?.docker ?? {});
  if (images.length === 0) throw new BuildError("heroku.yml builds no image: build.docker is missing.");
  for (const [type, dockerfile] of images) {
    if (!archive.files.includes(dockerfile))
      throw new BuildError(`heroku.yml: ${dockerfile} of ${type} is not in the archive.`);
    log.push(
      `=== Building ${type} (${dockerfile})`,
      ...(archive.text(dockerfile) ?? "").split("\n").filter((line) => /^FROM /.test(line)),
    );
  }
  const runs = Object.entries(manifest.run ?? {}).map(([type, run]): [string, string] => [type, commandOf(run)]);
  const bare = images
    .filter(([type]) => manifest.run?.[type] === undefined)
    .map(([type]): [string, string] => [type, "(command of the image)"]);
  const release = manifest.release === undefined ? [] : [["release", commandOf(manifest.release)] as const];
  return Object.fromEntries([...(runs.length > 0 ? runs : bare), ...release]);
}

function commandOf(run: string | { command: string | string[] }): string {
  if (typeof run === "string") return run;
  return typeof run.command === "string" ? run.command : run.command.join(" ");
}

function slugProcesses(app: Pick<AppRecord, "buildpacks">, archive: Archive, log: string[]): Record<string, string> {
  const buildpacks = app.buildpacks.length > 0 ? app.buildpacks : detect(archive);
  for (const buildpack of buildpacks) {
    log.push(`-----> Using buildpack: ${buildpack}`);
    const problem = refusal(buildpack, archive);
    if (problem !== undefined) throw new BuildError(problem);
  }
  const last = buildpacks.at(-1);
  const defaults: Record<string, string> = last === "heroku/nodejs" ? { web: "npm start" } : {};
  const declared = archive.procfile ?? defaults;
  const source = archive.procfile === undefined ? "Default types for buildpack" : "Procfile declares types";
  log.push("-----> Discovering process types", `       ${source} -> ${Object.keys(declared).join(", ") || "(none)"}`);
  return declared;
}

function detect(archive: Archive): string[] {
  if (archive.files.includes("package.json")) return ["heroku/nodejs"];
  if (pythonManagers.some((file) => archive.files.includes(file))) return ["heroku/python"];
  throw new BuildError("No default language could be detected for this app.");
}

// The checks each buildpack makes before it does anything (their sources: bin/detect and the first lines of bin/compile).
function refusal(buildpack: string, archive: Archive): string | undefined {
  const has = (file: string): boolean => archive.files.includes(file);
  if (buildpack === "heroku/nodejs") {
    if (!has("package.json")) return "App not compatible with buildpack heroku/nodejs: no package.json in the root.";
    try {
      JSON.parse(archive.text("package.json") ?? "");
    } catch {
      return "Unable to parse package.json.";
    }
    const locks = nodeLocks.filter(has);
    return locks.length > 1 ? `Build failed: conflicting lock files found: ${locks.join(", ")}.` : undefined;
  }
  if (buildpack === "heroku/python") {
    const managers = pythonManagers.filter(has);
    if (managers.length === 0)
      return `App not compatible with buildpack heroku/python: none of ${pythonManagers.join(", ")} in the root.`;
    if (managers.length > 1) return `Multiple Python package manager files were found: ${managers.join(", ")}.`;
    if (has("uv.lock") && has("runtime.txt")) return "The runtime.txt file isn't supported when using uv.";
    const venv = archive.files.find((file) => /^\.?venv\//.test(file));
    return venv === undefined ? undefined : `Existing .heroku/python or virtual environment found: ${venv}.`;
  }
  if (buildpack.startsWith("heroku/") || METABASE_BUILDPACK.test(buildpack)) return undefined;
  return `Failed to fetch the buildpack ${buildpack}: the sandbox imitates heroku/* and metabase-buildpack only.`;
}
