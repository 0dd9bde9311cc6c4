// Checks of the sources: are the keys that the nightly job uses still good? Asked with what is on Heroku, not with `.env`.
import type { Secret } from "../../common/secret.js";
import type { ProbeDeps, ProbeResult } from "../../sources/probe.js";
import type { HealthContext } from "../context.js";
import { configOf } from "../present.js";
import type { Check, Finding } from "../types.js";
import { sentence } from "../words.js";

const TIMEOUT_MS = 20_000;

interface Source {
  readonly id: string;
  readonly title: string;
  /** the config vars that the probe takes, in its order */
  readonly keys: readonly string[];
  readonly probe: (context: HealthContext, keys: readonly Secret[], deps: ProbeDeps) => Promise<ProbeResult>;
}

const sources: readonly Source[] = [
  {
    id: "sources.stripe",
    title: "Stripe key",
    keys: ["TAP_STRIPE_API_KEY"],
    probe: async ({ probes, urls }, [key], deps) => probes.stripe({ key: there(key), url: urls.stripe }, deps),
  },
  {
    id: "sources.amplitude",
    title: "Amplitude keys",
    keys: ["TAP_AMPLITUDE_API_KEY", "TAP_AMPLITUDE_SECRET_KEY"],
    probe: async ({ probes, urls, actual }, [apiKey, secretKey], deps) => {
      const region = configOf(actual.pipeline, "TAP_AMPLITUDE_REGION")?.reveal() === "eu" ? "eu" : "us";
      const given = {
        apiKey: there(apiKey),
        secretKey: there(secretKey),
        region,
        url: urls.amplitude(region),
      } as const;
      return probes.amplitude(given, deps);
    },
  },
  {
    id: "sources.funnelfox",
    title: "FunnelFox secret",
    keys: ["FUNNELFOX_API_KEY"],
    probe: async ({ probes, urls }, [key], deps) => probes.funnelfox({ key: there(key), url: urls.funnelfox }, deps),
  },
];

function there(key: Secret | undefined): Secret {
  if (!key) throw new TypeError("a source was probed without its key");
  return key;
}

export const sourceChecks: readonly Check<HealthContext>[] = sources.map((source) => ({
  id: source.id,
  group: "sources",
  title: source.title,
  needs: ["pipeline app"],
  timeoutMs: TIMEOUT_MS,
  run: async (context, signal) => probed(source, context, signal),
}));

async function probed(source: Source, context: HealthContext, signal: AbortSignal): Promise<Finding> {
  const keys = source.keys.map((name) => configOf(context.actual.pipeline, name));
  const missing = source.keys.filter((_, at) => !keys[at]);
  if (missing.length > 0) {
    const app = context.desired.pipeline.name;
    return { status: "skipped", detail: `Not checked, because ${missing.join(" and ")} is not set on ${app}.` };
  }
  const set = keys.filter((key) => key !== undefined);
  const result = await source.probe(context, set, { fetch: context.fetch, signal });
  return findingOf(result, source.keys);
}

function findingOf(result: ProbeResult, variables: readonly string[]): Finding {
  switch (result.status) {
    case "ok":
      if (result.warnings.length === 0) return { status: "ok", detail: result.detail };
      return { status: "warn", detail: [result.detail, ...result.warnings].map(sentence).join(" ") };
    case "refused":
      return {
        status: "fail",
        detail: `${sentence(result.problem)} ${sentence(result.why)}`,
        remedy: {
          text: `${sentence(result.where)} Put the new value of ${variables.join(" and ")} into .env, then:`,
          commands: ["npm run setup"],
        },
      };
    case "unreachable":
      return { status: "unknown", detail: sentence(result.problem) };
  }
}
