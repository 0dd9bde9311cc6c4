// A small FunnelFox on loopback whose lists, manners and faults a test decides.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Item = Record<string, unknown>;

/** Answers in place of the list; true when it has. */
export type Fault = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

export interface Fake {
  readonly url: string;
  /** by list, in the order in which they are listed */
  readonly lists: Record<string, Item[]>;
  /** what `filter[updated_at.from]` is compared with, for items that do not show it */
  readonly touched: Map<unknown, string>;
  readonly details: Map<string, Item | string>;
  cursorName: "next_cursor" | "cursor";
  /** text of a whole page in place of JSON.stringify, to write what JavaScript cannot */
  write: (items: Item[], pagination: object) => string;
  largestPage: number;
  /** milliseconds before each answer */
  delay: number;
  /** asked before each answer, first that answers wins */
  readonly faults: Fault[];
  readonly requests: URL[];
  close(): Promise<void>;
}

export async function fakeFunnelfox(): Promise<Fake> {
  const lists: Record<string, Item[]> = {
    funnels: [],
    products: [],
    profiles: [],
    sessions: [],
    subscriptions: [],
    transactions: [],
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    fake.requests.push(url);
    setTimeout(() => answer(request, response, url), fake.delay);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/public/v1`,
    lists,
    touched: new Map(),
    details: new Map(),
    cursorName: "next_cursor",
    write: (data, pagination) => JSON.stringify({ data, pagination }),
    largestPage: 500,
    delay: 0,
    faults: [],
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse, url: URL): unknown {
    for (const fault of fake.faults) if (fault(request, response, url)) return undefined;
    const send = (status: number, body: string) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body);
    };
    const path = url.pathname.replace("/public/v1/", "");
    if (request.headers["fox-secret"] !== "fox-secret-value") return send(401, '{"message":"Unauthorized"}');
    if (path.startsWith("sessions/")) {
      const detail = fake.details.get(decodeURIComponent(path.slice("sessions/".length)));
      if (detail === undefined) return send(404, '{"message":"Session not found"}');
      return send(200, typeof detail === "string" ? detail : JSON.stringify(detail));
    }
    const limit = Number(url.searchParams.get("limit") ?? 20);
    if (limit > fake.largestPage) return send(400, '{"message":"limit is too large"}');
    const from = url.searchParams.get("filter[updated_at.from]");
    const items = (lists[path] ?? []).filter(
      (item) =>
        from === null ||
        Date.parse(String(item.updated_at ?? fake.touched.get(item.id) ?? item.created_at)) >= Date.parse(from),
    );
    const cursor = url.searchParams.get("cursor");
    // A cursor names the last item given, as keyset paging does: new items at the head move nothing.
    const start = cursor === null ? 0 : items.findIndex((item) => `after ${item.id}` === cursor) + 1;
    if (cursor !== null && start === 0) return send(400, '{"message":"invalid cursor"}');
    const page = items.slice(start, start + limit);
    const more = start + limit < items.length;
    send(
      200,
      fake.write(page, more ? { has_more: true, [fake.cursorName]: `after ${page.at(-1)?.id}` } : { has_more: false }),
    );
  }
  return fake;
}

/** Answers the next `times` requests of a list (any, when not named) in another way. */
export function times(count: number, then: (response: ServerResponse) => void, list?: string): Fault {
  let left = count;
  return (_, response, url) => {
    if (left === 0 || (list !== undefined && !url.pathname.endsWith(`/${list}`))) return false;
    left--;
    then(response);
    return true;
  };
}

const DAY = 86_400_000;
/** 02:00 UTC, the hour of the nightly run. */
export const NOW = Date.UTC(2026, 10, 25, 2);

const ulid = (kind: string, index: number) => `01${kind}${String(index).padStart(26 - 2 - kind.length, "0")}`;

/** Sessions, newest first, `spacing` apart from `newest` backwards. Their ids go on where older ones ended. */
export function sessions(count: number, newest = NOW - 3_600_000, spacing = DAY / 100, firstIndex = 0): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    id: ulid("S", firstIndex + count - index),
    created_at: new Date(newest - index * spacing).toISOString(),
    funnel_id: ulid("F", index % 3),
    profile_id: `${index % 2 ? "pro_" : ""}${ulid("P", firstIndex + count - index)}`,
    city: index % 5 === 0 ? "Zürich" : "Berlin",
    country: "DE",
    ip: "203.0.113.7",
    user_agent: "Mozilla/5.0",
    funnel_version: 3,
  }));
}

export function subscriptions(count: number, newest = NOW - 3_600_000, spacing = DAY / 20): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(newest - index * spacing).toISOString();
    const profile = { id: `pro_${ulid("P", index)}`, created_at: at, email: `p${index}@example.com`, preview: false };
    return {
      ...{
        id: ulid("B", index),
        psp_id: index % 4 ? `ch_${index}` : null,
        status: "active",
        renews: true,
        sandbox: false,
      },
      ...{ created_at: at, updated_at: at, billing_interval: "month", billing_interval_count: 1 },
      ...{ price: 999 + index, currency: index % 3 ? "EUR" : "USD", price_usd: 1_100, funnel_version: 3 },
      ...{
        payment_provider: "stripe",
        period_starts_at: at,
        profile,
        product: { id: ulid("D", 1), name: "Plan", status: "active" },
      },
    };
  });
}

export function transactions(count: number, newest = NOW - 3_600_000, spacing = DAY / 20): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{
      id: ulid("T", index),
      created_at: new Date(newest - index * spacing).toISOString(),
      session_id: ulid("S", index),
    },
    ...{ profile_id: ulid("P", index), funnel_id: ulid("F", 1), funnel: { id: ulid("F", 1), title: "Quiz" } },
    ...{ funnel_version: 2, currency: "EUR", price: 500, price_usd: 550, sandbox: false },
  }));
}
