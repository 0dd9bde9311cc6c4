// Stripe's API as far as a key can be tried with it: lists and the account, read only.
import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { type StripeError, stripeError } from "./errors.js";
import { ACCOUNT, authenticate, lacking, type StripeKey } from "./keys.js";
import { LISTS, page } from "./lists.js";

export type { StripeKey } from "./keys.js";

const refuse = (c: Context, { status, body }: StripeError) => c.json(body, status);

/**
 * The API, to be mounted at /stripe; its paths begin at /v1. Errors as Stripe answers them: 401 no or unknown key, 403 publishable key or
 * missing permission, 400 unknown or wrong parameter or version, 404 any other path.
 */
export function stripe({ keys }: { keys: StripeKey[] }): Hono {
  const app = new Hono<{ Variables: { key: StripeKey } }>();

  app.use("*", async (c, next) => {
    c.header("Request-Id", `req_${randomBytes(7).toString("hex")}`);
    const known = authenticate(c.req.header("Authorization"), keys);
    if ("error" in known) return refuse(c, known.error);
    const version = c.req.header("Stripe-Version");
    if (version !== undefined && !/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) {
      return refuse(c, stripeError(400, `Invalid Stripe API version: ${version}`));
    }
    if (version !== undefined) c.header("Stripe-Version", version);
    c.set("key", known.key);
    return next();
  });

  for (const [name, list] of Object.entries(LISTS)) {
    app.get(`/v1/${name}`, (c) => {
      const forbidden = lacking(c.get("key"), list.permission);
      if (forbidden) return refuse(c, forbidden);
      const result = page(name, list, new URL(c.req.url).searchParams);
      return "error" in result ? refuse(c, result.error) : c.json(result.body);
    });
  }

  app.get("/v1/account", (c) => {
    const forbidden = lacking(c.get("key"), "accounts_kyc_basic_read");
    if (forbidden) return refuse(c, forbidden);
    return c.json({ id: ACCOUNT, object: "account", country: "DE", default_currency: "eur", charges_enabled: true });
  });

  app.all("*", (c) => {
    const path = c.req.path.replace(/^.*?(?=\/v\d)/, "");
    return refuse(c, stripeError(404, `Unrecognized request URL (${c.req.method}: ${path}).`));
  });
  return new Hono().route("/", app);
}
