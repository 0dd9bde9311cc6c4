// The outside hosts: one environment variable each, with the address that counts when it is not set.

export interface HostSpec {
  readonly variable: string;
  readonly default: string;
}

/** Every host that this project speaks to; Metabase's is its app's `web_url`. */
export const hosts = {
  heroku: { variable: "HEROKU_HOST", default: "https://api.heroku.com" },
  scheduler: { variable: "HEROKU_PARTICLEBOARD_URL", default: "https://particleboard.heroku.com" },
  data: { variable: "HEROKU_DATA_HOST", default: "https://api.data.heroku.com" },
  papertrail: { variable: "PAPERTRAIL_API_URL", default: "https://papertrailapp.com/api/v1" },
  stripe: { variable: "STRIPE_API_URL", default: "https://api.stripe.com" },
  amplitude: { variable: "AMPLITUDE_API_URL", default: "" },
  funnelfox: { variable: "FUNNELFOX_API_URL", default: "https://api.funnelfox.io/public/v1" },
} as const satisfies Record<string, HostSpec>;

export type HostName = keyof typeof hosts;

/** Amplitude's hosts by region (Amplitude Docs, Export API > Endpoints). */
export const amplitudeHosts: Readonly<Record<"us" | "eu", string>> = {
  us: "https://amplitude.com",
  eu: "https://analytics.eu.amplitude.com",
};
