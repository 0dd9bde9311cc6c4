// The statements of one table: made, filled by COPY, merged by key.
import { SCHEMA, type Table } from "./tables.js";

export interface Statements {
  readonly create: string;
  /** columns that a table of an earlier version lacks */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly target: string;
  readonly makeStaging: string;
  readonly dropStaging: string;
  readonly truncate: string;
  readonly copy: string;
  /** keeps the last row of each key */
  readonly dedupe: string;
  readonly insert: string;
  readonly update: string;
  /** whether a row of the batch was loaded after $1 */
  readonly unknown: string;
}

/**
 * Two statements in place of ON CONFLICT: that would lock, and so rewrite, also rows that are equal, and insert each new
 * one speculatively (PostgreSQL documentation, INSERT > ON CONFLICT Clause). There is one writer: the extractor's lock.
 */
export function statementsFor(table: Table): Statements {
  const columns = [...table.columns.map(({ name, type }) => ({ name, type: type as string })), EXTRA];
  const names = columns.map(({ name }) => quoted(name));
  const others = names.filter((name) => !table.key.map(quoted).includes(name));
  const target = `${SCHEMA}.${quoted(table.name)}`;
  const staging = `${SCHEMA}.${quoted(`_staging_${table.name}`)}`;
  const definitions = columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(", ");
  const on = (left: string, right: string) =>
    table.key.map((name) => `${left}.${quoted(name)} = ${right}.${quoted(name)}`).join(" and ");
  const list = (from: string, which: readonly string[]) => which.map((name) => `${from}.${name}`).join(", ");
  return {
    target,
    columns,
    create: `create table if not exists ${target} (${definitions}, _loaded_at timestamptz not null default now(),
      primary key (${table.key.map(quoted).join(", ")}))`,
    makeStaging: `drop table if exists ${staging};
      create unlogged table ${staging} (${definitions}) with (autovacuum_enabled = off)`,
    dropStaging: `drop table if exists ${staging}`,
    truncate: `truncate ${staging}`,
    copy: `copy ${staging} (${names.join(", ")}) from stdin`,
    dedupe: `delete from ${staging} a using ${staging} b where ${on("a", "b")} and a.ctid < b.ctid`,
    // A batch is small beside its table: looking up each key beats reading the table.
    insert: `set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off;
      insert into ${target} (${names.join(", ")}, _loaded_at) select ${list("s", names)}, now() from ${staging} s
      where not exists (select from ${target} t where ${on("t", "s")})`,
    update: `update ${target} t set ${others.map((name) => `${name} = s.${name}`).join(", ")}, _loaded_at = now()
      from ${staging} s where ${on("t", "s")} and (${list("t", others)}) is distinct from (${list("s", others)})`,
    unknown: `select exists (select from ${staging} s join ${target} t on ${on("t", "s")} where t._loaded_at > $1) as unknown`,
  };
}

const EXTRA = { name: "_extra", type: "jsonb" };

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
