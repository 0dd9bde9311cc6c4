// The project as files: SQL is written one way, every column is explained, no mart is outside the gate, and nothing shadows dbt itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ExpectedError } from "../../scripts/common/errors.js";
import { projectRoot } from "../../scripts/pipeline/launch.js";
import { run } from "../../scripts/python/child.js";
import { ensurePython } from "../../scripts/python/ensure.js";

const dbt = join(projectRoot, "dbt");
const read = (...path: string[]) => readFileSync(join(dbt, ...path), "utf8");

function filesBelow(folder: string): string[] {
  return readdirSync(join(dbt, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const namesBelow = (folder: string) =>
  filesBelow(folder)
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.replace(/.*\/|\.sql$/g, ""));

interface Described {
  models: { name: string; description: string; columns: { name: string; data_type: string; description: string }[] }[];
}

describe("the dbt project", () => {
  test("sqlfluff finds nothing", async (context) => {
    const python = await ensurePython({
      root: projectRoot,
      env: process.env,
      report: (line) => console.error(line),
      development: true,
    }).catch((error: unknown) => {
      if (!(error instanceof ExpectedError && error.kind === "unreachable") || process.env.CI === "true") throw error;
      console.error(`SKIPPED, no Python environment: ${error.message}`);
      return context.skip(error.message);
    });
    const linted = await run(join(python.bin, "sqlfluff"), ["lint", "--nocolor", "."], {
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
      cwd: dbt,
      timeoutMs: 180_000,
    });
    expect(linted.stdout + linted.stderr).not.toContain("FAIL");
    expect(linted.code).toBe(0);
  }, 600_000);

  test("every mart and every column of it quotes the page of definitions", () => {
    const paragraphs = [...read("metrics.md").matchAll(/\{% docs (\w+) %\}([^{]+)\{% enddocs %\}/g)];
    const explained = new Map(paragraphs.map(([, name, text]) => [name ?? "", text ?? ""]));
    expect(explained.size).toBe(paragraphs.length);
    const quoted = new Set<string>();
    for (const mart of namesBelow("models/marts")) {
      const { models } = parse(read("models/marts", `${mart}.yml`)) as Described;
      expect(models.map(({ name }) => name)).toEqual([mart]);
      for (const one of models) {
        for (const { name, description } of [one, ...one.columns]) {
          const [, quote = ""] = /^\{\{ doc\('(\w+)'\) \}\}$/.exec(description) ?? [];
          expect(explained.get(quote), `${mart}.${name}`).toBeTruthy();
          quoted.add(quote);
        }
      }
    }
    expect([...explained.keys()].filter((name) => !quoted.has(name))).toEqual([]);
  });

  test("every mart of figures waits for the gate, and the gate for every intermediate model", () => {
    const gate = read("models/intermediate/quality/int_quality_gate.sql");
    for (const name of namesBelow("models/intermediate").filter((one) => one !== "int_quality_gate")) {
      expect(gate).toContain(`ref('${name}')`);
    }
    for (const mart of namesBelow("models/marts").filter((one) => !["pipeline_runs", "storage_daily"].includes(one))) {
      expect(read("models/marts", `${mart}.sql`), mart).toContain("ref('int_quality_gate')");
    }
  });

  test("JSON and casts of Postgres stand in staging and macros only", () => {
    for (const file of [...filesBelow("models/intermediate"), ...filesBelow("models/marts")]) {
      if (!file.endsWith(".sql")) continue;
      expect(readFileSync(file, "utf8"), file).not.toMatch(
        /::|->|at time zone|interval '|generate_series|distinct on|\bnow\(\)/,
      );
    }
  });

  test("no folder or file of it takes the place of a part of dbt's own Python package, and no package is fetched", () => {
    for (const name of ["__init__.py", "adapters", "packages.yml", "dependencies.yml"]) {
      expect(existsSync(join(dbt, name)), name).toBe(false);
    }
    expect(filesBelow(".").filter((file) => file.endsWith(".py"))).toEqual([]);
    const project = parse(read("dbt_project.yml")) as { flags: Record<string, unknown> };
    expect(project.flags.send_anonymous_usage_stats).toBe(false);
  });
});
