// The variables that point the product and the official CLI at a sandbox.
import type { World } from "./world/types.js";

/** One variable per host, the token, and the source keys that the pretended services accept. */
export function environment(base: string, world: World): Record<string, string> {
  return {
    HEROKU_HOST: base,
    HEROKU_API_KEY: world.token,
    HEROKU_PARTICLEBOARD_URL: `${base}/particleboard`,
    // A bare host name, as the CLI wants it; scheme and port are those of HEROKU_HOST.
    HEROKU_DATA_HOST: "127.0.0.1",
    PAPERTRAIL_API_URL: `${base}/papertrail/api/v1`,
    STRIPE_API_URL: `${base}/stripe`,
    AMPLITUDE_API_URL: `${base}/amplitude`,
    FUNNELFOX_API_URL: `${base}/funnelfox/public/v1`,
    TAP_STRIPE_API_KEY: world.keys.stripe,
    TAP_AMPLITUDE_API_KEY: world.keys.amplitudeApi,
    TAP_AMPLITUDE_SECRET_KEY: world.keys.amplitudeSecret,
    FUNNELFOX_API_KEY: world.keys.funnelfox,
    // A company whose clock was moved ahead is to be read as of its own moment.
    ...(world.business?.movedTo ? { PIPELINE_NOW: world.business.movedTo } : {}),
  };
}
