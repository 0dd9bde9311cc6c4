// Probes the keys of all sources side by side, bounded in time, without ever failing itself.
import { messageOf } from "../common/errors.js";
import { Redactor } from "../common/redact.js";
import type { Secret } from "../common/secret.js";
import { type AmplitudeKeys, probeAmplitude } from "./amplitude.js";
import { probeFunnelfox } from "./funnelfox.js";
import type { ProbeDeps, ProbeResult } from "./probe.js";
import { probeStripe } from "./stripe.js";

/** The answers whose keys are probed; Amplitude's two keys are one probe, filed under the first. */
export const probedAnswers = ["stripe-api-key", "amplitude-api-key", "funnelfox-api-key"] as const;
export type ProbedAnswer = (typeof probedAnswers)[number];

/** The sources to probe; one that is left out is not asked. */
export interface SourceKeys {
  readonly stripe?: { readonly key: Secret; readonly url: string } | undefined;
  readonly amplitude?: AmplitudeKeys | undefined;
  readonly funnelfox?: { readonly key: Secret; readonly url: string } | undefined;
}

export interface ProbeAllDeps extends ProbeDeps {
  /** for all of them together; default 40,000 */
  readonly deadlineMs?: number | undefined;
}

const services: Readonly<Record<ProbedAnswer, string>> = {
  "stripe-api-key": "Stripe",
  "amplitude-api-key": "Amplitude",
  "funnelfox-api-key": "FunnelFox",
};

/** @returns a result for each source that was given, by the name of its answer; never throws */
export async function probeSources(
  sources: SourceKeys,
  deps: ProbeAllDeps = {},
): Promise<Partial<Record<ProbedAnswer, ProbeResult>>> {
  const { deadlineMs = 40_000, signal, ...rest } = deps;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const bounded: ProbeDeps = {
    ...rest,
    signal: signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal,
  };
  const redactor = new Redactor();
  redactor.add(sources.stripe?.key, sources.funnelfox?.key, sources.amplitude?.apiKey, sources.amplitude?.secretKey);
  const { stripe, amplitude, funnelfox } = sources;
  const probes: [ProbedAnswer, (() => Promise<ProbeResult>) | undefined][] = [
    ["stripe-api-key", stripe && (() => probeStripe(stripe, bounded))],
    ["amplitude-api-key", amplitude && (() => probeAmplitude(amplitude, bounded))],
    ["funnelfox-api-key", funnelfox && (() => probeFunnelfox(funnelfox, bounded))],
  ];
  try {
    const results = await Promise.all(
      probes.map(async ([answer, probe]): Promise<[ProbedAnswer, ProbeResult] | undefined> => {
        if (!probe) return undefined;
        try {
          return [answer, await probe()];
        } catch (error) {
          const problem = deadline.signal.aborted
            ? `${services[answer]} did not answer within ${Math.round(deadlineMs / 1000)} s.`
            : signal?.aborted
              ? `${services[answer]} was not asked to the end: stopped.`
              : `${services[answer]} could not be asked: ${redactor.text(messageOf(error))}`;
          return [answer, { status: "unreachable", problem }];
        }
      }),
    );
    return Object.fromEntries(results.filter((result) => result !== undefined));
  } finally {
    clearTimeout(timer);
  }
}
