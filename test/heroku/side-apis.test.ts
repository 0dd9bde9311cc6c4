// The scheduler's, Papertrail's and the data API, as they answer and as they fail: always a value, one of each thing.
import { afterEach, describe, expect, it } from "vitest";
import { realSleep } from "../../scripts/common/retry.js";
import { Secret } from "../../scripts/common/secret.js";
import { createSchedule, lastGoodBackup, listSchedules, listTransfers } from "../../scripts/heroku/backups.js";
import type { Known } from "../../scripts/heroku/known.js";
import { changeSearch, createSearch, listSearches } from "../../scripts/heroku/papertrail.js";
import { changeJob, createJob, listJobs } from "../../scripts/heroku/scheduler.js";
import type { SideDeps } from "../../scripts/heroku/side-call.js";
import { type Loopback, loopback, portal, type Reply, type Seen } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const TOKEN = "HRKU-0123456789abcdef";

async function serve(answer: (request: Seen) => Reply): Promise<SideDeps> {
  server = await loopback(answer);
  return { url: server.url, token: new Secret(TOKEN), timeoutMs: 150, sleep: async () => undefined };
}

function why(answer: Known<unknown>): string {
  if (answer.known) throw new Error("the answer is known");
  expect(answer.why).not.toContain(TOKEN);
  return answer.why;
}

const spec = { command: "node dist/scripts/pipeline.js", dynoSize: "Eco", every: 1440, at: 120 };

/** A scheduler that keeps jobs; `fault` may say what to do before or after the n-th POST is stored. */
function scheduler(fault: (post: number) => { before?: Reply; after?: Reply } = () => ({})) {
  const jobs: { id: string; type: "jobs"; attributes: Record<string, unknown> }[] = [];
  let posts = 0;
  const answer = ({ method, path, body }: Seen): Reply => {
    const id = /\/jobs\/(.+)$/.exec(path)?.[1];
    if (method === "GET") return { status: 200, json: { data: jobs } };
    if (method === "DELETE") {
      jobs.splice(0, jobs.length, ...jobs.filter((job) => job.id !== id));
      return { status: 204 };
    }
    const sent = (JSON.parse(body) as { data: { attributes: Record<string, unknown> } }).data.attributes;
    if (method === "PATCH") {
      const job = jobs.find((candidate) => candidate.id === id);
      if (!job) return { status: 404, json: { errors: [{ title: "not found" }] } };
      Object.assign(job.attributes, sent);
      return { status: 200, json: { data: job } };
    }
    const { before, after } = fault(++posts);
    if (before) return before;
    const job = { id: `job-${posts}`, type: "jobs" as const, attributes: { ...sent, "ran-at": null } };
    jobs.push(job);
    return after ?? { status: 201, json: { data: job } };
  };
  return { jobs, answer, posts: () => posts };
}

