// Who is asking: the key of a request, and what it may read.
import { masked, type StripeError, stripeError } from "./errors.js";

/** A secret or restricted key of the pretend account. */
export interface StripeKey {
  /** `sk_…` or `rk_…`. */
  key: string;
  live: boolean;
  /** Permissions of a restricted key, such as `charge_read`; a `_write` permission reads too. Absent: everything. */
  restrictedTo?: string[];
}

/** The account that all keys belong to. */
export const ACCOUNT = "acct_1SandboxReluvia";

/** The key in an Authorization header: Bearer, or the user name of Basic (Stripe API, Authentication). */
function keyIn(header: string | undefined): string | undefined {
  const [, scheme, value] = /^(Bearer|Basic)\s+(\S+)\s*$/i.exec(header ?? "") ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  return scheme.toLowerCase() === "bearer"
    ? value
    : Buffer.from(value, "base64").toString("utf8").split(":")[0] || undefined;
}

/** The known key of a request, or Stripe's 401 or 403. */
export function authenticate(
  header: string | undefined,
  keys: StripeKey[],
): { key: StripeKey } | { error: StripeError } {
  const given = keyIn(header);
  if (given === undefined) {
    const how =
      "You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
    return { error: stripeError(401, `You did not provide an API key. ${how}`) };
  }
  if (given.startsWith("pk_")) {
    const message = "This API call cannot be made with a publishable API key. Please use a secret API key.";
    return { error: stripeError(403, message, { code: "secret_key_required" }) };
  }
  const key = keys.find((known) => known.key === given);
  return key ? { key } : { error: stripeError(401, `Invalid API Key provided: ${masked(given)}`) };
}

/** Stripe's 403 when a restricted key lacks `permission`; undefined when it may go on. */
export function lacking(key: StripeKey, permission: string): StripeError | undefined {
  const held = (key.restrictedTo ?? [permission]).map((one) => one.replace(/^rak_/, ""));
  if (held.includes(permission) || held.includes(permission.replace(/_read$/, "_write"))) return undefined;
  return stripeError(
    403,
    `The provided key '${masked(key.key)}' does not have the required permissions for this endpoint on account '${ACCOUNT}'. Having the 'rak_${permission}' permission would allow this request to continue.`,
  );
}
