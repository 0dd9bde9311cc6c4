// What every answer of Heroku carries: a request id, the calls left in this hour, and an entity tag for reads.
import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { CALLS_PER_HOUR } from "../world/create.js";
import type { Machine } from "../world/machine.js";
import type { Env } from "./context.js";
import { ApiError } from "./errors.js";

/** Counts the call against the hour's 4,500, which grow back steadily; 429 when none is left. */
export function rateLimit(machine: Machine): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { rate } = machine.world;
    refill(machine);
    if (c.req.path !== "/account/rate-limits") {
      if (rate.remaining < 1) {
        c.header("RateLimit-Remaining", "0");
        const message = "Your account reached the API rate limit\nPlease wait a few minutes before making new requests";
        throw new ApiError(429, {
          id: "rate_limit",
          message,
          url: "https://devcenter.heroku.com/articles/platform-api-reference#rate-limits",
        });
      }
      rate.remaining -= 1;
    }
    c.header("RateLimit-Remaining", String(Math.floor(rate.remaining)));
    c.header("RateLimit-Multiplier", "1");
    await next();
  };
}

/** The calls left after what grew back since they were last counted. */
export function refill(machine: Machine): number {
  const { rate } = machine.world;
  const now = machine.now().getTime();
  const grown = (Math.max(0, now - rate.at) / 3_600_000) * CALLS_PER_HOUR;
  rate.remaining = Math.min(CALLS_PER_HOUR, rate.remaining + grown);
  rate.at = now;
  return Math.floor(rate.remaining);
}

/** Gives successful reads an ETag, and answers 304 to who already has that. */
export const entityTag: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.req.method !== "GET" || c.res.status !== 200) return;
  if (!(c.res.headers.get("content-type") ?? "").includes("json")) return;
  const text = await c.res.clone().text();
  const tag = `W/"${createHash("md5").update(text).digest("hex")}"`;
  const headers = new Headers(c.res.headers);
  headers.set("ETag", tag);
  if (c.req.header("if-none-match") === tag) {
    headers.delete("content-type");
    headers.delete("content-length");
    c.res = new Response(null, { status: 304, headers });
    return;
  }
  c.res.headers.set("ETag", tag);
};
