// The shapes of the expected answers: rows keyed and named like the marts.

/** `2026-11-24`; a month is its first day. Money is integer minor units of the row's currency. */
export type Day = string;

export interface IdentityLinkRow {
  source: "stripe" | "amplitude";
  source_type: "charge" | "user_id" | "email" | "device_id" | "amplitude_id";
  /** A charge's id, or the identifier: user ids without `pro_`, of an e-mail, lower and trimmed, its md5. */
  source_id: string;
  /** Without `pro_`; null when no rung decides. */
  profile_id: string | null;
  method: "user_id" | "psp_id" | "email" | "device_id" | "stripe_customer" | null;
  /** 1 when linked; else the most candidates that one rung found, 0 when none found any. */
  candidates: number;
}

export interface RevenueDailyRow {
  day: Day;
  currency: string;
  gross: number;
  refunds: number;
  disputes: number;
  net: number;
  fees: number;
}

export interface MrrMonthlyRow {
  month: Day;
  currency: string;
  starting_mrr: number;
  new_mrr: number;
  reactivation_mrr: number;
  expansion_mrr: number;
  contraction_mrr: number;
  churned_mrr: number;
  ending_mrr: number;
  active_subscriptions: number;
  ending_mrr_usd: number;
  is_reconstructed: boolean;
}

export interface LtvRow {
  cohort_month: Day;
  months_since: number;
  currency: string;
  customers: number;
  cumulative_net: number;
  /** cumulative_net ÷ customers, not rounded. */
  ltv: number;
  /** Of the money captured in the cohort's month and this currency, the share that no profile is known for. */
  unlinked_share: number;
}

export interface FunnelConversionRow {
  funnel_id: string;
  day: Day;
  country: string;
  sessions: number;
  profiles: number;
  purchasers: number;
  subscriptions: number;
}

export interface ReconciliationRow {
  source: "stripe" | "amplitude" | "funnelfox";
  stream: string;
  day: Day;
  source_count: number;
  raw_count: number;
  /** null for streams that no mart shows row by row. */
  mart_count: number | null;
  excluded_count: number | null;
  /** Sums of the same, over all currencies; null for streams without money. */
  source_amount: number | null;
  raw_amount: number | null;
  mart_amount: number | null;
  excluded_amount: number | null;
}

/** Rows a mart has in all. */
export interface Totals {
  dim_profiles: number;
  fct_sessions: number;
  fct_subscriptions: number;
  fct_charges: number;
  fct_events: number;
  /** Events by the rung that links them; `none` for the others. */
  events_by_method: Record<"user_id" | "email" | "device_id" | "none", number>;
}

export interface Truth {
  identity_links: IdentityLinkRow[];
  /** Rows of days and currencies in which something is not 0. */
  revenue_daily: RevenueDailyRow[];
  /** Rows in which something is not 0. */
  mrr_monthly: MrrMonthlyRow[];
  ltv_by_cohort: LtvRow[];
  funnel_conversion: FunnelConversionRow[];
  reconciliation: ReconciliationRow[];
  totals: Totals;
}

export interface TruthOptions {
  /** The moment of the run whose marts are expected; default the business's now. */
  now?: Date;
  /** Moments of the earlier runs that took a snapshot of subscriptions; the run at `now` always takes one. */
  snapshots?: Date[];
  /** PIPELINE_START_DATE: events uploaded before it were never loaded. Default the company's first day. */
  eventsFrom?: Date;
}
