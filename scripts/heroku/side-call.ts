// One call to a side API (scheduler, Papertrail, data), whose every unexpected answer becomes a value.
import type { z } from "zod";
import { FetchFailed, fetchBounded } from "../common/fetch.js";
import { Redactor } from "../common/redact.js";
import { backoffMs, realSleep, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import { type Known, known, unknown } from "./known.js";

export interface SideDeps {
  /** base address, without a slash at its end */
  readonly url: string;
  readonly token: Secret;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly sleep?: Sleep | undefined;
  /** for each request; default 10,000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SideCall<T> {
  /** who is asked, for sentences: "Heroku Scheduler's API" */
  readonly who: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly shape: z.ZodType<T>;
}

/** refused: it said no, nothing was done. unclear: it may or may not have been done. silent: unclear, and perhaps still under way. */
export type SideAnswer<T> =
  | { readonly outcome: "answered"; readonly value: T }
  | { readonly outcome: "refused" | "unclear" | "silent"; readonly why: string };

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Asks once; a GET a second time after a broken connection, a 429 or a 5xx.
 * @throws only the signal's reason
 */
export async function sideCall<T>(deps: SideDeps, call: SideCall<T>): Promise<SideAnswer<T>> {
  const first = await once(deps, call);
  if (call.method !== "GET" || first.outcome !== "unclear") return first;
  await (deps.sleep ?? realSleep)(backoffMs(1), deps.signal);
  return once(deps, call);
}

async function once<T>(deps: SideDeps, call: SideCall<T>): Promise<SideAnswer<T>> {
  let answer: Awaited<ReturnType<typeof fetchBounded>>;
  try {
    answer = await fetchBounded(
      {
        url: `${deps.url}${call.path}`,
        method: call.method,
        headers: call.headers,
        body: call.body,
        timeoutMs: deps.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        signal: deps.signal,
      },
      { fetch: deps.fetch },
    );
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    // A connection that was never made cannot have carried anything.
    if (error.reason === "refused" || error.reason === "dns" || error.reason === "tls") {
      return { outcome: "refused", why: `${call.who} could not be reached: ${error.message}` };
    }
    return { outcome: error.reason === "timeout" ? "silent" : "unclear", why: error.message };
  }
  const { status, json, text } = answer;
  if (status >= 200 && status < 300) {
    const parsed = call.shape.safeParse(json);
    if (parsed.success) return { outcome: "answered", value: parsed.data };
    const what = json !== undefined ? "JSON of another shape" : looksLikeHtml(text) ? "a web page" : "no JSON";
    return { outcome: "unclear", why: `${call.who} answered with ${what} where its usual answer was expected.` };
  }
  const said = errorText(json, deps.token);
  const why = `${call.who} answered ${status}${said ? `: ${said}` : ""}${said?.endsWith(".") ? "" : "."}`;
  return { outcome: status >= 500 || (status === 429 && call.method === "GET") ? "unclear" : "refused", why };
}

/** For callers to whom every failure is the same: not known, and why. */
export function settled<T>(answer: SideAnswer<T>): Known<T> {
  return answer.outcome === "answered" ? known(answer.value) : unknown(answer.why);
}

function looksLikeHtml(text: string): boolean {
  return /^\s*(<!doctype|<html|<head|<body)/i.test(text);
}

/** What an error body says, in the shapes of JSON:API, Heroku, Papertrail; one short line with the token masked. */
function errorText(json: unknown, token: Secret): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { errors, message, error } = json as { errors?: unknown; message?: unknown; error?: unknown };
  const first = Array.isArray(errors) ? (errors[0] as { detail?: unknown; title?: unknown } | undefined) : undefined;
  const found = [first?.detail, first?.title, message, error].find((text) => typeof text === "string");
  if (typeof found !== "string" || found.trim() === "") return undefined;
  const redactor = new Redactor();
  redactor.add(token);
  const line = redactor.text(found).replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
