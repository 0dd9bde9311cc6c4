// Stripe's error answers and the way it shows a key.

/** An error as Stripe answers it (Stripe API, Errors). */
export interface StripeError {
  status: 400 | 401 | 403 | 404 | 429;
  body: { error: { type: "invalid_request_error"; message: string; code?: string; param?: string; doc_url?: string } };
}

/** An answer of `invalid_request_error`, the type that Stripe uses for everything a read can do wrong. */
export function stripeError(
  status: StripeError["status"],
  message: string,
  details: { code?: string; param?: string } = {},
): StripeError {
  const doc =
    details.code === undefined
      ? {}
      : { doc_url: `https://stripe.com/docs/error-codes/${details.code.replaceAll("_", "-")}` };
  return { status, body: { error: { type: "invalid_request_error", message, ...details, ...doc } } };
}

/** A key as Stripe repeats it: kind, mode and the last four characters. */
export function masked(key: string): string {
  const prefix = /^(?:sk|rk|pk)_(?:live|test)_/.exec(key)?.[0] ?? "";
  const rest = key.slice(prefix.length);
  const shown = rest.length > 8 ? rest.slice(-4) : "";
  return `${prefix}${"*".repeat(rest.length - shown.length)}${shown}`;
}
