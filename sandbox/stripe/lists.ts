// Stripe's lists: which there are, what they take, and one page of them.
import { type StripeError, stripeError } from "./errors.js";

/** One list of the API. A new list is one more entry of LISTS. */
export interface StripeList {
  /** What Stripe calls one item, for "No such charge". */
  item: string;
  /** What a restricted key needs. */
  permission: string;
  /** Query parameters besides those that every list takes; `created` stands for `created[gte]` and its like too. */
  parameters: string[];
}

/** The lists that the sandbox serves, by path below /v1 (Stripe API, Charges > List all charges). */
export const LISTS: Record<string, StripeList> = {
  charges: {
    item: "charge",
    permission: "charge_read",
    parameters: ["created", "customer", "payment_intent", "transfer_group"],
  },
};

const EVERY_LIST = ["limit", "starting_after", "ending_before", "expand"];

/** `created[gte]` and `expand[]` without their brackets. */
const base = (name: string) => name.replace(/\[.*$/, "");

function wrongLimit(limit: string): StripeError | undefined {
  if (!/^-?\d+$/.test(limit))
    return stripeError(400, `Invalid integer: ${limit}`, { code: "parameter_invalid_integer", param: "limit" });
  const [bound, edge] = Number(limit) > 100 ? ["less", 100] : ["greater", 1];
  if (Number(limit) >= 1 && Number(limit) <= 100) return undefined;
  const message = `This value must be ${bound} than or equal to ${edge} (it currently is '${limit}').`;
  return stripeError(400, message, { code: "parameter_invalid_integer", param: "limit" });
}

/**
 * One page of a list. The pretend account holds nothing yet, so a page is empty and every cursor names something that does not exist.
 * @param name the path below /v1
 */
export function page(
  name: string,
  list: StripeList,
  query: URLSearchParams,
): { body: object } | { error: StripeError } {
  const unknown = [...query.keys()].find((key) => ![...EVERY_LIST, ...list.parameters].includes(base(key)));
  if (unknown !== undefined) {
    return {
      error: stripeError(400, `Received unknown parameter: ${base(unknown)}`, {
        code: "parameter_unknown",
        param: base(unknown),
      }),
    };
  }
  const limit = wrongLimit(query.get("limit") ?? "10");
  if (limit) return { error: limit };
  for (const param of ["starting_after", "ending_before"]) {
    const cursor = query.get(param);
    if (cursor !== null) {
      return { error: stripeError(400, `No such ${list.item}: '${cursor}'`, { code: "resource_missing", param }) };
    }
  }
  return { body: { object: "list", data: [], has_more: false, url: `/v1/${name}` } };
}
