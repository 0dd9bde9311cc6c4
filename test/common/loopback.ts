// A small HTTP server on loopback for tests: records requests, answers as told, and can be silent or hang up.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What to answer: a status with JSON or text, nothing at all, or a connection that is cut. */
export type Reply =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | "silence"
  | "reset"
  | ((response: ServerResponse) => void);

export interface Loopback {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Starts a server; `answer` may change state before it says what to send. */
export async function loopback(answer: (request: Seen) => Reply): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const now = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(now);
      send(answer(now), request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (reply === "silence") return;
  if (reply === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (typeof reply === "function") {
    reply(response);
    return;
  }
  const { status, json, text, headers } = reply;
  response.writeHead(status, { "content-type": json === undefined ? "text/html" : "application/json", ...headers });
  response.end(json === undefined ? (text ?? "") : JSON.stringify(json));
}

/** A page as a captive portal sends it. */
export const portal: Reply = { status: 200, text: "<!doctype html><html><body>Welcome to the hotel</body></html>" };