describe("Heroku Scheduler", () => {
  it("makes the job, reads it back, and speaks JSON:API with the token", async () => {
    const world = scheduler();
    const deps = await serve(world.answer);
    expect(await createJob(deps, "app-id", spec)).toEqual({ known: true, value: { id: "job-1", ...spec } });
    expect(server?.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /apps/app-id/jobs",
      "GET /apps/app-id/jobs",
    ]);
    expect(server?.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: "application/vnd.api+json",
      "content-type": "application/vnd.api+json",
    });
    expect(JSON.parse(server?.seen[0]?.body ?? "")).toEqual({
      data: { type: "jobs", attributes: { command: spec.command, "dyno-size": "Eco", every: 1440, at: 120 } },
    });
  });

  it("lists jobs with the time of their last run", async () => {
    const attributes = { command: "x", "dyno-size": "Eco", every: 10, at: null, "ran-at": "2026-11-20T02:00:11Z" };
    const deps = await serve(() => ({ status: 200, json: { data: [{ id: 7, type: "jobs", attributes }] } }));
    expect(await listJobs(deps, "a")).toEqual({
      known: true,
      value: [{ id: "7", command: "x", dynoSize: "Eco", every: 10, at: 0, ranAt: "2026-11-20T02:00:11Z" }],
    });
  });

  it("changes a job", async () => {
    const world = scheduler();
    const deps = await serve(world.answer);
    await createJob(deps, "a", spec);
    expect(await changeJob(deps, "a", "job-1", { ...spec, at: 180 })).toMatchObject({
      known: true,
      value: { at: 180 },
    });
    expect(world.jobs).toHaveLength(1);
  });

  it("does not know about a change that was refused", async () => {
    const deps = await serve(scheduler().answer);
    expect(why(await changeJob(deps, "a", "job-9", spec))).toBe("Heroku Scheduler's API answered 404: not found.");
  });

  it.each([
    ["a reset after the job was made", { after: "reset" }],
    ["a 500 after the job was made", { after: { status: 500, text: "" } }],
    ["a web page after the job was made", { after: portal }],
    ["silence after the job was made", { after: "silence" }],
  ] as [string, { after: Reply }][])("finds the job again after %s, and makes no second", async (_, fault) => {
    const world = scheduler(() => fault);
    expect(await createJob(await serve(world.answer), "a", spec)).toMatchObject({
      known: true,
      value: { id: "job-1" },
    });
    expect(world.posts()).toBe(1);
    expect(world.jobs).toHaveLength(1);
  });

  it("tries again after a reset when the list shows that nothing was made", async () => {
    const world = scheduler((post) => (post === 1 ? { before: "reset" } : {}));
    expect(await createJob(await serve(world.answer), "a", spec)).toMatchObject({ known: true });
    expect(world.jobs).toHaveLength(1);
  });

  it("gives up after a second reset, with a sentence", async () => {
    const world = scheduler(() => ({ before: "reset" }));
    expect(why(await createJob(await serve(world.answer), "a", spec))).toContain("The job is not there.");
    expect(world.posts()).toBe(2);
  });

  it("does not send a second job after silence, since the first may still be under way", async () => {
    const world = scheduler(() => ({ before: "silence" }));
    expect(why(await createJob(await serve(world.answer), "a", spec))).toContain("did not answer within");
    expect(world.posts()).toBe(1);
  });

  it("does not send a second job when the list cannot be read", async () => {
    const deps = await serve(({ method }) => (method === "GET" ? { status: 404, text: "" } : "reset"));
    expect(why(await createJob(deps, "a", spec))).toContain("could not be read back");
    expect(server?.seen.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("does not believe a job that the list does not show", async () => {
    const made = { id: "j", type: "jobs", attributes: { command: "x", "dyno-size": "Eco", every: 10, at: 0 } };
    const deps = await serve(({ method }) =>
      method === "GET" ? { status: 200, json: { data: [] } } : { status: 201, json: { data: made } },
    );
    expect(why(await createJob(deps, "a", spec))).toBe("The job was accepted, but is not in the list.");
  });

  it("is left with one job when two setups make it at the same time", async () => {
    const world = scheduler();
    const deps = { ...(await serve(world.answer)), sleep: (ms: number) => realSleep(ms / 20) };
    const [one, two] = await Promise.all([createJob(deps, "a", spec), createJob(deps, "a", spec)]);
    expect(one.known && two.known).toBe(true);
    expect(world.jobs).toHaveLength(1);
  });

  it("takes its own job back when somebody else's is there already", async () => {
    const world = scheduler();
    const deps = await serve(world.answer);
    await createJob(deps, "a", spec);
    expect(await createJob(deps, "a", spec)).toMatchObject({ known: true, value: { id: "job-1" } });
    expect(world.jobs.map(({ id }) => id)).toEqual(["job-1"]);
  });

  it.each([
    [
      "401 with its reason",
      { status: 401, json: { errors: [{ detail: `bad token ${TOKEN}` }] } },
      "answered 401: bad token •••.",
    ],
    ["404", { status: 404, text: "<html>" }, "answered 404."],
    ["a web page", portal, "a web page"],
    ["no JSON", { status: 200, text: "ok" }, "no JSON"],
    ["JSON of another shape", { status: 200, json: { jobs: [] } }, "another shape"],
    ["a reset", "reset", "broke off"],
    ["silence", "silence", "did not answer within 150 ms"],
  ] as [string, Reply, string][])("turns %s into a sentence", async (_, reply, sentence) => {
    expect(why(await listJobs(await serve(() => reply), "a"))).toContain(sentence);
  });

  it("asks twice when a list breaks off", async () => {
    let asked = 0;
    const deps = await serve(() => (++asked === 1 ? "reset" : { status: 200, json: { data: [] } }));
    expect(await listJobs(deps, "a")).toEqual({ known: true, value: [] });
  });

  it("turns a host where nobody listens into a sentence", async () => {
    const deps = await serve(() => "silence");
    await server?.close();
    expect(why(await createJob(deps, "a", spec))).toContain("could not be reached");
  });
});

describe("Papertrail", () => {
  function papertrail() {
    const searches: { id: number; name: string; query: string }[] = [];
    const answer = ({ method, path, body, headers }: Seen): Reply => {
      if (headers["x-papertrail-token"] !== TOKEN)
        return { status: 401, json: { message: "Authentication required." } };
      if (method === "GET") return { status: 200, json: searches };
      const { search } = JSON.parse(body) as { search: { name: string; query: string } };
      if (method === "POST") {
        searches.push({ id: searches.length + 1, ...search });
        return { status: 200, json: searches.at(-1) };
      }
      const found = searches.find(({ id }) => path === `/searches/${id}.json`);
      if (!found) return { status: 404, json: { message: "No such search" } };
      Object.assign(found, search);
      return { status: 200, json: found };
    };
    return { searches, answer };
  }

  it("saves, lists and changes searches", async () => {
    const world = papertrail();
    const deps = await serve(world.answer);
    const made = await createSearch(deps, { name: "Errors", query: "ERROR" });
    expect(made).toEqual({ known: true, value: { id: "1", name: "Errors", query: "ERROR" } });
    await changeSearch(deps, "1", { name: "Errors", query: "ERROR OR FATAL" });
    expect(await listSearches(deps)).toEqual({
      known: true,
      value: [{ id: "1", name: "Errors", query: "ERROR OR FATAL" }],
    });
  });

  it("finds its search again when the connection broke after it was saved", async () => {
    const world = papertrail();
    const deps = await serve((request) => {
      const reply = world.answer(request);
      return request.method === "POST" ? "reset" : reply;
    });
    expect(await createSearch(deps, { name: "Errors", query: "ERROR" })).toMatchObject({ known: true });
    expect(world.searches).toHaveLength(1);
  });

  it("reads a change back when its answer was empty", async () => {
    const world = papertrail();
    const deps = await serve((request) => {
      const reply = world.answer(request);
      return request.method === "PUT" ? { status: 204 } : reply;
    });
    await createSearch(deps, { name: "Errors", query: "ERROR" });
    expect(await changeSearch(deps, "1", { name: "Errors", query: "FATAL" })).toMatchObject({
      known: true,
      value: { query: "FATAL" },
    });
  });

  it("says in Papertrail's words why it refuses", async () => {
    const deps = { ...(await serve(papertrail().answer)), token: new Secret("another-token") };
    expect(why(await listSearches(deps))).toBe("Papertrail's API answered 401: Authentication required.");
  });
});

describe("backups", () => {
  const daily = { hour: 4, timezone: "UTC", schedule_name: "DATABASE_URL" };

  it("are scheduled as the official CLI does it, and read back", async () => {
    const schedules: unknown[] = [];
    const deps = await serve(({ method, body }) => {
      if (method === "GET") return { status: 200, json: schedules };
      const { hour, timezone, schedule_name } = JSON.parse(body) as Record<string, string>;
      schedules.push({ uuid: "u1", name: schedule_name, hour: Number(hour), timezone, retain_weeks: 4 });
      return { status: 201, json: {} };
    });
    expect(await createSchedule(deps, "addon-id", daily)).toEqual({
      known: true,
      value: { uuid: "u1", name: "DATABASE_URL", hour: 4, timezone: "UTC" },
    });
    expect(server?.seen[0]).toMatchObject({
      method: "POST",
      path: "/client/v11/databases/addon-id/transfer-schedules",
      body: '{"hour":"4","timezone":"UTC","schedule_name":"DATABASE_URL"}',
    });
    expect(schedules).toHaveLength(1);
  });

  it("have schedules that can be listed, whichever way the hour is written", async () => {
    const deps = await serve(() => ({
      status: 200,
      json: [{ uuid: "u", name: "DATABASE_URL", hour: "04", timezone: "UTC" }],
    }));
    expect(await listSchedules(deps, "x")).toMatchObject({ known: true, value: [{ hour: 4 }] });
  });

  it("tell the newest good one, and drop the connection strings that the API sends along", async () => {
    const base = {
      from_type: "pg_dump",
      to_type: "gof3r",
      from_name: "DATABASE",
      from_url: "postgres://u:hunter2@h/d",
    };
    const deps = await serve(() => ({
      status: 200,
      json: [
        {
          ...base,
          uuid: "old",
          created_at: "2026-11-20T04:00:00Z",
          finished_at: "2026-11-20T04:01:00Z",
          succeeded: true,
        },
        {
          ...base,
          uuid: "failed",
          created_at: "2026-11-22T04:00:00Z",
          finished_at: "2026-11-22T04:01:00Z",
          succeeded: false,
        },
        {
          ...base,
          uuid: "good",
          created_at: "2026-11-21T04:00:00Z",
          finished_at: "2026-11-21T04:01:00Z",
          succeeded: true,
          schedule: { uuid: "s" },
        },
        {
          ...base,
          uuid: "restore",
          from_type: "gof3r",
          to_type: "pg_restore",
          created_at: "2026-11-23T04:00:00Z",
          finished_at: null,
          succeeded: null,
        },
      ],
    }));
    const transfers = await listTransfers(deps, "reluvia-dwh");
    expect(JSON.stringify(transfers)).not.toContain("hunter2");
    if (!transfers.known) throw new Error(transfers.why);
    expect(transfers.value.map(({ uuid, kind }) => `${uuid} ${kind}`)).toEqual([
      "restore restore",
      "failed backup",
      "good backup",
      "old backup",
    ]);
    expect(lastGoodBackup(transfers.value)).toMatchObject({ uuid: "good", scheduled: true });
    expect(server?.seen[0]?.path).toBe("/client/v11/apps/reluvia-dwh/transfers");
  });
});
