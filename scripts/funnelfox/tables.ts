// The raw tables of FunnelFox: which field of the API stands in which column, as what type.

/** The schema of all of them. */
export const SCHEMA = "raw_funnelfox";

export type ColumnType = "text" | "bigint" | "boolean" | "timestamptz" | "jsonb";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** where the value stands in an item, when not under the column's own name */
  readonly path?: readonly [object: string, field: string];
  /** an amount in minor units: a value of another type stops the load, as it does for keys and times */
  readonly money?: true;
  /** a time that the API writes as UNIX seconds */
  readonly unixSeconds?: true;
  /** a part of a key that may be missing, and is then empty */
  readonly orEmpty?: true;
}

export interface Table {
  readonly name: string;
  /** the columns of the primary key */
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: "text" }));
const time = (name: string): Column => ({ name, type: "timestamptz" });
const integer = (name: string): Column => ({ name, type: "bigint" });
const flag = (name: string): Column => ({ name, type: "boolean" });
const json = (name: string): Column => ({ name, type: "jsonb" });
const money = (name: string): Column => ({ name, type: "bigint", money: true });
const inside = (object: string, field: string, type: ColumnType): Column => ({
  name: `${object}_${field}`,
  type,
  path: [object, field],
});

/**
 * Columns as FunnelFox documents its fields (FunnelFox, API reference > List funnels, List products, List profiles, List
 * sessions, List subscriptions, List transactions, Get Session). Money is integer minor units. Ids are kept as they
 * come, with or without `pro_`.
 */
export const tables = {
  funnels: {
    name: "funnels",
    key: ["id"],
    columns: [
      ...text("id", "title", "alias", "type"),
      integer("version"),
      ...text("environment", "status"),
      json("tags"),
      time("last_published_at"),
      integer("variation_count"),
      json("experiment"),
    ],
  },
  products: { name: "products", key: ["id"], columns: text("id", "name", "status") },
  profiles: {
    name: "profiles",
    key: ["id"],
    columns: [...text("id"), time("created_at"), flag("preview"), ...text("email", "country", "funnel_id")],
  },
  sessions: {
    name: "sessions",
    key: ["id"],
    columns: [
      ...text("id"),
      time("created_at"),
      ...text("funnel_id", "profile_id", "city", "country", "ip", "user_agent"),
      integer("funnel_version"),
      ...text("origin", "postal"),
    ],
  },
  subscriptions: {
    name: "subscriptions",
    key: ["id"],
    columns: [
      ...text("id", "psp_id", "status"),
      flag("renews"),
      flag("sandbox"),
      time("created_at"),
      time("updated_at"),
      ...text("billing_interval"),
      integer("billing_interval_count"),
      money("price"),
      ...text("currency"),
      money("price_usd"),
      ...text("funnel_id"),
      integer("funnel_version"),
      ...text("payment_provider"),
      time("period_starts_at"),
      time("period_ends_at"),
      inside("profile", "id", "text"),
      inside("profile", "created_at", "timestamptz"),
      inside("profile", "email", "text"),
      inside("profile", "preview", "boolean"),
      inside("product", "id", "text"),
      inside("product", "name", "text"),
      inside("product", "status", "text"),
    ],
  },
  transactions: {
    name: "transactions",
    key: ["id"],
    columns: [
      ...text("id"),
      time("created_at"),
      ...text("session_id", "profile_id", "funnel_id"),
      json("funnel"),
      integer("funnel_version"),
      ...text("funnel_locale", "experiment_id", "currency"),
      money("price"),
      money("price_usd"),
      flag("sandbox"),
    ],
  },
  session_details: {
    name: "session_details",
    key: ["id"],
    columns: [
      ...text("id"),
      { name: "created_at", type: "timestamptz", unixSeconds: true },
      ...text("funnel_id", "profile_id", "origin", "query"),
      json("query_params"),
      json("attributes"),
      ...text("user_agent", "locale", "experiment_id"),
    ],
  },
  session_replies: {
    name: "session_replies",
    key: ["session_id", "screen_id", "element_id"],
    columns: [
      ...text("session_id"),
      { name: "screen_id", type: "text", orEmpty: true },
      { name: "element_id", type: "text", orEmpty: true },
      json("value"),
    ],
  },
} as const satisfies Record<string, Table>;

/** The same, for code that walks over any of them. */
export const allTables: readonly Table[] = Object.values(tables);
