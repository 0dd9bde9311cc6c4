// Carries out a fault on a request: answers a status, waits, cuts the connection, or mangles the answer.
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Next } from "hono";
import type { Ctx } from "./context.js";
import { idOfStatus } from "./errors.js";
import type { FaultEffect } from "./faults.js";

/** Runs the request under the fault. The answer, or undefined when the route's own answer stands. */
export async function disturb(c: Ctx, effect: FaultEffect, next: Next): Promise<Response | undefined> {
  if ("delayMs" in effect) {
    await sleep(effect.delayMs);
    await next();
    return undefined;
  }
  if ("status" in effect) {
    const body = {
      id: effect.id ?? idOfStatus(effect.status),
      message: effect.message ?? `Fault ${effect.status} on demand.`,
    };
    const headers = { "content-type": "application/json", ...effect.headers };
    return new Response(JSON.stringify(body), { status: effect.status, headers });
  }
  if ("reset" in effect) {
    if (effect.reset === "after") await next();
    return cut(c);
  }
  await next();
  return mangle(c, effect.garbage);
}

function cut(c: Ctx): Response {
  c.env.incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

async function mangle(c: Ctx, kind: "html" | "truncated" | "empty"): Promise<Response> {
  const { status } = c.res;
  if (kind === "html") {
    const page =
      "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome to this network</h1></body></html>";
    return new Response(page, { status, headers: { "content-type": "text/html" } });
  }
  if (kind === "empty") return new Response(null, { status: status === 304 ? 200 : status });
  const type = c.res.headers.get("content-type") ?? "application/json";
  const text = await c.res.text();
  const half = text.slice(0, Math.floor(text.length / 2));
  if (type.includes("json")) return new Response(half, { status, headers: { "content-type": type } });
  const { outgoing } = c.env;
  outgoing.writeHead(status, { "content-type": type });
  await new Promise<void>((done) => outgoing.write(half === "" ? " " : half, () => done()));
  return cut(c);
}
