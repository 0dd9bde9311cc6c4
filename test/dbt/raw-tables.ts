// Raw tables as the models declare them, and rows put into them by hand.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { parse } from "yaml";
import { projectRoot } from "../../scripts/pipeline/launch.js";

interface Declared {
  sources: {
    schema: string;
    tables: { name: string; config: { meta: { key: string[] } }; columns: { name: string; data_type: string }[] }[];
  }[];
}

/** Schema, table, key and columns of every declared raw table. */
export function declaredTables(): { name: string; key: string[]; columns: { name: string; data_type: string }[] }[] {
  return ["stripe", "amplitude", "funnelfox"].flatMap((source) => {
    const file = join(projectRoot, "dbt/models/staging", source, `_${source}__sources.yml`);
    const { sources } = parse(readFileSync(file, "utf8")) as Declared;
    return sources.flatMap(({ schema, tables }) =>
      tables.map(({ name, config, columns }) => ({ name: `${schema}.${name}`, key: config.meta.key, columns })),
    );
  });
}

export async function makeRawTables(client: pg.Client): Promise<void> {
  for (const { name, key, columns } of declaredTables()) {
    const list = columns.map((column) => `"${column.name}" ${column.data_type}`);
    await client.query(`create table ${name} (${list.join(", ")}, primary key (${key.join(", ")}))`);
  }
}

/**
 * Inserts rows, or changes those whose key is there, as a loader does: `_loaded_at` is the load's.
 * @param rows written as a table: the first line names the columns, `-` is null, a cell in braces is JSON
 */
export async function load(client: pg.Client, table: string, loadedAt: string, rows: string): Promise<void> {
  const key = declaredTables().find(({ name }) => name === table)?.key ?? ["id"];
  const [head = [], ...lines] = rows
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const columns = [...head, "_loaded_at"];
  for (const line of lines) {
    const values = [...line.map((cell) => (cell === "-" ? null : cell)), loadedAt];
    await client.query(
      `insert into ${table} (${columns.map((name) => `"${name}"`).join(", ")})
       values (${columns.map((_, index) => `$${index + 1}`).join(", ")})
       on conflict (${key.join(", ")}) do update set ${columns.map((name) => `"${name}" = excluded."${name}"`).join(", ")}`,
      values,
    );
  }
}
