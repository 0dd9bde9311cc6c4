// The Scheduler's jobs, behind the undocumented JSON:API that serves Heroku's dashboard (particleboard).
import { Hono } from "hono";
import { z } from "zod";
import { tokenOf } from "../http/auth.js";
import type { Ctx, Env, Routes } from "../http/context.js";
import { entry, sizes } from "../world/catalog.js";
import { newId } from "../world/ids.js";
import type { Machine } from "../world/machine.js";
import type { AppRecord, JobRecord } from "../world/types.js";

const every = z.union([z.literal(10), z.literal(60), z.literal(1440)]);
const attributes = {
  command: z.string().min(1),
  "dyno-size": z.string().refine((name) => sizes.some((size) => size.name === name), "is no dyno size"),
  every,
  at: z.int().min(0).max(1439),
};

export const schemas = {
  create: z.strictObject({
    data: z.strictObject({ type: z.literal("jobs"), attributes: z.strictObject(attributes) }),
  }),
  update: z.strictObject({
    data: z.strictObject({
      type: z.literal("jobs"),
      id: z.string(),
      attributes: z.strictObject({
        command: attributes.command.optional(),
        "dyno-size": attributes["dyno-size"].optional(),
        every: every.optional(),
        at: attributes.at.optional(),
      }),
    }),
  }),
};

class Refused extends Error {
  constructor(
    readonly status: 401 | 404 | 422 | 503,
    readonly title: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Mounted at /particleboard. Apps are named by their id only; the token must come as Bearer. */
export function scheduler(machine: Machine): Routes {
  const { world } = machine;
  const routes = new Hono<Env>();
  routes.onError((error, c) => {
    if (!(error instanceof Refused)) throw error;
    const errors = [{ status: String(error.status), title: error.title, detail: error.message }];
    return c.json({ errors }, error.status, { "content-type": "application/vnd.api+json" });
  });
  const enter = (c: Ctx): AppRecord => {
    if (world.settings.silent.includes("scheduler"))
      throw new Refused(503, "Service Unavailable", "No answer from the scheduler.");
    const header = c.req.header("authorization");
    if (!/^bearer /i.test(header ?? "") || tokenOf(header) !== world.token)
      throw new Refused(401, "Unauthorized", "Invalid token.");
    const app = world.apps.find(({ id }) => id === c.req.param("app"));
    const isInstalled = world.addons.some((addon) => addon.app === app?.id && addon.plan.startsWith("scheduler:"));
    if (app === undefined || !isInstalled)
      throw new Refused(404, "Not Found", "No app with a scheduler under that id.");
    return app;
  };
  const find = (app: AppRecord, id: string | undefined): JobRecord => {
    const job = world.jobs.find((candidate) => candidate.app === app.id && candidate.id === id);
    if (job === undefined) throw new Refused(404, "Not Found", "No such job.");
    return job;
  };
  routes.get("/apps/:app/jobs", (c) => {
    const app = enter(c);
    return answer(c, world.jobs.filter((job) => job.app === app.id).map(jobAnswer));
  });
  routes.get("/apps/:app/jobs/:job", (c) => answer(c, jobAnswer(find(enter(c), c.req.param("job")))));
  routes.post("/apps/:app/jobs", async (c) => {
    const app = enter(c);
    const { attributes: wish } = (await read(c, schemas.create)).data;
    const job = checked(app, {
      id: newId(),
      app: app.id,
      command: wish.command,
      dyno_size: wish["dyno-size"],
      every: wish.every,
      at: wish.at,
      ran_at: null,
      created_at: machine.stamp(),
    });
    world.jobs.push(job);
    machine.touch();
    return answer(c, jobAnswer(job), 201);
  });
  routes.patch("/apps/:app/jobs/:job", async (c) => {
    const app = enter(c);
    const job = find(app, c.req.param("job"));
    const { id, attributes: wish } = (await read(c, schemas.update)).data;
    if (id !== job.id) throw new Refused(422, "Unprocessable Entity", "data.id is not the job's id.");
    const changed = checked(app, {
      ...job,
      command: wish.command ?? job.command,
      dyno_size: wish["dyno-size"] ?? job.dyno_size,
      every: wish.every ?? job.every,
      at: wish.at ?? job.at,
    });
    Object.assign(job, changed);
    machine.touch();
    return answer(c, jobAnswer(job));
  });
  routes.delete("/apps/:app/jobs/:job", (c) => {
    const job = find(enter(c), c.req.param("job"));
    world.jobs = world.jobs.filter(({ id }) => id !== job.id);
    machine.touch();
    return c.body(null, 204);
  });
  return routes;
}

// The dashboard offers every 10 minutes, each hour at a multiple of 10 minutes, each day at a half hour.
function checked(app: AppRecord, job: JobRecord): JobRecord {
  const step = job.every === 1440 ? 30 : 10;
  const isFitting = job.at % step === 0 && job.at < Math.max(job.every, 10);
  if (!isFitting)
    throw new Refused(422, "Unprocessable Entity", `at: ${job.at} does not fit every ${job.every} minutes.`);
  if (app.team !== null && entry(sizes, job.dyno_size)?.tier === "eco") {
    throw new Refused(422, "Unprocessable Entity", "dyno-size: Eco is not available for apps of a team.");
  }
  return job;
}

async function read<T>(c: Ctx, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refused(422, "Unprocessable Entity", "The body is not JSON.");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refused(422, "Unprocessable Entity", z.prettifyError(result.error));
}

function jobAnswer(job: JobRecord): object {
  return {
    type: "jobs",
    id: job.id,
    attributes: {
      command: job.command,
      "dyno-size": job.dyno_size,
      every: job.every,
      at: job.at,
      "ran-at": job.ran_at,
      "created-at": job.created_at,
    },
  };
}

function answer(c: Ctx, data: unknown, status: 200 | 201 = 200): Response {
  return c.body(JSON.stringify({ data }), status, { "content-type": "application/vnd.api+json" });
}
