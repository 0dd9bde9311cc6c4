// Logs: a session gives an address that streams an app's lines, as plain text or as the server-sent events the CLI wants.
import type { LogSession } from "@heroku-cli/schema";
import { z } from "zod";
import { newRoutes } from "../http/app.js";
import { readBody } from "../http/body.js";
import { isCli, type Routes } from "../http/context.js";
import { findApp } from "../world/find.js";
import { newId, newToken } from "../world/ids.js";
import type { Machine } from "../world/machine.js";

const create = {
  lines: z.int().min(1).max(1500).optional(),
  source: z.string().optional(),
  tail: z.boolean().optional(),
  type: z.string().optional(),
};

export const schemas = {
  create: z.strictObject({ ...create, dyno_name: z.string().optional() }),
  // The official CLI names the dyno `dyno`, and sends null where it has nothing to say.
  cliCreate: z.strictObject({ ...create, dyno: z.string().optional() }),
};

interface Session {
  app: string;
  lines: number;
  tail: boolean;
  source: string | undefined;
  dyno: string | undefined;
}

/** Sessions live in memory: they are over when the sandbox ends, and Heroku's last minutes too. */
export function logs(machine: Machine): { api: Routes; streams: Routes } {
  const sessions = new Map<string, Session>();
  const api = newRoutes();
  api.post("/apps/:app/log-sessions", async (c) => {
    const app = findApp(machine, c.req.param("app"));
    const wish = await readBody<z.infer<typeof schemas.create> & z.infer<typeof schemas.cliCreate>>(
      c,
      isCli(c) ? schemas.cliCreate : schemas.create,
    );
    const { lines = 100, tail = false, source } = wish;
    const token = newToken(40);
    sessions.set(token, { app: app.id, lines, tail, source, dyno: wish.dyno_name ?? wish.dyno ?? wish.type });
    const stamp = machine.stamp();
    const answer: LogSession = {
      created_at: stamp,
      id: newId(),
      logplex_url: `${machine.base()}/streams/sessions/${token}`,
      updated_at: stamp,
    };
    return c.json(answer, 201);
  });
  const streams = newRoutes();
  streams.get("/streams/sessions/:token", (c) => {
    const session = sessions.get(c.req.param("token"));
    if (session === undefined) return c.text("Not found\n", 404);
    const isEvents = (c.req.header("accept") ?? "").includes("text/event-stream");
    const write = (line: string): string => (isEvents ? `data: ${line}\n\n` : `${line}\n`);
    const recent = (machine.world.logs[session.app] ?? []).filter((line) => fits(session, line)).slice(-session.lines);
    const type = isEvents ? "text/event-stream" : "text/plain; charset=utf-8";
    const first = recent.map(write).join("");
    if (!session.tail) return c.body(first, 200, { "content-type": type });
    return c.body(follow(machine, session, first, write, c.req.raw.signal), 200, { "content-type": type });
  });
  return { api, streams };
}

function follow(
  machine: Machine,
  session: Session,
  first: string,
  write: (line: string) => string,
  gone: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let listener: ((app: string, line: string) => void) | undefined;
  const stop = (): void => {
    if (listener !== undefined) machine.followers.delete(listener);
  };
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(first));
      listener = (app, line) => {
        if (app === session.app && fits(session, line)) controller.enqueue(encoder.encode(write(line)));
      };
      machine.followers.add(listener);
      gone.addEventListener("abort", stop, { once: true });
    },
    cancel: stop,
  });
}

// A line reads `<time> app[web.1]: text`; `heroku` and `app` are sources, what is in brackets is the dyno.
function fits(session: Session, line: string): boolean {
  const [, source = "", dyno = ""] = /^\S+ (\w+)\[([^\]]+)\]:/.exec(line) ?? [];
  if (session.source !== undefined && session.source !== source) return false;
  return session.dyno === undefined || dyno === session.dyno || dyno.startsWith(`${session.dyno}.`);
}
