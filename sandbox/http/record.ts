// Around every request: writes it into the call log, adds the wished latency, applies faults, saves what changed.
import { setTimeout as sleep } from "node:timers/promises";
import type { MiddlewareHandler } from "hono";
import { type Call, serviceOf, stamp } from "./calls.js";
import type { Env } from "./context.js";
import { disturb } from "./disturb.js";
import type { FaultBook } from "./faults.js";

export interface RecordOptions {
  calls: Call[];
  faults: FaultBook;
  /** Milliseconds added to every answer; read at each request. */
  latency(): number;
  /** Saves the world when a route changed it. */
  saveIfChanged(): void;
}

/** The outermost middleware of all pretended services; requests below `/_sandbox` pass untouched. */
export function record(options: RecordOptions): MiddlewareHandler<Env> {
  return async (c, next) => {
    const url = new URL(c.req.url);
    if (url.pathname.startsWith("/_sandbox")) {
      await next();
      options.saveIfChanged();
      return;
    }
    const service = serviceOf(url.pathname);
    const { method } = c.req;
    const call: Call = { service, method, path: url.pathname + url.search, status: 0, startedAt: stamp(), endedAt: 0 };
    options.calls.push(call);
    if (/\bjson\b/.test(c.req.header("content-type") ?? "")) {
      const text = await c.req.text();
      if (text !== "") call.requestBody = parsed(text);
    }
    if (options.latency() > 0) await sleep(options.latency());
    const effect = options.faults.take({ service, method, pathname: url.pathname, search: url.search });
    const commit = async (): Promise<void> => {
      await next();
      options.saveIfChanged();
    };
    if (effect === undefined) {
      await commit();
    } else {
      const answer = await disturb(c, effect, commit);
      if (answer !== undefined) c.res = answer;
    }
    call.endedAt = stamp();
    call.status = effect !== undefined && "reset" in effect ? 0 : c.res.status;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
