// FunnelFox's public API as far as reading goes: its lists, one page at a time, and the details of a session.
import { type Context, Hono } from "hono";
import type { Business, Session } from "../business/facts.js";
import { sessionDetail } from "./items.js";
import { LISTS, type Manner, pager, wrong } from "./lists.js";

export type { Manner } from "./lists.js";

export interface FunnelfoxDeps {
  secrets: string[];
  /** Whose funnels they are; absent: a project without any. */
  business?: Business;
  /** Read at each request. */
  manner?: Manner;
}

/** How the API behaves unless told otherwise. */
export function usualManner(): Manner {
  return { order: "newest", cursorName: "next_cursor", stuck: "none", largestPage: 500, total: true };
}

/**
 * The API, to be mounted at /funnelfox/public/v1. Missing or unknown `Fox-Secret`: 401; unknown or wrong parameter: 400; both `{message}`
 * (FunnelFox, Public API). A page larger than the manner allows: 504.
 */
export function funnelfox({ secrets, business, manner = usualManner() }: FunnelfoxDeps): Hono {
  const app = new Hono();
  const pages = business === undefined ? undefined : pager(business);
  const known = sessionsOf(business);

  app.use("*", async (c, next) => {
    const secret = c.req.header("Fox-Secret");
    return secret !== undefined && secrets.includes(secret) ? next() : c.json({ message: "Unauthorized" }, 401);
  });

  for (const [name, list] of Object.entries(LISTS)) {
    app.get(`/${name}`, (c) => {
      const query = c.req.query();
      const message = wrong(list, query);
      if (message !== undefined) return c.json({ message }, 400);
      if (Number(query.limit ?? 20) > manner.largestPage) return c.text("upstream request timeout", 504);
      if (pages === undefined) {
        // A project without anything has never given out a cursor.
        if (query.cursor !== undefined) return c.json({ message: "invalid cursor" }, 400);
        return c.json({ data: [], pagination: { has_more: false, total: 0 } });
      }
      const page = pages(name, list, query, manner);
      if (typeof page === "string") return c.json({ message: page }, 400);
      return c.json({ data: page.data, pagination: paginationOf(page, query.cursor, manner) });
    });
  }

  app.get("/sessions/:id", (c) => {
    const unknown = Object.keys(c.req.query())[0];
    if (unknown !== undefined) return c.json({ message: `unknown query parameter: ${unknown}` }, 400);
    return detail(c, known(), c.req.param("id"));
  });

  app.all("*", (c) => c.json({ message: "Not Found" }, 404));
  return app;
}

function paginationOf(
  { total, next }: { total: number; next: string | undefined },
  sent: string | undefined,
  manner: Manner,
): object {
  const count = manner.total ? { total } : {};
  if (next === undefined) return { has_more: false, ...count };
  if (manner.stuck === "missing") return { has_more: true, ...count };
  const cursor = manner.stuck === "same" && sent !== undefined ? sent : next;
  return { has_more: true, ...count, [manner.cursorName]: cursor };
}

function detail(c: Context, sessions: Map<string, Session>, id: string): Response {
  const session = sessions.get(id);
  return session === undefined ? c.json({ message: "Session not found" }, 404) : c.json(sessionDetail(session));
}

/** Sessions by id, gathered anew when the clock has moved. */
function sessionsOf(business: Business | undefined): () => Map<string, Session> {
  let kept: { at: number; byId: Map<string, Session> } | undefined;
  return () => {
    const at = business?.now().getTime() ?? 0;
    if (kept?.at !== at) kept = { at, byId: new Map((business?.facts().sessions ?? []).map((one) => [one.id, one])) };
    return kept.byId;
  };
}
