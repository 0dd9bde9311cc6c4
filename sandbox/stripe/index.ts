// Stripe's API as far as reading goes: lists, single objects, events, and the account.
import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Business } from "../business/facts.js";
import { type Account, accountOf, type Entry, type Resource } from "./account.js";
import { type StripeError, stripeError } from "./errors.js";
import { expand, expandPaths } from "./expand.js";
import { historyOf } from "./history.js";
import { ACCOUNT, authenticate, lacking, type StripeKey } from "./keys.js";
import { LISTS, page } from "./lists.js";
import type { StripeObject } from "./money-objects.js";
import { unknownParameter } from "./query.js";
import { tooFast } from "./rate.js";

export type { StripeKey } from "./keys.js";

export interface StripeDeps {
  /** Read at each request, so that keys can be added. */
  keys: StripeKey[];
  /** Whose money it is; absent: an account without any. */
  business?: Business;
  /** Requests a second and endpoint above which it answers 429; read at each request. Default Infinity. */
  perSecond?: () => number;
  /** Refuses requests that name no version: they would depend on the account's. Default false. */
  requireVersion?: boolean;
}

type App = Context<{ Variables: { key: StripeKey } }>;
/** The first version whose shapes are rendered here. */
const OLDEST = "2025-03-31";
const refuse = (c: App, { status, body }: StripeError): Response => c.json(body, status);
const EMPTY: Account = {
  now: 0,
  entries: {} as Account["entries"],
  places: {} as Account["places"],
  inside: { refunds: new Map(), payments: new Map() },
};

/**
 * The API, to be mounted at /stripe; its paths begin at /v1. Errors as Stripe answers them: 401 no or unknown key, 403 publishable key or
 * missing permission, 400 unknown or wrong parameter or version, 404 any other path or object, 429 too fast. With a business, a
 * Stripe-Version older than the shapes that are rendered is a 400.
 */
export function stripe({ keys, business, perSecond, requireVersion = false }: StripeDeps): Hono {
  const app = new Hono<{ Variables: { key: StripeKey } }>();
  const account = business === undefined ? () => EMPTY : accountOf(business);
  const events = eventsOf(business, account);
  const fast = tooFast(perSecond ?? (() => Number.POSITIVE_INFINITY));

  app.use("*", async (c, next) => {
    c.header("Request-Id", `req_${randomBytes(7).toString("hex")}`);
    const known = authenticate(c.req.header("Authorization"), keys);
    if ("error" in known) return refuse(c, known.error);
    const version = c.req.header("Stripe-Version");
    const wrong = wrongVersion(version, business !== undefined, requireVersion);
    if (wrong !== undefined) return refuse(c, wrong);
    if (version !== undefined) c.header("Stripe-Version", version);
    const limited = fast(c.req.path.replace(/\/(?!v\d)[a-z]+_\w+$/, ""));
    if (limited !== undefined) return refuse(c, limited);
    c.set("key", known.key);
    return next();
  });

  for (const name of Object.keys(LISTS) as (Resource | "events")[]) {
    const { permission } = LISTS[name];
    app.get(`/v1/${name}`, (c) => {
      const forbidden = lacking(c.get("key"), permission);
      if (forbidden) return refuse(c, forbidden);
      const query = new URL(c.req.url).searchParams;
      const now = account();
      const glance = { at: now.now, live: c.get("key").live };
      const list =
        name === "events" ? events() : { entries: now.entries[name] ?? [], places: now.places[name] ?? new Map() };
      const result = page(name, list.entries, list.places, query, glance);
      if ("error" in result) return refuse(c, result.error);
      const error = expandAll(c, query, true, result.body.data, now);
      return error ? refuse(c, error) : c.json(result.body);
    });

    app.get(`/v1/${name}/:id`, (c) => {
      const forbidden = lacking(c.get("key"), permission);
      if (forbidden) return refuse(c, forbidden);
      const query = new URL(c.req.url).searchParams;
      const wrong = unknownParameter(query, ["expand"], []);
      if (wrong) return refuse(c, wrong);
      const now = account();
      const id = c.req.param("id");
      const list =
        name === "events" ? events() : { entries: now.entries[name] ?? [], places: now.places[name] ?? new Map() };
      const entry = list.entries[list.places.get(id) ?? -1];
      if (entry === undefined) {
        const details = { code: "resource_missing", param: "id" };
        return refuse(c, stripeError(404, `No such ${LISTS[name].item}: '${id}'`, details));
      }
      const object = entry.look({ at: now.now, live: c.get("key").live });
      const error = expandAll(c, query, false, [object], now);
      return error ? refuse(c, error) : c.json(object);
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

function wrongVersion(version: string | undefined, isShown: boolean, isNeeded: boolean): StripeError | undefined {
  if (version === undefined) {
    if (!isNeeded) return undefined;
    return stripeError(
      400,
      "The sandbox wants a Stripe-Version header: without one the account's default would decide.",
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version))
    return stripeError(400, `Invalid Stripe API version: ${version}`);
  if (!isShown || version.slice(0, 10) >= OLDEST) return undefined;
  return stripeError(400, `The sandbox renders objects as of ${OLDEST}.basil, not ${version}.`);
}

function expandAll(
  c: App,
  query: URLSearchParams,
  inList: boolean,
  objects: StripeObject[],
  account: Account,
): StripeError | undefined {
  const wanted = expandPaths(query, inList);
  if ("error" in wanted) return wanted.error;
  const key = c.get("key");
  const deps = {
    account,
    glance: { at: account.now, live: key.live },
    lacking: (permission: string) => lacking(key, permission),
  };
  for (const path of wanted.paths) {
    for (const object of objects) {
      const error = expand(object, path, deps);
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

/** Events with their places, made anew when the account is. */
function eventsOf(
  business: Business | undefined,
  account: () => Account,
): () => { entries: Entry[]; places: Map<string, number> } {
  let last: { of: Account; entries: Entry[]; places: Map<string, number> } | undefined;
  return () => {
    const of = account();
    if (last?.of !== of) {
      const entries = business === undefined ? [] : historyOf(business, of);
      last = { of, entries, places: new Map(entries.map(({ id }, index) => [id, index])) };
    }
    return last;
  };
}
