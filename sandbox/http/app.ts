// Puts the pretended services together: every answer has a request id, errors look like Heroku's, the unknown is loud.
import { Hono } from "hono";
import { newId } from "../world/ids.js";
import type { Ctx, Env, Routes } from "./context.js";
import { ApiError } from "./errors.js";

/** An app whose errors are answered as Heroku answers them. Every folder of routes begins with one. */
export function newRoutes(): Routes {
  const routes = new Hono<Env>();
  routes.onError((error, c) => answerError(error, c));
  return routes;
}

/** Heroku's `{id, message}` for a refusal; 500 with the cause on stderr for a fault of the sandbox itself. */
export function answerError(error: Error, c: Ctx): Response {
  if (error instanceof ApiError) return c.json(error.body, error.status);
  process.stderr.write(`sandbox: ${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}\n`);
  return c.json({ id: "internal_server_error", message: `The sandbox itself failed: ${error.message}` }, 500);
}

/** 501, said on stderr too: a route that this sandbox does not imitate must never pass for one that it does. */
export function notImitated(c: Ctx): Response {
  const what = `${c.req.method} ${c.req.path}`;
  process.stderr.write(`sandbox: ${what} is not imitated (501)\n`);
  return c.json({ id: "not_imitated", message: `The sandbox does not imitate ${what}. See sandbox/README.md.` }, 501);
}

/** Middleware: a request id of its own for every answer. */
export async function requestId(c: Ctx, next: () => Promise<void>): Promise<void> {
  const id = newId();
  c.set("requestId", id);
  c.header("Request-Id", id);
  await next();
}
