// What a probe of a source's key says, and the one bounded request that every probe makes.
import { type BoundedAnswer, FetchFailed, fetchBounded } from "../common/fetch.js";
import { Redactor } from "../common/redact.js";
import { backoffMs, realSleep, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";

/**
 * ok: the key reads what the pipeline reads · refused: the service does not take it · unreachable: nobody can tell.
 * No text holds a key.
 */
export type ProbeResult =
  | { readonly status: "ok"; readonly detail: string; readonly warnings: readonly string[] }
  | {
      readonly status: "refused";
      /** what is wrong */
      readonly problem: string;
      /** likely why */
      readonly why: string;
      /** where to get the right key, or what to set */
      readonly where: string;
    }
  | { readonly status: "unreachable"; readonly problem: string };

export interface ProbeDeps {
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly sleep?: Sleep | undefined;
  readonly signal?: AbortSignal | undefined;
  /** for each request; default 10,000 */
  readonly timeoutMs?: number | undefined;
}

export interface ProbeRequest {
  /** the service as people call it */
  readonly service: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** for answers that may be large and whose beginning is enough */
  readonly firstBytes?: number | undefined;
}

const REPEATS = 2;
const LONGEST_PAUSE_MS = 5_000;

/**
 * GETs, and again up to twice after a broken connection, a 429 or a 5xx.
 * @returns the answer, or `unreachable` as the sentence to show
 * @throws only the signal's reason
 */
export async function ask(
  request: ProbeRequest,
  deps: ProbeDeps,
): Promise<BoundedAnswer | { readonly unreachable: string }> {
  const { service, ...rest } = request;
  const sleep = deps.sleep ?? realSleep;
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    let pause = backoffMs(attempt, { cap: LONGEST_PAUSE_MS });
    try {
      const answer = await fetchBounded(
        { ...rest, timeoutMs: deps.timeoutMs ?? 10_000, signal: deps.signal },
        { fetch: deps.fetch },
      );
      if (answer.status !== 429 && answer.status < 500) return answer;
      problem =
        answer.status === 429
          ? `${service} answered 429: too many requests.`
          : `${service} answered ${answer.status}: it has trouble of its own.`;
      pause = retryAfterMs(answer.headers) ?? pause;
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      problem = `${service} could not be asked: ${error.message}`;
      // Only a connection that broke off is likely to do better at once.
      if (error.reason !== "reset" && error.reason !== "other") return { unreachable: problem };
    }
    if (attempt > REPEATS) return { unreachable: problem };
    await sleep(pause, deps.signal);
  }
}

/** For an answer that no rule expects: a proxy's page, a redirect, another status. */
export function unexpected(service: string, answer: BoundedAnswer): ProbeResult {
  if (answer.status >= 300 && answer.status < 400) {
    return unreachable(`${service} answered with a redirect (${answer.status}). ${PROXY}`);
  }
  if (looksLikeHtml(answer.text)) return unreachable(`${service} answered with a web page. ${PROXY}`);
  if (answer.status < 300)
    return unreachable(`${service} answered with something that is not its usual answer. ${PROXY}`);
  return unreachable(`${service} answered ${answer.status}, which says nothing about the key.`);
}

export function unreachable(problem: string): ProbeResult {
  return { status: "unreachable", problem };
}

export function looksLikeHtml(text: string): boolean {
  return /^\s*<(!doctype|html|head|body)\b/i.test(text);
}

/** The service's own words on an error, `error.message` or `message`, in one short line with the keys masked. */
export function said(answer: BoundedAnswer, ...keys: readonly Secret[]): string {
  const { error, message } = (typeof answer.json === "object" && answer.json !== null ? answer.json : {}) as {
    error?: unknown;
    message?: unknown;
  };
  const inner = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
  const text = [inner, message].find((candidate) => typeof candidate === "string");
  if (typeof text !== "string") return "";
  const redactor = new Redactor();
  redactor.add(...keys);
  const line = redactor.text(text).replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

const PROXY = "A proxy or a network's login page may stand in between.";

function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  return /^\d+$/.test(value) ? Math.min(LONGEST_PAUSE_MS, Number(value) * 1000) : undefined;
}
