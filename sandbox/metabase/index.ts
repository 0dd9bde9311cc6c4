// A Metabase app as a visitor reaches it: through Heroku's router, in whatever state its web dyno is.
import { type Context, Hono } from "hono";
import { metabaseApi } from "./api.js";
import { APPLICATION_ERROR, NO_SUCH_APP } from "./heroku-pages.js";
import type { MetabaseInstance } from "./instance.js";

export type { MetabaseInstance } from "./instance.js";

/** What the service stands on. */
export interface MetabaseDeps {
  /** The instance of an app, by the first label of the app's host name; undefined when there is no such app. */
  instance(appSlug: string): MetabaseInstance | undefined;
}

type Env = { Variables: { instance: MetabaseInstance } };

/**
 * The service, to be mounted with `app.route("/web/:slug", metabase(deps))`. No such app: Heroku's 404 page. No web dyno: Heroku's 503 page.
 * A sleeping dyno is woken, and the visitor gets the 503 page too, since a JVM starts slower than the router's 30 seconds (Heroku Dev Center,
 * "Request Timeout"). While it starts, /api/health is 503 `{"status":"initializing"}`.
 */
export function metabase({ instance }: MetabaseDeps): Hono {
  const app = new Hono<Env>();

  app.use("*", async (c: Context<Env>, next) => {
    const found = instance(c.req.param("slug") ?? "");
    if (found === undefined) return c.html(NO_SUCH_APP, 404);
    if (found.state === "idle") found.wake();
    if (found.state === "down" || found.state === "idle") return c.html(APPLICATION_ERROR, 503);
    if (found.state === "starting") return c.json({ status: "initializing" }, 503);
    c.set("instance", found);
    return next();
  });

  app.route("/", metabaseApi());
  return new Hono().route("/", app);
}
