// Whether a request's body is one that the published hyper-schema knows for its route: known properties, of the right kind.
import type { Schema as Base } from "../sandbox/heroku/json-schema.js";

interface Schema extends Base {
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  links?: Link[];
}

interface Link {
  href: string;
  method: string;
  title: string;
  schema?: Schema;
}

export interface Sent {
  readonly method: string;
  /** without its query */
  readonly path: string;
  readonly body: unknown;
}

/** What is wrong with a request; nothing when it fits a route of the schema. */
export function wrongWith(root: Base, sent: Sent): string[] {
  const links = linksFor(root as Schema, sent);
  if (links.length === 0) return [`${sent.method} ${sent.path} is no route of the schema`];
  const tries = links.map(({ schema }) => {
    if (sent.body === undefined) return schema?.required?.length ? ["the body is missing"] : [];
    return schema ? problems(root as Schema, schema, sent.body, "body") : ["the route takes no body"];
  });
  return tries.some((found) => found.length === 0) ? [] : (tries[0] ?? []);
}

/** Routes of this method whose address fits; names in it stand for anything but a slash. */
function linksFor(root: Schema, { method, path }: Sent): Link[] {
  const all = Object.values(root.definitions ?? {}).flatMap((one) => follow(root, one).links ?? []);
  const fitting = all.filter((link) => {
    const parts = link.href.split(/\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&"));
    return link.method === method && new RegExp(`^${parts.join("[^/]+")}$`).test(path);
  });
  // `/teams/apps` is a route of its own beside `/teams/{team}`.
  const exact = fitting.filter(({ href }) => href === path);
  return exact.length > 0 ? exact : fitting;
}

function problems(root: Schema, schema: Schema, value: unknown, path: string): string[] {
  const here = follow(root, schema);
  if (here.anyOf) {
    const tries = here.anyOf.map((option) => problems(root, option, value, path));
    return tries.some((found) => found.length === 0) ? [] : (tries[0] ?? []);
  }
  const types = here.type === undefined ? [] : [here.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) return [`${path} is no ${types.join(" or ")}`];
  if (typeof value === "string" && here.pattern && !new RegExp(here.pattern).test(value)) {
    return [`${path} does not look like ${here.pattern}`];
  }
  if (here.enum && !here.enum.includes(value)) return [`${path} is none of ${here.enum.join(", ")}`];
  if (Array.isArray(value)) {
    const { items } = here;
    return items ? value.flatMap((item, index) => problems(root, items, item, `${path}[${index}]`)) : [];
  }
  return typeof value === "object" && value !== null ? inside(root, here, value, path) : [];
}

function inside(root: Schema, here: Schema, value: object, path: string): string[] {
  const missing = (here.required ?? []).filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`);
  const known = Object.entries(value).flatMap(([name, inner]) => {
    const pattern = Object.entries(here.patternProperties ?? {}).find(([text]) => new RegExp(text).test(name));
    const schema = here.properties?.[name] ?? pattern?.[1];
    return schema ? problems(root, schema, inner, `${path}.${name}`) : [`${path}.${name} is unknown`];
  });
  return [...missing, ...known];
}

function follow(root: Schema, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = schema.$ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], root);
  return follow(root, target as Schema);
}

function isOf(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
