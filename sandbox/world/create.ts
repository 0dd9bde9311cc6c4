// An empty world: one verified account with a token, Eco bought, no apps.
import { newBusiness } from "../business/of-world.js";
import { noSearches } from "../papertrail/index.js";
import { newId, newToken } from "./ids.js";
import type { World } from "./types.js";

/** Calls an account has an hour (Heroku Platform API, Rate Limits). */
export const CALLS_PER_HOUR = 4500;

/** A fresh world at the given moment. Its token and source keys are random, so that they cannot be mistaken for real ones. */
export function createWorld(now: Date): World {
  return {
    version: 1,
    port: null,
    postgresPort: null,
    token: `HRKU-sandbox-${newToken(24)}`,
    keys: {
      stripe: `rk_live_sandbox${newToken(24)}`,
      amplitudeApi: newToken(32),
      amplitudeSecret: newToken(32),
      funnelfox: `fox_sandbox_${newToken(32)}`,
    },
    account: {
      id: newId(),
      email: "founder@example.com",
      name: "Sandbox Founder",
      verified: true,
      suspended_at: null,
      delinquent_at: null,
      two_factor: null,
      default_team: null,
      created_at: now.toISOString(),
    },
    teams: [{ id: newId(), name: "sandbox-team" }],
    apps: [],
    addons: [],
    attachments: [],
    sources: [],
    builds: [],
    slugs: [],
    releases: [],
    formation: [],
    dynos: [],
    jobs: [],
    schedules: [],
    transfers: [],
    searches: noSearches(),
    logs: {},
    settings: {
      eco: "bought",
      ecoUsed: 0,
      plansNotSold: [],
      silent: [],
      foreignApps: [],
      unverifiedStatus: 402,
      metabaseState: {},
    },
    business: newBusiness(now),
    rate: { remaining: CALLS_PER_HOUR, at: now.getTime() },
  };
}
