// Papertrail's HTTP API, as far as saved searches and event search go.
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Search, SearchStore } from "./searches.js";

export { memorySearches, noSearches, type Search, type SearchState, type SearchStore } from "./searches.js";

/** One log line as Papertrail shows it. */
export interface LogEvent {
  id: string;
  /** ISO 8601. */
  received_at: string;
  /** The app's name on Heroku. */
  hostname: string;
  /** `app/scheduler.1234`, `heroku/web.1`. */
  program: string;
  message: string;
}

/** What the API stands on. */
export interface PapertrailDeps {
  /** The account that an API token belongs to; undefined when it belongs to none. */
  accountOfToken(token: string): string | undefined;
  searches: SearchStore;
  /** An account's log lines, oldest first; none by default. */
  events?(account: string): LogEvent[];
}

const text = z.string().trim().min(1, "can't be blank");
const created = z.strictObject({ search: z.strictObject({ name: text, query: text }) });
const changed = z.strictObject({ search: z.strictObject({ name: text.optional(), query: text.optional() }) });
const EVENT_PARAMETERS = ["q", "system_id", "group_id", "min_id", "max_id", "min_time", "max_time", "limit", "tail"];

type Env = { Variables: { account: string } };

/** A body in either of the two forms that Papertrail takes: JSON, or a form with fields such as `search[name]`. */
async function bodyOf(c: Context): Promise<unknown> {
  if (/^application\/json\b/.test(c.req.header("content-type") ?? "")) return c.req.json().catch(() => undefined);
  const search: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(await c.req.parseBody())) {
    const [, name] = /^search\[(\w+)\]$/.exec(field) ?? [];
    if (name === undefined) return { [field]: value };
    search[name] = value;
  }
  return { search };
}

function refusal(error: z.ZodError): { message: string } {
  const [issue] = error.issues;
  return { message: `${issue?.path.join(".") || "request"} ${issue?.message ?? "is invalid"}` };
}

/** Words and "quoted phrases" must all occur; -word must not. Papertrail's OR and parentheses are not imitated. */
function matches(event: LogEvent, query: string): boolean {
  const line = `${event.hostname} ${event.program} ${event.message}`.toLowerCase();
  const terms = [...query.toLowerCase().matchAll(/(-?)(?:"([^"]*)"|'([^']*)'|(\S+))/g)];
  return terms.every(
    ([, not, ...words]) => line.includes(words.find((word) => word !== undefined) ?? "") === (not === ""),
  );
}

function shown(c: Context, search: Search): object {
  const root = new URL(c.req.url).href.replace(/\/searches.*$/, "");
  return { ...search, _links: { self: { href: `${root}/searches/${search.id}.json` } } };
}

/**
 * The API, to be mounted at /papertrail/api/v1. Missing or wrong token: 401; refused body: 400 with `{message}` (Papertrail, "HTTP API" > Errors).
 * Routes: GET and POST searches.json; GET, PUT and DELETE searches/ID.json; GET events/search.json.
 */
export function papertrail({ accountOfToken, searches, events = () => [] }: PapertrailDeps): Hono {
  const app = new Hono<Env>();
  const missing = (c: Context) => c.json({ message: "Not Found" }, 404);

  app.use("*", async (c, next) => {
    const token = c.req.header("X-Papertrail-Token");
    const account = token ? accountOfToken(token) : undefined;
    if (account === undefined) return c.json({ message: "Unauthorized" }, 401);
    c.set("account", account);
    return next();
  });

  app.get("/searches.json", (c) => c.json(searches.list(c.get("account")).map((search) => shown(c, search))));
  app.post("/searches.json", async (c) => {
    const body = created.safeParse(await bodyOf(c));
    if (!body.success) return c.json(refusal(body.error), 400);
    return c.json(shown(c, searches.add(c.get("account"), body.data.search)));
  });

  app.get("/searches/:file{\\d+\\.json}", (c) => {
    const search = searches.list(c.get("account")).find(({ id }) => id === Number.parseInt(c.req.param("file"), 10));
    return search ? c.json(shown(c, search)) : missing(c);
  });
  app.put("/searches/:file{\\d+\\.json}", async (c) => {
    const body = changed.safeParse(await bodyOf(c));
    if (!body.success) return c.json(refusal(body.error), 400);
    const { name, query } = body.data.search;
    const patch = { ...(name === undefined ? {} : { name }), ...(query === undefined ? {} : { query }) };
    const search = searches.change(c.get("account"), Number.parseInt(c.req.param("file"), 10), patch);
    return search ? c.json(shown(c, search)) : missing(c);
  });
  app.delete("/searches/:file{\\d+\\.json}", (c) =>
    searches.remove(c.get("account"), Number.parseInt(c.req.param("file"), 10))
      ? c.json({ message: "Search deleted" })
      : missing(c),
  );

  app.get("/events/search.json", (c) => {
    const unknown = Object.keys(c.req.query()).find((name) => !EVENT_PARAMETERS.includes(name));
    if (unknown !== undefined) return c.json({ message: `${unknown} is no parameter of event search` }, 400);
    const limit = Number(c.req.query("limit") ?? 1000);
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) return c.json({ message: "limit is 1 to 10000" }, 400);
    const found = events(c.get("account")).filter((event) => matches(event, c.req.query("q") ?? ""));
    const page = found.slice(-limit);
    return c.json({
      min_id: page[0]?.id ?? "0",
      max_id: page.at(-1)?.id ?? "0",
      events: page,
      reached_beginning: page.length === found.length,
    });
  });

  app.all("*", missing);
  return new Hono().route("/", app);
}
