// Who asks: a token as Bearer or as Basic's password, a second factor, and an account in good standing.
import type { MiddlewareHandler } from "hono";
import type { Machine } from "../world/machine.js";
import type { Ctx, Env } from "./context.js";
import { ApiError } from "./errors.js";

/** The token of an Authorization header: `Bearer t`, or Basic with it in the password's place. */
export function tokenOf(header: string | undefined): string | undefined {
  const [scheme, value] = (header ?? "").split(/\s+/, 2);
  if (value === undefined) return undefined;
  if (/^bearer$/i.test(scheme ?? "")) return value;
  if (!/^basic$/i.test(scheme ?? "")) return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

/** Throws Heroku's 401 unless the request carries the account's token. */
export function requireToken(machine: Machine, c: Ctx): void {
  const token = tokenOf(c.req.header("authorization"));
  if (token === machine.world.token) return;
  throw new ApiError(401, { id: "unauthorized", message: "Invalid credentials provided." });
}

/** Refuses, in this order: no or a wrong token, a missing API version, no second factor, a suspended or delinquent account. */
export function authenticate(machine: Machine): MiddlewareHandler<Env> {
  return async (c, next) => {
    requireToken(machine, c);
    requireVersion(c);
    const { account } = machine.world;
    if (account.two_factor !== null && c.req.header("heroku-two-factor-code") !== account.two_factor) {
      c.header("Heroku-Two-Factor-Required", "true");
      throw new ApiError(403, {
        id: "two_factor",
        message:
          "A second authentication factor or pre-authorization is required for this request. Please update to the latest version of the Heroku CLI or set the Heroku-Two-Factor-Code header.",
      });
    }
    const isOwnAccount = c.req.path === "/account" || c.req.path === "/account/rate-limits";
    if (account.suspended_at !== null && !isOwnAccount) {
      throw new ApiError(403, { id: "suspended", message: "Your account has been suspended. Please contact support." });
    }
    if (account.delinquent_at !== null && c.req.method !== "GET" && c.req.method !== "DELETE") {
      throw new ApiError(402, {
        id: "delinquent",
        message: "Your account has an outstanding balance. Please pay it to go on.",
      });
    }
    await next();
  };
}

function requireVersion(c: Ctx): void {
  if (/application\/vnd\.heroku\+json;\s*version=3\b/.test(c.req.header("accept") ?? "")) return;
  throw new ApiError(406, {
    id: "not_acceptable",
    message: "Ask for a version of the API: Accept: application/vnd.heroku+json; version=3",
  });
}
