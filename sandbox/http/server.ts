// One HTTP server on loopback: opens on the port of last time when that is free, and closes with all its connections.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Routes } from "./context.js";

export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. A preferred port that is taken gives way to any free one; an `exact` one is an error then. */
export async function listen(app: Routes, preferred: number | null, exact: boolean): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.keepAliveTimeout = 60_000;
  try {
    await open(server, preferred ?? 0);
  } catch (error) {
    if (exact || preferred === null) throw error;
    await open(server, 0);
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function open(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    const onError = (error: Error): void => fail(error);
    server.once("error", onError);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", onError);
      done();
    });
  });
}
