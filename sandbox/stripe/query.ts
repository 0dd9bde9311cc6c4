// The parameters of a list, judged as Stripe judges them.
import type { Entry, Resource } from "./account.js";
import { type StripeError, stripeError } from "./errors.js";
import type { Glance } from "./money-objects.js";

const EVERY_LIST = ["limit", "starting_after", "ending_before", "expand"];

/** `created[gte]` and `expand[]` without their brackets. */
const base = (name: string): string => name.replace(/\[.*$/, "");

/** The first parameter that nobody takes, refused. */
export function unknownParameter(
  query: URLSearchParams,
  parameters: string[],
  every = EVERY_LIST,
): StripeError | undefined {
  const unknown = [...query.keys()].map(base).find((name) => ![...every, ...parameters].includes(name));
  if (unknown === undefined) return undefined;
  return stripeError(400, `Received unknown parameter: ${unknown}`, { code: "parameter_unknown", param: unknown });
}

export function wrongLimit(limit: string): StripeError | undefined {
  if (!/^-?\d+$/.test(limit)) {
    return stripeError(400, `Invalid integer: ${limit}`, { code: "parameter_invalid_integer", param: "limit" });
  }
  const [bound, edge] = Number(limit) > 100 ? ["less", 100] : ["greater", 1];
  if (Number(limit) >= 1 && Number(limit) <= 100) return undefined;
  const message = `This value must be ${bound} than or equal to ${edge} (it currently is '${limit}').`;
  return stripeError(400, message, { code: "parameter_invalid_integer", param: "limit" });
}

/** The seconds that `created`, `created[gte]` and its like leave, both included. */
export function created(query: URLSearchParams): { from: number; to: number } | { error: StripeError } {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [name, value] of query) {
    if (base(name) !== "created") continue;
    if (!/^\d+$/.test(value)) {
      return {
        error: stripeError(400, `Invalid integer: ${value}`, { code: "parameter_invalid_integer", param: name }),
      };
    }
    const second = Number(value);
    if (name === "created" || name === "created[gte]") from = Math.max(from, second);
    else if (name === "created[gt]") from = Math.max(from, second + 1);
    if (name === "created" || name === "created[lte]") to = Math.min(to, second);
    else if (name === "created[lt]") to = Math.min(to, second - 1);
    if (!/^created(\[(gt|gte|lt|lte)\])?$/.test(name)) {
      return {
        error: stripeError(400, `Received unknown parameter: ${name}`, { code: "parameter_unknown", param: name }),
      };
    }
  }
  return { from, to };
}

/** Where the cursors stand; an id that the list does not know is refused, and so are both at once. */
export function position(
  query: URLSearchParams,
  places: Map<string, number>,
  item: string,
): { after?: number; before?: number; error?: StripeError } {
  const found: { after?: number; before?: number } = {};
  for (const [param, key] of [
    ["starting_after", "after"],
    ["ending_before", "before"],
  ] as const) {
    const cursor = query.get(param);
    if (cursor === null) continue;
    const place = places.get(cursor);
    if (place === undefined) {
      return { error: stripeError(400, `No such ${item}: '${cursor}'`, { code: "resource_missing", param }) };
    }
    found[key] = place;
  }
  if (found.after === undefined || found.before === undefined) return found;
  return {
    error: stripeError(400, "You cannot use both starting_after and ending_before.", { param: "ending_before" }),
  };
}

const STATUSES = [
  "active",
  "all",
  "canceled",
  "ended",
  "incomplete",
  "incomplete_expired",
  "past_due",
  "paused",
  "trialing",
  "unpaid",
];
const MOST_TYPES = 20;

/** Tells which objects the remaining parameters leave; they name fields of the object. */
export function matcher(
  name: Resource | "events",
  query: URLSearchParams,
): { fits(entry: Entry, glance: Glance): boolean } | { error: StripeError } {
  const wanted = [...query].filter(([key]) => ![...EVERY_LIST, "created", "types", "payment"].includes(base(key)));
  const types = query.getAll("types[]");
  if (types.length > MOST_TYPES) return { error: stripeError(400, "You may pass up to 20 types.", { param: "types" }) };
  const status = query.get("status");
  if (name === "subscriptions" && status !== null && !STATUSES.includes(status)) {
    const message = `Invalid status: must be one of ${STATUSES.join(", ")}`;
    return { error: stripeError(400, message, { param: "status" }) };
  }
  const intent = query.get("payment[payment_intent]");
  const isSimple = wanted.length === 0 && types.length === 0 && intent === null;
  // Without a status the list leaves out what has ended (Stripe API, List subscriptions).
  if (isSimple && name !== "subscriptions") return { fits: () => true };
  return {
    fits(entry, glance) {
      const object = entry.look(glance);
      if (name === "subscriptions" && status === null && object.status === "canceled") return false;
      if (types.length > 0 && !types.some((type) => type === object.type || isPattern(type, String(object.type))))
        return false;
      if (intent !== null && (object.payment as { payment_intent?: string } | undefined)?.payment_intent !== intent)
        return false;
      return wanted.every(([key, value]) => {
        if (key === "status" && name === "subscriptions")
          return value === "all" || endsAs(value, String(object.status));
        if (name === "events" && key === "type") return value === object.type || isPattern(value, String(object.type));
        return String(object[key]) === value;
      });
    },
  };
}

function endsAs(wanted: string, status: string): boolean {
  return wanted === status || (wanted === "ended" && status === "canceled");
}

/** `charge.*` stands for every type that begins so. */
function isPattern(wanted: string, type: string): boolean {
  return wanted.endsWith("*") && type.startsWith(wanted.slice(0, -1));
}
