// What happened in the pretended company, as facts with times: what the vendors tell of it at a moment is a view of these.

/** Milliseconds since 1970, UTC. */
export type Ms = number;

/** A page flow that sells something (FunnelFox, Funnels). */
export interface Funnel {
  id: string;
  at: Ms;
  title: string;
  alias: string;
  type: string;
  version: number;
  environment: string;
  tags: string[];
  status: string;
  deleted: boolean;
}

/** A product of FunnelFox; Stripe's counterpart is made from it. */
export interface Product {
  id: string;
  at: Ms;
  name: string;
  status: string;
  /** Ids of Stripe's product, and of its prices by currency. */
  stripeId: string;
}

/** A lead of a funnel. Ids are bare here; `prefixed` says that FunnelFox's lists write it with `pro_`. */
export interface Profile {
  id: string;
  at: Ms;
  prefixed: boolean;
  /** A visit of somebody who builds the funnel: no business. */
  preview: boolean;
  /** As typed: any case, blanks around it, or none. */
  email: string | null;
  country: string | null;
  funnelId: string;
}

/** A visit of a funnel; the rest of it is decoration made from its id. */
export interface Session {
  id: string;
  at: Ms;
  profileId: string;
  prefixed: boolean;
  funnelId: string;
  country: string;
}

export type SubscriptionStatus = "created" | "trialing" | "active" | "paused" | "cancelled" | "expired" | "unpaid";
export type Interval = "day" | "week" | "month" | "year";
export type Provider = "stripe" | "paddle" | "paypal" | "braintree" | "solidgate";

/** What a subscription looks like from `at` (its updated_at) until its next state. Money is minor units. */
export interface SubscriptionState {
  at: Ms;
  status: SubscriptionStatus;
  renews: boolean;
  interval: Interval;
  count: number;
  price: number;
  priceUsd: number;
  productId: string;
  periodStart: Ms;
  periodEnd: Ms | null;
  /** Id of the first payment at the provider: of Stripe a charge; null before there was one. */
  pspId: string | null;
}

export interface Subscription {
  id: string;
  /** Created; also the time of the first state. */
  at: Ms;
  profileId: string;
  prefixed: boolean;
  /** The profile's e-mail as the subscription repeats it. */
  profileEmail: string | null;
  profileAt: Ms;
  preview: boolean;
  sandbox: boolean;
  provider: Provider;
  currency: string;
  funnelId: string;
  funnelVersion: number;
  /** Id and customer of Stripe's counterpart; null for other providers and before Stripe was asked. */
  stripe: { id: string; customerId: string } | null;
  /** In order of time, at least one. */
  states: SubscriptionState[];
}

/** A payment as FunnelFox lists it, whoever the provider is. */
export interface Transaction {
  id: string;
  at: Ms;
  subscriptionId: string;
  sessionId: string;
  profileId: string;
  prefixed: boolean;
  funnelId: string;
  funnelVersion: number;
  currency: string;
  price: number;
  sandbox: boolean;
  /** Its price in US cents, which is corrected later for some; the times are the hidden updated_at. */
  usd: { at: Ms; priceUsd: number }[];
}

export interface Customer {
  id: string;
  at: Ms;
  email: string | null;
  name: string | null;
  country: string | null;
  currency: string;
  /** A change of the name, seen in an event only. */
  renamed: { at: Ms; name: string } | null;
  deletedAt: Ms | null;
}

export type RefundStatus = "pending" | "succeeded" | "failed" | "canceled";

export interface Refund {
  id: string;
  at: Ms;
  amount: number;
  reason: string | null;
  /** In order of time, the first one at the refund's creation. */
  statuses: { at: Ms; status: RefundStatus }[];
}

export type DisputeStatus =
  | "warning_needs_response"
  | "warning_under_review"
  | "warning_closed"
  | "needs_response"
  | "under_review"
  | "won"
  | "lost";

export interface Dispute {
  id: string;
  at: Ms;
  amount: number;
  reason: string;
  statuses: { at: Ms; status: DisputeStatus }[];
}

/** An attempt to take money through Stripe. Its payment intent, invoice and balance transactions follow from it. */
export interface Charge {
  id: string;
  at: Ms;
  customerId: string | null;
  intentId: string;
  /** The invoice and subscription it pays; null for a payment outside of subscriptions. */
  invoice: { id: string; subscriptionId: string; reason: "subscription_create" | "subscription_cycle" } | null;
  amount: number;
  currency: string;
  /** A failed one takes nothing, ever. */
  failed: boolean;
  /** When and how much was captured: at once for most, later or in part for reserved payments, null for never. */
  capture: { at: Ms; amount: number } | null;
  billingEmail: string | null;
  receiptEmail: string | null;
  description: string | null;
  refunds: Refund[];
  disputes: Dispute[];
  /** Settlement in the account's currency: units of it for one unit of the charge's, and the fee in its minor units. */
  settlement: { currency: string; rate: number; fee: number };
}

/** Everything but Amplitude's events that came to be up to a moment, each list in order of `at`. */
export interface Facts {
  funnels: Funnel[];
  products: Product[];
  profiles: Profile[];
  sessions: Session[];
  subscriptions: Subscription[];
  transactions: Transaction[];
  customers: Customer[];
  charges: Charge[];
}

/** The part of an Amplitude event that identity and counting need; the rest of it is decoration made from its uuid. */
export interface Touch {
  uuid: string;
  eventType: string;
  eventAt: Ms;
  /** server_upload_time: the hour of the export it belongs to. */
  uploadAt: Ms;
  /** When it can be had from the export; later than its hour's end for a few. */
  availableAt: Ms;
  /** As sent: with or without `pro_`, of a known profile or not. */
  userId: string | null;
  /** "" when the sender named none. */
  deviceId: string;
  amplitudeId: number;
  /** user_properties.email as sent. */
  email: string | null;
  country: string;
  platform: string;
}

/** A company whose clock can be moved; the services show it, and the expected answers are computed from it. */
export interface Business {
  readonly seed: number;
  /** Midnight at which the company began. */
  readonly start: Date;
  now(): Date;
  /** Moves the clock forward; fractions of days are allowed, going back is an error. */
  advance(days: number): void;
  /** The facts up to `at` (default now). Entities have begun by then; their later states may be in them already. */
  facts(at?: Date): Facts;
  /** How many distinct events are uploaded in that hour, known without making them. */
  uploads(hour: Ms): number;
  /** Distinct events uploaded in the hour that begins at `hour`, whether they can be had already or not. */
  touches(hour: Ms): Touch[];
  /** What an export of the hour holds at `at` (default now): late ones missing, repeated ones twice. */
  exported(hour: Ms, at?: Date): Touch[];
}
