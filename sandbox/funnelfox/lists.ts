// FunnelFox's lists: what they hold, by what they are filtered, and one page of them.
import type { Business, Facts, Ms } from "../business/facts.js";
import { bareId, bareMail } from "../business/truth/known.js";
import { stateAt } from "../business/views.js";
import type { Item } from "./items.js";
import * as items from "./items.js";

/** How the vendor's undocumented sides turn out; the defaults stand in index.ts. */
export interface Manner {
  order: "newest" | "oldest" | "shuffled";
  cursorName: "next_cursor" | "cursor";
  stuck: "none" | "missing" | "same";
  largestPage: number;
  total: boolean;
}

/** One item of a list, found without rendering it. */
interface Place {
  id: string;
  at: Ms;
  item(): Item;
}

export interface List {
  /** Query parameters besides limit and cursor. */
  parameters: string[];
  /** Everything that the filters leave, oldest first. */
  places(facts: Facts, at: Ms, query: Record<string, string>): Place[];
}

const text = (value: string | undefined, of: string | null): boolean => value === undefined || value === of;
const person = (value: string | undefined, of: string): boolean => value === undefined || bareId(value) === of;
const mail = (value: string | undefined, of: string | null): boolean =>
  value === undefined || bareMail(value) === bareMail(of);
const UPDATED = ["filter[updated_at.from]", "filter[updated_at.to]"];

/** From is included, to is not. */
function touched(query: Record<string, string>, at: Ms): boolean {
  const [from, to] = UPDATED.map((name) => query[name]);
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at < Date.parse(to));
}

/** A new list is one more entry. */
export const LISTS: Record<string, List> = {
  funnels: {
    parameters: ["title", "alias", "deleted", "type"],
    places: ({ funnels }, _, query) =>
      funnels
        .filter((one) => text(query.title, one.title) && text(query.alias, one.alias) && text(query.type, one.type))
        .filter((one) => (query.deleted ?? "false") === String(one.deleted))
        .map((one) => ({ id: one.id, at: one.at, item: () => items.funnelItem(one) })),
  },
  products: {
    parameters: [],
    places: ({ products }) => products.map((one) => ({ id: one.id, at: one.at, item: () => items.productItem(one) })),
  },
  profiles: {
    parameters: ["filter[email]", "filter[funnel_id]"],
    places: ({ profiles }, _, query) =>
      profiles
        .filter((one) => mail(query["filter[email]"], one.email) && text(query["filter[funnel_id]"], one.funnelId))
        .map((one) => ({ id: one.id, at: one.at, item: () => items.profileItem(one) })),
  },
  sessions: {
    parameters: ["filter[profile_id]", "filter[funnel_id]"],
    places: ({ sessions }, _, query) =>
      sessions
        .filter(
          (one) => person(query["filter[profile_id]"], one.profileId) && text(query["filter[funnel_id]"], one.funnelId),
        )
        .map((one) => ({ id: one.id, at: one.at, item: () => items.sessionItem(one) })),
  },
  subscriptions: {
    parameters: ["profile_id", "psp", "funnel_id", "status", "email"].map((name) => `filter[${name}]`).concat(UPDATED),
    places({ subscriptions, products }, at, query) {
      const product = new Map(products.map((one) => [one.id, one]));
      return subscriptions
        .filter((one) => {
          const state = stateAt(one, at);
          if (state === undefined || !touched(query, state.at)) return false;
          return (
            person(query["filter[profile_id]"], one.profileId) &&
            text(query["filter[psp]"], one.provider) &&
            text(query["filter[funnel_id]"], one.funnelId) &&
            text(query["filter[status]"], state.status) &&
            mail(query["filter[email]"], one.profileEmail)
          );
        })
        .map((one) => {
          const sold = product.get(stateAt(one, at)?.productId ?? "");
          return { id: one.id, at: one.at, item: () => items.subscriptionItem(one, sold, at) };
        });
    },
  },
  transactions: {
    parameters: ["filter[subscription_id]", ...UPDATED],
    places: ({ transactions, funnels }, at, query) =>
      transactions
        .filter(
          (one) =>
            text(query["filter[subscription_id]"], one.subscriptionId) && touched(query, items.touchedAt(one, at)),
        )
        .map((one) => {
          const funnel = funnels.find(({ id }) => id === one.funnelId);
          return { id: one.id, at: one.at, item: () => items.transactionItem(one, funnel, at) };
        }),
  },
};

/** What is wrong with the query, in words; undefined when nothing is. */
export function wrong({ parameters }: List, query: Record<string, string>): string | undefined {
  const unknown = Object.keys(query).find((name) => !["limit", "cursor", ...parameters].includes(name));
  if (unknown !== undefined) return `unknown query parameter: ${unknown}`;
  const limit = query.limit ?? "20";
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 500)
    return "limit must be an integer from 1 to 500";
  const badTime = UPDATED.find((name) => query[name] !== undefined && Number.isNaN(Date.parse(query[name] ?? "")));
  return badTime === undefined ? undefined : `${badTime} must be a date`;
}

/** A page's items, and the cursor of the next one when there is one. */
export interface Page {
  data: Item[];
  total: number;
  next: string | undefined;
}

/** Pages of one company. What a filter leaves is kept until the clock moves, so that a long list costs no more a page than a short one. */
export function pager(
  business: Business,
): (name: string, list: List, query: Record<string, string>, manner: Manner) => Page | string {
  let kept: { at: Ms; facts: Facts; lists: Map<string, Place[]> } | undefined;
  return (name, list, { limit = "20", cursor, ...filters }, { order }) => {
    const at = business.now().getTime();
    if (kept?.at !== at) kept = { at, facts: business.facts(), lists: new Map() };
    const key = JSON.stringify([name, order, filters]);
    let places = kept.lists.get(key);
    if (places === undefined) {
      // Lists of many filters would fill the memory; the oldest ones go.
      if (kept.lists.size >= 8) kept.lists.delete(kept.lists.keys().next().value ?? "");
      places = ordered(list.places(kept.facts, at, filters), order);
      kept.lists.set(key, places);
    }
    const start = cursor === undefined ? 0 : after(places, cursor, order);
    if (start === undefined) return "invalid cursor";
    const shown = places.slice(start, start + Number(limit));
    const last = shown.at(-1);
    const next = last !== undefined && start + shown.length < places.length ? cursorOf(last) : undefined;
    return { data: shown.map((place) => place.item()), total: places.length, next };
  };
}

function ordered(places: Place[], order: Manner["order"]): Place[] {
  if (order === "oldest") return places;
  if (order === "newest") return places.reverse();
  return places.sort((a, b) => (rank(a.id) < rank(b.id) ? -1 : 1));
}

/** Sorting by an id's reversed text is an order, and none that anybody expects. */
function rank(id: string): string {
  return [...id].reverse().join("");
}

function cursorOf({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString("base64url");
}

/** Where to go on: behind the item the cursor names, or behind where it would stand by now. */
function after(places: Place[], cursor: string, order: Manner["order"]): number | undefined {
  let named: [number, string];
  try {
    named = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [number, string];
  } catch {
    return undefined;
  }
  if (!Array.isArray(named) || typeof named[0] !== "number" || typeof named[1] !== "string") return undefined;
  const [at, id] = named;
  const isPast = (place: Place): boolean => {
    if (order === "shuffled") return rank(place.id) > rank(id);
    const later = place.at - at || (place.id < id ? -1 : place.id > id ? 1 : 0);
    return order === "newest" ? later < 0 : later > 0;
  };
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places[middle];
    if (place !== undefined && isPast(place)) high = middle;
    else low = middle + 1;
  }
  return low;
}
