// The Platform API without a network, for tests of single resources: answers from a function, and what was asked of it.
import { type HerokuApi, herokuApi } from "../../scripts/heroku/api.js";
import type { Reply, TransportRequest } from "../../scripts/heroku/transport.js";

export interface Scripted {
  readonly api: HerokuApi;
  readonly sent: TransportRequest[];
  /** "METHOD /path" of every request so far */
  readonly lines: () => string[];
}

/** Answers by "METHOD /path"; anything that is not in the script is not found. */
export function scripted(script: Readonly<Record<string, Reply | ((request: TransportRequest) => Reply)>>): Scripted {
  const sent: TransportRequest[] = [];
  const transport = async (request: TransportRequest): Promise<Reply> => {
    sent.push(request);
    const reply = script[`${request.method} ${request.path}`];
    return (typeof reply === "function" ? reply(request) : reply) ?? no(404, "not_found", "Couldn't find that.");
  };
  return {
    api: herokuApi({ transport, host: "https://api.heroku.com", sleep: async () => undefined }),
    sent,
    lines: () => sent.map(({ method, path }) => `${method} ${path}`),
  };
}

export const yes = (body: unknown): Reply => ({ kind: "answer", body, headers: {} });

export const no = (status: number, id: string, message = ""): Reply => ({
  kind: "refusal",
  status,
  body: { id, message },
  headers: {},
});

export const lost: Reply = { kind: "trouble", cause: new Error("socket hang up") };

/** The replies one after another, the last one again and again. */
export function oneByOne(...replies: readonly Reply[]): () => Reply {
  let next = 0;
  return () => replies[Math.min(next++, replies.length - 1)] ?? lost;
}
