// A small git checkout to deploy, so that the benchmark measures setup and not git.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Checkout {
  readonly folder: string;
  remove(): void;
}

/** @param metabase the folder that is deployed to the Metabase app */
export function makeCheckout(metabase: string): Checkout {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bench", version: "1.0.0" }));
  writeFileSync(join(folder, "requirements.txt"), "");
  writeFileSync(join(folder, "Procfile"), "pipeline: node dist/scripts/pipeline.js\n");
  cpSync(metabase, join(folder, "metabase"), { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args], { cwd: folder });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "First version");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
