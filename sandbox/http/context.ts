// What a route sees of a request: Hono's context with Node's own request and answer beside it.
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";

export interface Env {
  Bindings: HttpBindings;
  Variables: { requestId: string };
}

export type Routes = Hono<Env>;
export type Ctx = Context<Env>;

/** Whether the official CLI asks: it sends a few bodies that the published schemas do not know. */
export function isCli(c: Ctx): boolean {
  return /^heroku-cli\//.test(c.req.header("user-agent") ?? "");
}
