// FunnelFox's public API, as far as a secret can be tried with it: its lists, one page at a time.
import { Hono } from "hono";

/** The query parameters of each list besides limit and cursor. A new list is one more entry. */
const LISTS: Record<string, string[]> = {
  funnels: ["title", "alias", "deleted", "type"],
};

function wrong(list: string[], query: Record<string, string>): string | undefined {
  const unknown = Object.keys(query).find((name) => !["limit", "cursor", ...list].includes(name));
  if (unknown !== undefined) return `unknown query parameter: ${unknown}`;
  const limit = query.limit ?? "20";
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 500)
    return "limit must be an integer from 1 to 500";
  // The pretend project holds nothing yet, so no page has ever given out a cursor.
  return query.cursor === undefined ? undefined : "invalid cursor";
}

/**
 * The API, to be mounted at /funnelfox/public/v1. Missing or unknown `Fox-Secret`: 401; unknown or wrong parameter: 400; both `{message}`
 * (FunnelFox, Public API).
 */
export function funnelfox({ secrets }: { secrets: string[] }): Hono {
  const app = new Hono();

  app.use("*", async (c, next) => {
    const secret = c.req.header("Fox-Secret");
    return secret !== undefined && secrets.includes(secret) ? next() : c.json({ message: "Unauthorized" }, 401);
  });

  for (const [name, parameters] of Object.entries(LISTS)) {
    app.get(`/${name}`, (c) => {
      const message = wrong(parameters, c.req.query());
      return message === undefined
        ? c.json({ data: [], pagination: { has_more: false, total: 0 } })
        : c.json({ message }, 400);
    });
  }

  app.all("*", (c) => c.json({ message: "Not Found" }, 404));
  return app;
}
