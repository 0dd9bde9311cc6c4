// Small things that the tests of the pretended company share: facts with defaults, and a client of its sources.
import type {
  Charge,
  Customer,
  Profile,
  Session,
  Subscription,
  SubscriptionState,
  Touch,
} from "../../../sandbox/business/facts.js";
import type { Sources } from "../../../sandbox/business/sources.js";

export const time = (iso: string): number => Date.parse(iso);

export const profile = (id: string, more: Partial<Profile> = {}): Profile => ({
  ...{
    id,
    at: time("2026-01-01T00:00:00Z"),
    prefixed: false,
    preview: false,
    email: null,
    country: "US",
    funnelId: "f1",
  },
  ...more,
});

export const session = (id: string, profileId: string, at: string, country = "US"): Session => ({
  ...{ id, at: time(at), profileId, prefixed: false, funnelId: "f1", country },
});

export const state = (
  at: string,
  status: SubscriptionState["status"],
  more: Partial<SubscriptionState> = {},
): SubscriptionState => ({
  ...{ at: time(at), status, renews: true, interval: "month", count: 1, price: 1000, priceUsd: 1000, productId: "p1" },
  ...{ periodStart: time(at), periodEnd: null, pspId: null, ...more },
});

export const subscription = (
  id: string,
  profileId: string,
  states: SubscriptionState[],
  more: Partial<Subscription> = {},
): Subscription => ({
  ...{
    id,
    at: states[0]?.at ?? 0,
    profileId,
    prefixed: true,
    profileEmail: null,
    profileAt: 0,
    preview: false,
    sandbox: false,
  },
  ...{ provider: "stripe", currency: "usd", funnelId: "f1", funnelVersion: 1, stripe: null, states, ...more },
});

export const customer = (id: string, more: Partial<Customer> = {}): Customer => ({
  ...{
    id,
    at: time("2026-01-01T00:00:00Z"),
    email: null,
    name: null,
    country: null,
    currency: "usd",
    renamed: null,
    deletedAt: null,
  },
  ...more,
});

/** A charge of which all was taken at once, settled in eur for a fee of 59 cents. */
export const charge = (id: string, at: string, amount: number, more: Partial<Charge> = {}): Charge => ({
  ...{
    id,
    at: time(at),
    customerId: null,
    intentId: `pi_${id}`,
    invoice: null,
    amount,
    currency: "usd",
    failed: false,
  },
  ...{
    capture: { at: time(at), amount },
    billingEmail: null,
    receiptEmail: null,
    description: null,
    refunds: [],
    disputes: [],
  },
  ...{ settlement: { currency: "eur", rate: 0.9, fee: 59 }, ...more },
});

let count = 0;
export const touch = (at: string, more: Partial<Touch> = {}): Touch => {
  count += 1;
  const uuid = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  return {
    ...{ uuid, eventType: "open", eventAt: time(at), uploadAt: time(at), availableAt: time(at), userId: null },
    ...{ deviceId: "d", amplitudeId: count, email: null, country: "US", platform: "iOS", ...more },
  };
};

/** Asks a company's sources as their clients do. */
export function clientOf(sources: Sources) {
  const { env } = sources;
  const basic = Buffer.from(`${env.TAP_AMPLITUDE_API_KEY}:${env.TAP_AMPLITUDE_SECRET_KEY}`).toString("base64");
  const ask = async (url: string, headers: Record<string, string>) => {
    const response = await fetch(url, { headers });
    return { status: response.status, body: JSON.parse((await response.text()) || "null") as Answer };
  };
  return {
    stripe: (path: string, key = env.TAP_STRIPE_API_KEY ?? "") =>
      ask(`${env.STRIPE_API_URL}/v1/${path}`, { authorization: `Bearer ${key}`, "stripe-version": "2025-03-31.basil" }),
    fox: (path: string) => ask(`${env.FUNNELFOX_API_URL}/${path}`, { "fox-secret": env.FUNNELFOX_API_KEY ?? "" }),
    export: (start: string, end: string) =>
      fetch(`${env.AMPLITUDE_API_URL}/api/2/export?start=${start}&end=${end}`, {
        headers: { authorization: `Basic ${basic}` },
      }),
  };
}

/** An answer of any of them, as far as the tests look into it. */
export interface Answer {
  data?: ({ id: string } & Record<string, unknown>)[];
  has_more?: boolean;
  pagination?: { has_more: boolean; total?: number; next_cursor?: string; cursor?: string };
  error?: { code?: string; param?: string; message: string };
  [key: string]: unknown;
}
