// A Platform API on loopback for tests: answers as told, with a client that waits for nobody and says how long it would have.
import { inspect } from "node:util";
import { Secret } from "../../scripts/common/secret.js";
import { type ApiOptions, type HerokuApi, herokuApi } from "../../scripts/heroku/api.js";
import {
  closeConnections,
  herokuTransport,
  type Transport,
  type TransportOptions,
} from "../../scripts/heroku/transport.js";
import { type Loopback, loopback, type Reply, type Seen } from "../common/loopback.js";

export const TOKEN = "HRKU-5f2c7a10-not-to-be-seen";

export interface Platform {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** "METHOD /path" of every request so far */
  readonly lines: () => string[];
  readonly transport: Transport;
  readonly api: HerokuApi;
  /** pauses that the client took, in ms */
  readonly pauses: number[];
}

export interface PlatformOptions
  extends Partial<Pick<TransportOptions, "timeoutMs" | "twoFactorCode" | "signal">>,
    Partial<Pick<ApiOptions, "askTwoFactor" | "random" | "sleep">> {}

const open: Loopback[] = [];

/** Starts one; `answer` may change state before it says what to send. */
export async function platform(answer: (request: Seen) => Reply, options: PlatformOptions = {}): Promise<Platform> {
  const server = await loopback(answer);
  open.push(server);
  const { timeoutMs = 2_000, twoFactorCode, signal, ...rest } = options;
  const transport = herokuTransport({
    url: server.url,
    token: new Secret(TOKEN),
    timeoutMs,
    signal,
    ...(twoFactorCode ? { twoFactorCode } : {}),
  });
  const pauses: number[] = [];
  const sleep = async (ms: number, stop?: AbortSignal) => {
    pauses.push(ms);
    stop?.throwIfAborted();
  };
  return {
    url: server.url,
    seen: server.seen,
    lines: () => server.seen.map(({ method, path }) => `${method} ${path}`),
    transport,
    api: herokuApi({ transport, host: server.url, sleep, signal, ...rest }),
    pauses,
  };
}

/** Ends every server and the client's connections. */
export async function closePlatforms(): Promise<void> {
  closeConnections();
  await Promise.all(open.splice(0).map((server) => server.close()));
}

/** Answers in turn, the last one again and again. */
export function inTurn(...replies: readonly Reply[]): () => Reply {
  let next = 0;
  return () => replies[Math.min(next++, replies.length - 1)] ?? "reset";
}

/** A body without its end: a length is promised, less is sent, and the connection is cut. */
export const broken = (text: string): Reply => {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": text.length + 50 });
    response.write(text, () => response.destroy());
  };
};

/** What an API's refusal looks like. */
export const refusal = (status: number, id: string, message = `because of ${id}`, headers = {}): Reply => ({
  status,
  json: { id, message },
  headers,
});

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("it was expected to be refused");
    },
    (error: unknown) => error,
  );
}

/** Everything that any printing of an error could show. */
export function everythingOf(error: unknown): string {
  const shallow = error instanceof Error ? { ...error, message: error.message, stack: error.stack } : error;
  return [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(shallow), String(error)].join("\n");
}
