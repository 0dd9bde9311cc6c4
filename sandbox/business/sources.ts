// Stripe, Amplitude and FunnelFox of one pretended company on a loopback server of their own.
import { amplitude, type Limits, usualLimits } from "../amplitude/index.js";
import { funnelfox, type Manner, usualManner } from "../funnelfox/index.js";
import { answerError, newRoutes, notImitated } from "../http/app.js";
import type { Call } from "../http/calls.js";
import type { Routes } from "../http/context.js";
import { createFaults, type Faults } from "../http/faults.js";
import { record } from "../http/record.js";
import { listen } from "../http/server.js";
import { type StripeKey, stripe } from "../stripe/index.js";
import { createBusiness } from "./company.js";
import { Dice } from "./dice.js";
import type { Business } from "./facts.js";
import { truthOf } from "./truth/index.js";
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
  funnelfox: Manner;
  amplitude: Limits;
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

/** What opens the sources. */
export interface SourceKeys {
  stripe: StripeKey[];
  amplitudeApi: string;
  amplitudeSecret: string;
  funnelfox: string;
}

/** The vendors as they behave unless told otherwise. */
export function usualQuirks(): Quirks {
  return { funnelfox: usualManner(), amplitude: usualLimits(), stripe: { perSecond: Number.POSITIVE_INFINITY } };
}

/**
 * The three APIs of a company, each under the prefix that its variable of the environment ends in.
 * @param requireVersion whether Stripe refuses requests without a Stripe-Version
 */
export function sourceRoutes(
  business: Business,
  keys: SourceKeys,
  { quirks = usualQuirks(), requireVersion = false }: { quirks?: Quirks; requireVersion?: boolean } = {},
): Routes {
  const project = { apiKey: keys.amplitudeApi, secretKey: keys.amplitudeSecret, region: "us" as const };
  const routes = newRoutes();
  routes.route(
    "/stripe",
    stripe({ business, keys: keys.stripe, perSecond: () => quirks.stripe.perSecond, requireVersion }),
  );
  routes.route("/amplitude", amplitude({ business, projects: [project], limits: quirks.amplitude }));
  routes.route("/funnelfox/public/v1", funnelfox({ business, secrets: [keys.funnelfox], manner: quirks.funnelfox }));
  for (const prefix of ["stripe", "amplitude", "funnelfox"]) routes.all(`/${prefix}/*`, notImitated);
  return routes;
}

/** Serves a company's sources on loopback. Throws on options that cannot be and on a port that is taken. */
export async function startSources(options: SourcesOptions = {}): Promise<Sources> {
  const { now = new Date(), port = null, business = createBusiness({ ...options, now }) } = options;
  const dice = new Dice(options.seed ?? 1, 90);
  const hex = (): string => dice.uuid().replaceAll("-", "");
  const keys: SourceKeys = {
    stripe: [{ key: dice.stripeId("rk_live").replace("rk_live_", "rk_live_sandbox"), live: true }],
    ...{ amplitudeApi: hex(), amplitudeSecret: hex(), funnelfox: `fox_sandbox_${hex()}` },
  };
  const [quirks, calls, faults]: [Quirks, Call[], ReturnType<typeof createFaults>] = [
    usualQuirks(),
    [],
    createFaults(),
  ];
  const app = newRoutes();
  app.use("*", record({ calls, faults, latency: () => 0, saveIfChanged: () => {} }));
  app.route("/", sourceRoutes(business, keys, { quirks, requireVersion: true }));
  app.notFound(notImitated);
  app.onError(answerError);
  const server = await listen(app, port, port !== null);
  const url = `http://127.0.0.1:${server.port}`;
  let closed: Promise<void> | undefined;
  return {
    url,
    get env() {
      return {
        STRIPE_API_URL: `${url}/stripe`,
        AMPLITUDE_API_URL: `${url}/amplitude`,
        FUNNELFOX_API_URL: `${url}/funnelfox/public/v1`,
        TAP_STRIPE_API_KEY: keys.stripe[0]?.key ?? "",
        TAP_AMPLITUDE_API_KEY: keys.amplitudeApi,
        TAP_AMPLITUDE_SECRET_KEY: keys.amplitudeSecret,
        TAP_AMPLITUDE_REGION: "us",
        FUNNELFOX_API_KEY: keys.funnelfox,
        PIPELINE_START_DATE: business.start.toISOString().slice(0, 10),
        PIPELINE_NOW: business.now().toISOString(),
      };
    },
    business,
    truth: (wish) => truthOf(business, wish),
    advance: (days) => business.advance(days),
    faults,
    quirks,
    stripeKeys: keys.stripe,
    calls,
    close() {
      closed ??= server.close();
      return closed;
    },
  };
}
