// What a dyno loads for the pipeline: no questions, no task views, no development packages.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/built.js";

/** Every package that the file and what it imports name, statically or not; types are nothing at run time. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  const text = readFileSync(file, "utf8").replace(/^(import|export) type [\s\S]*?;$/gm, "");
  for (const [, target = ""] of text.matchAll(/(?:\bfrom|\bimport\(?)\s*"([^"]+)"/g)) {
    if (target.startsWith(".")) {
      const next = resolve(dirname(file), target.replace(/\.js$/, ".ts"));
      for (const one of packagesOf(next, seen)) found.add(one);
    } else if (!target.startsWith("node:")) found.add(target);
  }
  return found;
}

it.each(["pipeline", "meltano", "dbt"])("%s needs pg, zod and chalk alone", (command) => {
  // ../terminal/output.js is loaded by other commands only, through the helper that tells a Node that is too old.
  const seen = new Set([resolve(root, "scripts/terminal/output.ts")]);
  const found = [...packagesOf(resolve(root, `scripts/${command}.ts`), seen)].sort();
  expect(found.filter((name) => !["chalk", "pg", "zod"].includes(name))).toEqual([]);
});
