// Heroku Scheduler's jobs, through the undocumented API that serves its dashboard page.
import { z } from "zod";
import { createOnce } from "./create-once.js";
import { type Known, known, unknown } from "./known.js";
import { type SideAnswer, type SideDeps, settled, sideCall } from "./side-call.js";

export interface Job {
  readonly id: string;
  readonly command: string;
  /** as Heroku writes it: "Eco", "Standard-1X" */
  readonly dynoSize: string;
  /** minutes between runs: 10, 60 or 1440 */
  readonly every: number;
  /** minutes after 00:00 UTC of the first run of a day */
  readonly at: number;
  /** ISO time of the last run */
  readonly ranAt?: string;
}

export type JobSpec = Pick<Job, "command" | "dynoSize" | "every" | "at">;

const WHO = "Heroku Scheduler's API";
/** The media type of JSON:API (jsonapi.org, "Content Negotiation"). */
const MEDIA_TYPE = "application/vnd.api+json";

const resource = z
  .object({
    id: z.union([z.string().min(1), z.number()]).transform(String),
    attributes: z.object({
      command: z.string(),
      "dyno-size": z.string(),
      every: z.coerce.number().int().positive(),
      at: z.coerce.number().int().min(0).nullish(),
      "ran-at": z.string().nullish(),
    }),
  })
  .transform(({ id, attributes }): Job => {
    const ranAt = attributes["ran-at"];
    return {
      id,
      command: attributes.command,
      dynoSize: attributes["dyno-size"],
      every: attributes.every,
      at: attributes.at ?? 0,
      ...(ranAt ? { ranAt } : {}),
    };
  });
const oneJob = z.object({ data: resource }).transform(({ data }) => data);
const manyJobs = z.object({ data: z.array(resource) }).transform(({ data }) => data);

/** All jobs of an app. @param appId the app's id (a UUID), not its name */
export async function listJobs(deps: SideDeps, appId: string): Promise<Known<Job[]>> {
  return settled(await list(deps, appId));
}

/** Makes a job once and reads it back; a job that already says the same counts as made. */
export async function createJob(deps: SideDeps, appId: string, spec: JobSpec): Promise<Known<Job>> {
  return createOnce<Job>(deps, {
    what: "the job",
    create: () =>
      sideCall(deps, {
        who: WHO,
        method: "POST",
        path: jobsPath(appId),
        headers: headers(deps),
        body: { data: { type: "jobs", attributes: attributes(spec) } },
        shape: oneJob,
      }),
    list: () => list(deps, appId),
    same: (job) => sameJob(job, spec),
    id: ({ id }) => id,
    remove: ({ id }) =>
      sideCall(deps, {
        who: WHO,
        method: "DELETE",
        path: `${jobsPath(appId)}/${encodeURIComponent(id)}`,
        headers: headers(deps),
        shape: z.unknown(),
      }),
  });
}

/** Sets a job's command, dyno size and times. */
export async function changeJob(deps: SideDeps, appId: string, jobId: string, spec: JobSpec): Promise<Known<Job>> {
  const changed = await sideCall(deps, {
    who: WHO,
    method: "PATCH",
    path: `${jobsPath(appId)}/${encodeURIComponent(jobId)}`,
    headers: headers(deps),
    body: { data: { type: "jobs", id: jobId, attributes: attributes(spec) } },
    shape: oneJob,
  });
  if (changed.outcome === "answered" || changed.outcome === "refused") return settled(changed);
  const listed = await list(deps, appId);
  const found = listed.outcome === "answered" ? listed.value.find((job) => job.id === jobId) : undefined;
  return found && sameJob(found, spec) ? known(found) : unknown(changed.why);
}

/** True when a job does what the spec says; Heroku writes sizes in its own case. */
export function sameJob(job: JobSpec, spec: JobSpec): boolean {
  return (
    job.command === spec.command &&
    job.dynoSize.toLowerCase() === spec.dynoSize.toLowerCase() &&
    job.every === spec.every &&
    job.at === spec.at
  );
}

function list(deps: SideDeps, appId: string): Promise<SideAnswer<Job[]>> {
  return sideCall(deps, { who: WHO, method: "GET", path: jobsPath(appId), headers: headers(deps), shape: manyJobs });
}

function jobsPath(appId: string): string {
  return `/apps/${encodeURIComponent(appId)}/jobs`;
}

function headers({ token }: SideDeps): Record<string, string> {
  return { accept: MEDIA_TYPE, "content-type": MEDIA_TYPE, authorization: `Bearer ${token.reveal()}` };
}

function attributes(spec: JobSpec): Record<string, string | number> {
  return { command: spec.command, "dyno-size": spec.dynoSize, every: spec.every, at: spec.at };
}
