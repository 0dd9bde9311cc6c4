// One HTTP request with a deadline and a limit on its body, for the hosts beside Heroku's main API.
import { codeOf } from "./errors.js";

export type FetchFailure = "timeout" | "refused" | "dns" | "reset" | "tls" | "other";

/** The request got no whole answer. Its message names the host and path, never a query, header or body. */
export class FetchFailed extends Error {
  override readonly name = "FetchFailed";
  readonly reason: FetchFailure;
  /** the host that was asked, with its port */
  readonly host: string;

  constructor(reason: FetchFailure, host: string, message: string) {
    super(message);
    this.reason = reason;
    this.host = host;
  }
}

export interface BoundedRequest {
  readonly url: string;
  /** default GET */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** sent as JSON; content-type application/json unless a header says otherwise */
  readonly body?: unknown;
  /** for the whole exchange, body included; default 15,000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** read only so many bytes of the body and drop the rest; without it the body may have 5 MB and must end */
  readonly firstBytes?: number | undefined;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** the body parsed, or undefined when it is no JSON */
  readonly json: unknown;
}

export interface FetchDeps {
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const MAX_BODY_BYTES = 5 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Sends one request and reads its answer whole. Any status is an answer. Redirects are not followed, so that a key in
 * a header never travels to a host that nobody named.
 * @throws FetchFailed when there is no whole answer in time; the signal's reason when the caller gave up
 */
export async function fetchBounded(request: BoundedRequest, deps: FetchDeps = {}): Promise<BoundedAnswer> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = request;
  const url = new URL(request.url);
  const what = `${request.method ?? "GET"} ${url.origin}${url.pathname}`;
  const init = requestInit(request, url.host, what);
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const stop = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  try {
    const response = await (deps.fetch ?? fetch)(url, { ...init, signal: stop });
    const text = await readText(response, request.firstBytes, url.host, what);
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    if (signal?.aborted) throw signal.reason;
    if (deadline.signal.aborted) {
      throw new FetchFailed("timeout", url.host, `${what} did not answer within ${seconds(timeoutMs)}.`);
    }
    const code = codeOf(error);
    const reason = reasonOf(code);
    throw new FetchFailed(reason, url.host, `${what} ${sentences[reason]}${code ? ` (${code})` : ""}.`);
  } finally {
    clearTimeout(timer);
    // Ends a body that was not read to its end, so that its connection does not keep the process alive.
    deadline.abort();
  }
}

function requestInit(request: BoundedRequest, host: string, what: string): RequestInit {
  let headers: Headers;
  try {
    headers = new Headers(request.headers);
  } catch {
    // The platform's own message quotes the header's value, which is a key more often than not.
    throw new FetchFailed("other", host, `${what} was not sent: a header holds characters that cannot be sent.`);
  }
  const init: RequestInit = { method: request.method ?? "GET", headers, redirect: "manual" };
  if (request.body === undefined) return init;
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { ...init, body: JSON.stringify(request.body) };
}

async function readText(
  response: Response,
  firstBytes: number | undefined,
  host: string,
  what: string,
): Promise<string> {
  if (!response.body) return "";
  const limit = firstBytes ?? MAX_BODY_BYTES;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  while (length <= limit) {
    const { done, value } = await reader.read();
    if (done) return text(chunks, length);
    chunks.push(value);
    length += value.byteLength;
    if (firstBytes !== undefined && length >= firstBytes) break;
  }
  await reader.cancel().catch(() => undefined);
  if (firstBytes !== undefined) return text(chunks, firstBytes);
  throw new FetchFailed("other", host, `${what} answered with more than 5 MB, which was not read.`);
}

function text(chunks: readonly Uint8Array[], bytes: number): string {
  return Buffer.concat(chunks).subarray(0, bytes).toString("utf8");
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

const sentences: Readonly<Record<FetchFailure, string>> = {
  timeout: "did not answer in time",
  refused: "was refused: nothing listens there",
  dns: "failed: the host's name was not found",
  reset: "broke off before the answer was whole",
  tls: "failed: no trusted TLS connection",
  other: "failed",
};

function reasonOf(code: string | undefined): FetchFailure {
  if (code === undefined) return "other";
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
  if (["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ECONNABORTED"].includes(code)) return "reset";
  if (/TIMEDOUT|TIMEOUT/.test(code)) return "timeout";
  if (/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/.test(code)) return "tls";
  return "other";
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
