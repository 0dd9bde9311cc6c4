// As much of JSON Schema (draft 4, with Heroku's strictProperties) as checking an answer against the published hyper-schema needs.

export interface Schema {
  $ref?: string;
  type?: string[] | string;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  strictProperties?: boolean;
  pattern?: string;
  definitions?: Record<string, Schema>;
}

/** What is wrong with the value, each with its path; nothing when it fits. */
export function problems(root: Schema, schema: Schema, value: unknown, path = ""): string[] {
  const here = resolve(root, schema);
  if (here.anyOf !== undefined) {
    const tries = here.anyOf.map((option) => problems(root, option, value, path));
    return tries.some((found) => found.length === 0) ? [] : (tries[0] ?? []);
  }
  const types = here.type === undefined ? [] : [here.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return [`${path}: ${JSON.stringify(value)} is no ${types}`];
  if (value === null) return [];
  if (here.enum !== undefined && !here.enum.includes(value))
    return [`${path}: ${String(value)} is none of ${here.enum}`];
  if (Array.isArray(value)) {
    const { items } = here;
    return items === undefined ? [] : value.flatMap((item, index) => problems(root, items, item, `${path}[${index}]`));
  }
  if (typeof value !== "object" || here.properties === undefined) return [];
  return objectProblems(root, here, here.properties, value as Record<string, unknown>, path);
}

function objectProblems(
  root: Schema,
  here: Schema,
  properties: Record<string, Schema>,
  value: Record<string, unknown>,
  path: string,
): string[] {
  const missing = here.strictProperties === true ? Object.keys(properties) : (here.required ?? []);
  return [
    ...missing.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const schema = properties[name];
      if (schema !== undefined) return problems(root, schema, inner, `${path}.${name}`);
      return here.strictProperties === true ? [`${path}.${name} is unknown`] : [];
    }),
  ];
}

function resolve(root: Schema, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = schema.$ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], root);
  const { $ref: _, ...own } = schema;
  return resolve(root, { ...(target as Schema), ...own });
}

function isOf(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
