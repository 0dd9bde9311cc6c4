// One request to the Platform API and its answer: heroku-client, with its hidden repeats off and every request bounded in time.
import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import HerokuClient from "heroku-client";
import HerokuRequest, { type RequestOptions } from "heroku-client/lib/request.js";
import { reveal, type Secret } from "../common/secret.js";

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** true: only the first page; false: pages are followed to the end */
  readonly partial?: boolean;
}

/** What one request came to. `trouble` means that nobody can say whether the server did it. */
export type Reply =
  | { readonly kind: "answer"; readonly body: unknown; readonly headers: IncomingHttpHeaders }
  | { readonly kind: "refusal"; readonly status: number; readonly body: unknown; readonly headers: IncomingHttpHeaders }
  | { readonly kind: "trouble"; readonly cause: Error };

export type Transport = (request: TransportRequest) => Promise<Reply>;

export interface TransportOptions {
  readonly url: string;
  readonly token: Secret;
  /** how long one request and its answer may take, in ms */
  readonly timeoutMs?: number;
  readonly twoFactorCode?: () => Secret | undefined;
  readonly signal?: AbortSignal | undefined;
}

const USER_AGENT = "reluvia-dwh";
const keepAlive = { keepAlive: true, maxSockets: 32, scheduling: "lifo" } as const;
let agents: { http: HttpAgent; https: HttpsAgent } | undefined;

/** One agent for the whole process: heroku-client would open a connection for every call. */
function sharedAgent(secure: boolean): HttpAgent {
  agents ??= { http: new HttpAgent(keepAlive), https: new HttpsAgent(keepAlive) };
  return secure ? agents.https : agents.http;
}

/** Closes the connections that are kept open, so that a command can end at once. */
export function closeConnections(): void {
  agents?.http.destroy();
  agents?.https.destroy();
  agents = undefined;
}

interface BoundedOptions extends RequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

class BoundedRequest<T> extends HerokuRequest<T> {
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(options: BoundedOptions) {
    super(options);
    this.#timeoutMs = options.timeoutMs;
    this.#signal = options.signal;
    if (!process.env.HEROKU_HTTP_PROXY_HOST) this.agent = sharedAgent(this.secure);
  }

  /** heroku-client sends any method again after a network error, POST too: only the caller knows whether that is safe. */
  override handleError(error: Error): void {
    this.reject(error);
  }

  /** heroku-client's own limit counts silence on the socket; this one counts the whole exchange. */
  override setRequestTimeout(request: ClientRequest): void {
    const stop = (why: string) => {
      const error = new Error(why);
      this.reject(error);
      request.destroy(error);
    };
    const timer = setTimeout(() => stop(`no answer within ${Math.round(this.#timeoutMs / 1000)} s`), this.#timeoutMs);
    const onAbort = () => stop("interrupted");
    if (this.#signal?.aborted) onAbort();
    this.#signal?.addEventListener("abort", onAbort, { once: true });
    request.once("close", () => {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", onAbort);
    });
  }

  /** A connection that breaks in the middle of a body would otherwise never settle. */
  override handleResponse(response: IncomingMessage): void {
    // heroku-client joins chunks as they come, which would break characters that lie across two of them.
    response.setEncoding("utf8");
    response.once("error", (error) => this.reject(error));
    response.once("close", () => {
      if (!response.complete) this.reject(new Error("the connection broke in the middle of the answer"));
    });
    try {
      super.handleResponse(response);
    } catch (error) {
      // It trusts that a 304 answers a question of its own.
      this.reject(error);
    }
  }

  /** An empty body is no empty object: taken for one, an app would seem to have no config vars. */
  override parseBody(body: string): unknown {
    return body === "" ? undefined : super.parseBody(body);
  }
}

class BoundedClient extends HerokuClient {
  override request<T>(options: RequestOptions): Promise<T> {
    const headers = { ...this.options.headers, ...options.headers };
    return new BoundedRequest<T>({ ...this.options, ...options, headers } as BoundedOptions).request();
  }
}

/**
 * A function that sends one request and says what came of it; it never throws and never repeats.
 * Reads at most 1,000 items a page and follows Next-Range (Heroku Platform API, Ranges).
 */
export function herokuTransport(options: TransportOptions): Transport {
  const { timeoutMs = 30_000, twoFactorCode, signal } = options;
  const client = new BoundedClient({
    host: options.url,
    token: reveal(options.token),
    userAgent: USER_AGENT,
    ...({ timeoutMs, signal } satisfies Partial<BoundedOptions>),
  });
  return async (request) => {
    let headers: IncomingHttpHeaders = {};
    const code = twoFactorCode?.();
    try {
      const body = await client.request({
        method: request.method,
        path: request.path,
        ...(request.body === undefined ? {} : { body: request.body }),
        headers: { ...request.headers, ...(code ? { "Heroku-Two-Factor-Code": code.reveal() } : {}) },
        partial: request.partial ?? false,
        middleware: (response, next) => {
          headers = response.headers;
          next();
        },
      });
      return { kind: "answer", body, headers };
    } catch (error) {
      const { statusCode, body } = error as { statusCode?: number; body?: unknown };
      if (typeof statusCode === "number") return { kind: "refusal", status: statusCode, body, headers };
      return { kind: "trouble", cause: error instanceof Error ? error : new Error(String(error)) };
    }
  };
}
