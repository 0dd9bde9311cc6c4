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
  /** for rows of which some may be there */
  readonly insert: string;
  /** for rows that are known to be new */
  readonly insertNew: string;
  readonly update: string;
  /** how many rows are new, and how many differ */
  readonly compare: string;
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
  const differ = `(${list("t", others)}) is distinct from (${list("s", others)})`;
  const first = quoted(table.key[0] ?? "");
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
    insert: `${LOOKUPS}; insert into ${target} (${names.join(", ")}, _loaded_at) select ${list("s", names)}, now()
      from ${staging} s where not exists (select from ${target} t where ${on("t", "s")})`,
    insertNew: `insert into ${target} (${names.join(", ")}, _loaded_at) select ${list("s", names)}, now() from ${staging} s`,
    update: `${LOOKUPS}; update ${target} t set ${others.map((name) => `${name} = s.${name}`).join(", ")}, _loaded_at = now()
      from ${staging} s where ${on("t", "s")} and ${differ}`,
    compare: `${LOOKUPS}; select count(*) filter (where t.${first} is null)::int as new,
        count(*) filter (where t.${first} is not null and ${differ})::int as changed
      from ${staging} s left join ${target} t on ${on("t", "s")}`,
    // limit 1 keeps the planner from reading the whole table for rows that it thinks are few.
    unknown: `select exists (select from ${staging} s
      cross join lateral (select t._loaded_at from ${target} t where ${on("t", "s")} limit 1) t
      where t._loaded_at > $1) as unknown`,
  };
}

/** A batch is small beside its table: looking up each key beats reading the table. */
const LOOKUPS = "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off";

const EXTRA = { name: "_extra", type: "jsonb" };

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
