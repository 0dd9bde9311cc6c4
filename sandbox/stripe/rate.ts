// Stripe's limit of requests a second, for each endpoint on its own (Stripe, Rate limits).
import { type StripeError, stripeError } from "./errors.js";

/** Counts a request to an endpoint; the 429 when it is one too many within this second. */
export function tooFast(
  perSecond: () => number,
  now: () => number = Date.now,
): (endpoint: string) => StripeError | undefined {
  const seen = new Map<string, { second: number; count: number }>();
  return (endpoint) => {
    const second = Math.floor(now() / 1000);
    const entry = seen.get(endpoint);
    const count = entry?.second === second ? entry.count + 1 : 1;
    seen.set(endpoint, { second, count });
    if (count <= perSecond()) return undefined;
    return stripeError(429, "Request rate limit exceeded.", { code: "rate_limit" });
  };
}
