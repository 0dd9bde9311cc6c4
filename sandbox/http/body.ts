// Reads a request's JSON body through a strict schema and refuses it as Heroku does.
import type { z } from "zod";
import type { Ctx } from "./context.js";
import { ApiError, invalid } from "./errors.js";

/**
 * The body, checked. Throws 400 bad_request when it is not a JSON object, 422 invalid_params naming the
 * property when one is unknown, missing, or of the wrong kind. An absent body counts as an empty object.
 */
export async function readBody<T>(c: Ctx, schema: z.ZodType<T>): Promise<T> {
  const value = await readJson(c);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(describe(result.error));
}

/** The body as parsed JSON, `{}` when there is none. */
export async function readJson(c: Ctx): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === "") return {};
  const type = c.req.header("content-type") ?? "";
  if (!/\bjson\b/.test(type)) {
    throw new ApiError(415, { id: "unsupported_media_type", message: "The body must be sent as application/json." });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new ApiError(400, { id: "bad_request", message: "Request body is not a JSON object." });
}

/** Refuses a body where the route takes none. */
export async function noBody(c: Ctx): Promise<void> {
  const value = await readJson(c);
  const names = Object.keys(value as object);
  if (names.length > 0) throw invalid(`Unknown params: ${names.join(", ")}.`);
}

function describe(error: z.ZodError): string {
  const sentences = error.issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      return `Unknown params: ${issue.keys.map((key) => (path === "" ? key : `${path}.${key}`)).join(", ")}.`;
    }
    if (issue.code === "invalid_type" && /received undefined/.test(issue.message)) return `Require params: ${path}.`;
    return `Invalid ${path === "" ? "body" : path}: ${issue.message}.`;
  });
  return sentences.join(" ");
}
