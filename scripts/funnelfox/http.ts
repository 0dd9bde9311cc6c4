// One GET into a buffer that is used again, over connections that stay open.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { codeOf } from "../common/errors.js";

export interface GetRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** for the whole exchange, body included */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface GetAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** the body, followed by one spare byte; valid until the next request */
  readonly bytes: Buffer;
  readonly length: number;
}

/** There is no whole answer. `again` is false where asking again cannot help. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(
    readonly reason: string,
    readonly again: boolean,
  ) {
    super(reason);
  }
}

export interface Transport {
  /** One request at a time. Any status is an answer. @throws NoAnswer; the signal's reason */
  get(request: GetRequest): Promise<GetAnswer>;
  close(): void;
}

const FIRST_BYTES = 512 * 1024;
/** A page of 500 items is some hundred kilobytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Redirects are answers like others, so that the key in the header never travels to a host that nobody named. */
export function createTransport(): Transport {
  const options = { keepAlive: true, maxSockets: 2 };
  const agents = { "http:": new HttpAgent(options), "https:": new HttpsAgent(options) };
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);

  const read = async (response: IncomingMessage): Promise<number> => {
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const needed = length + chunk.length + 1;
      if (needed > MOST_BYTES) throw new NoAnswer("answered with more than 64 MB", true);
      if (needed > buffer.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
        buffer.copy(grown, 0, 0, length);
        buffer = grown;
      }
      length += chunk.copy(buffer, length);
    }
    if (!response.complete) throw new NoAnswer("broke off before the answer was whole", true);
    return length;
  };

  return {
    async get({ url, headers, timeoutMs, signal }) {
      signal.throwIfAborted();
      const secure = url.protocol === "https:";
      let request: ClientRequest | undefined;
      const late = () =>
        request?.destroy(new NoAnswer(`did not answer within ${Math.round(timeoutMs / 1000)} s`, true));
      const given = () => request?.destroy(new Error("given up"));
      const timer = setTimeout(late, timeoutMs);
      signal.addEventListener("abort", given);
      try {
        const agent = secure ? agents["https:"] : agents["http:"];
        const sent = (secure ? httpsRequest : httpRequest)(url, { headers, agent });
        request = sent;
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          sent.on("response", resolve);
          sent.on("error", reject);
          sent.end();
        });
        const length = await read(response);
        return { status: response.statusCode ?? 0, headers: response.headers, bytes: buffer, length };
      } catch (error) {
        request?.destroy();
        if (signal.aborted) throw signal.reason;
        throw error instanceof NoAnswer ? error : noAnswer(codeOf(error));
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", given);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function noAnswer(code: string | undefined): NoAnswer {
  if (code && /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/.test(code)) {
    return new NoAnswer(`gave no trusted TLS connection (${code})`, false);
  }
  if (code === "ERR_INVALID_CHAR")
    return new NoAnswer("cannot be asked: the key holds characters that no header takes", false);
  if (code === "ECONNREFUSED") return new NoAnswer("refused the connection: nothing listens there", true);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new NoAnswer("was not found by its name", true);
  if (code === "ECONNRESET" || code === "EPIPE") return new NoAnswer("broke off before the answer was whole", true);
  return new NoAnswer(`could not be asked (${code ?? "no code"})`, true);
}
