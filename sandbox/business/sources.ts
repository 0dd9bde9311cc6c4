// Stripe, Amplitude and FunnelFox of one pretended company on a loopback server of their own.

import type { Call } from "../http/calls.js";
import type { Faults } from "../http/faults.js";
import type { StripeKey } from "../stripe/keys.js";
import type { Business } from "./facts.js";
import type { Truth, TruthOptions } from "./truth/rows.js";

export interface SourcesOptions {
  /** Default 1. The same seed, profiles, days and now give the same company. */
  seed?: number;
  /** Profiles of FunnelFox that came in the first `days` days; they keep coming at that pace. Default 300. */
  profiles?: number;
  /** Age of the company in days at the start. Default 60. */
  days?: number;
  /** Amplitude events in the first `days` days, about. Default 20 a profile. */
  events?: number;
  /** The company's moment; it stands still but for `advance`. Default the real time. */
  now?: Date;
  /** Port to listen on; default any. */
  port?: number;
  /** A company of one's own in place of the generated one. */
  business?: Business;
}

/** How the vendors behave today; may be changed at any time. */
export interface Quirks {
  funnelfox: {
    /** Undocumented by the vendor. Default newest. */
    order: "newest" | "oldest" | "shuffled";
    /** Name of the next cursor in an answer. Default next_cursor. */
    cursorName: "next_cursor" | "cursor";
    /** Answers `has_more` without a cursor, or with the cursor that was sent. Default none. */
    stuck: "none" | "missing" | "same";
    /** A page larger than this is answered with 504. Default 500. */
    largestPage: number;
    total: boolean;
  };
  amplitude: {
    /** Bytes of an export above which it is refused with 400. Default 4 GB, as the vendor's. */
    sizeLimit: number;
    /** Hours of an export above which it is answered with 504. Default none. */
    mostHours: number;
  };
  stripe: {
    /** Requests a second above which an endpoint answers 429. Default Infinity; Stripe's own is 25. */
    perSecond: number;
  };
}

export interface Sources {
  url: string;
  /** STRIPE_API_URL, AMPLITUDE_API_URL, FUNNELFOX_API_URL, the four keys, PIPELINE_START_DATE; PIPELINE_NOW follows `advance`. */
  readonly env: Record<string, string>;
  business: Business;
  /** Expected answers, computed from the company itself. */
  truth(options?: TruthOptions): Truth;
  advance(days: number): void;
  faults: Faults;
  quirks: Quirks;
  /** Stripe's keys; more may be pushed, `restrictedTo` some permissions. */
  stripeKeys: StripeKey[];
  /** Every request so far, oldest first. */
  calls: Call[];
  close(): Promise<void>;
}

export type StartSources = (options?: SourcesOptions) => Promise<Sources>;
