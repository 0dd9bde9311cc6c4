// The steps of the three side APIs: the nightly job, the daily backup, the saved searches of the log.
import { dynoSizes } from "../../../config/prices.js";
import { pipelineApp } from "../../../config/stack.js";
import { sameJob } from "../../heroku/scheduler.js";
import { clockTime, ourJob } from "../held.js";
import type { Actual, Desired, DesiredApp, Notice, Step } from "../types.js";
import { step } from "./steps.js";

export interface ServicePlan {
  readonly steps: readonly Step[];
  readonly notices: readonly Notice[];
}

interface JobFacts {
  readonly command: string;
  readonly every: number;
  readonly at: number;
  readonly dynoSize: string;
}

const everyText = (minutes: number) => (minutes === 1440 ? "daily" : `every ${minutes} minutes`);

/** A job in words, as its dashboard page shows it. */
export function jobText({ command, every, at, dynoSize }: JobFacts): string {
  return `${command}, ${everyText(every)}${every === 1440 ? ` at ${clockTime(at)} UTC` : ""}, ${dynoSize}`;
}

/** The job as wanted, in the scheduler's words. */
export function wantedJob(desired: Desired): JobFacts {
  const { command, every, at, size } = desired.job;
  return { command, every, at, dynoSize: dynoSizes[size].name };
}

/** What to enter by hand when the scheduler's API does not answer. */
export function jobNotice(desired: Desired, why: string): Notice {
  const { command, at, dynoSize } = wantedJob(desired);
  return {
    id: "pipeline.job.nightly",
    text:
      `The nightly job could not be arranged by itself (${why}). On https://dashboard.heroku.com/apps/${desired.pipeline.name}/scheduler ` +
      `there has to be one job: command "${command}", dyno size ${dynoSize}, every day at ${clockTime(at)} UTC.`,
    commands: [`heroku addons:open scheduler -a ${desired.pipeline.name}`],
  };
}

export function jobSteps(desired: Desired, actual: Actual): ServicePlan {
  const app = desired.pipeline;
  const facts = { resource: "job" as const, name: "nightly" };
  const wanted = wantedJob(desired);
  if (!actual.jobs.known) {
    const { why } = actual.jobs;
    return {
      steps: [step(app, { ...facts, action: "keep", reason: `could not be read: ${why}` })],
      notices: [jobNotice(desired, why)],
    };
  }
  const jobs = actual.jobs.value;
  const ours = ourJob(jobs);
  const others = jobs
    .filter((job) => job !== ours)
    .map((job) =>
      step(app, { action: "unmanaged", resource: "job", name: job.id, reason: `also scheduled: ${jobText(job)}` }),
    );
  const after = jobText(wanted);
  if (!ours)
    return {
      steps: [step(app, { ...facts, action: "create", reason: "not scheduled yet", after }), ...others],
      notices: [],
    };
  const own = sameJob(ours, wanted)
    ? step(app, { ...facts, action: "keep", reason: after })
    : step(app, { ...facts, action: "change", reason: "scheduled otherwise", before: jobText(ours), after });
  return { steps: [own, ...others], notices: [] };
}

/** What to run when the data API does not answer. */
export function backupNotice(app: DesiredApp, why: string): Notice {
  const { hour, timezone, attachment } = pipelineApp.backup;
  return {
    id: "pipeline.backup.daily",
    text: `The daily backup of the database could not be arranged by itself (${why}). It is free on every plan: schedule it with the command.`,
    commands: [
      `heroku pg:backups:schedule ${attachment} --at '${String(hour).padStart(2, "0")}:00 ${timezone}' -a ${app.name}`,
    ],
  };
}

export function backupSteps(desired: Desired, actual: Actual): ServicePlan {
  const app = desired.pipeline;
  const { hour, timezone } = pipelineApp.backup;
  const facts = { resource: "backup" as const, name: "daily" };
  if (!actual.backups.known) {
    const { why } = actual.backups;
    return {
      steps: [step(app, { ...facts, action: "keep", reason: `could not be read: ${why}` })],
      notices: [backupNotice(app, why)],
    };
  }
  // Any daily schedule is a backup: the hour that somebody chose is theirs.
  const [there] = actual.backups.value;
  if (there) {
    const at = `${String(there.hour).padStart(2, "0")}:00 ${there.timezone}`;
    return { steps: [step(app, { ...facts, action: "keep", reason: `daily at ${at}` })], notices: [] };
  }
  const after = `daily at ${String(hour).padStart(2, "0")}:00 ${timezone}`;
  return { steps: [step(app, { ...facts, action: "create", reason: "no backup is scheduled", after })], notices: [] };
}

/** What to do by hand in Papertrail: its searches when its API is silent, and the alerts, which have no API. */
export function searchNotice(app: DesiredApp, why: string): Notice {
  const wanted = pipelineApp.searches.map(({ name, query }) => `"${query}" as "${name}"`).join(" and ");
  return {
    id: "pipeline.search.saved",
    text: `Papertrail's saved searches could not be arranged by themselves (${why}). Save these two searches there: ${wanted}.`,
    commands: [`heroku addons:open papertrail -a ${app.name}`],
  };
}

export function searchSteps(desired: Desired, actual: Actual, hasLog: boolean): ServicePlan {
  const app = desired.pipeline;
  if (!hasLog) return { steps: [], notices: [] };
  const facts = (name: string) => ({ resource: "search" as const, name });
  if (!actual.searches.known) {
    const { why } = actual.searches;
    return {
      steps: pipelineApp.searches.map(({ query }) =>
        step(app, { ...facts(query), action: "keep", reason: `could not be read: ${why}` }),
      ),
      notices: [searchNotice(app, why)],
    };
  }
  const there = actual.searches.value;
  const steps = pipelineApp.searches.map(({ name, query }) => {
    if (there.some((search) => search.query.trim() === query)) {
      return step(app, { ...facts(query), action: "keep", reason: `saved as "${name}"` });
    }
    const named = there.find((search) => search.name === name);
    return step(app, {
      ...facts(query),
      action: named ? "change" : "create",
      reason: named ? `the search "${name}" looks for something else` : "not saved yet",
      ...(named ? { before: named.query } : {}),
      after: query,
    });
  });
  return { steps, notices: [] };
}
