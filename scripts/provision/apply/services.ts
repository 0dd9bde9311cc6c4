// The tasks of the three side APIs. None of them can fail a setup: what does not work is told as a thing to do by hand.
import { pipelineApp } from "../../../config/stack.js";
import { createSchedule } from "../../heroku/backups.js";
import type { Known } from "../../heroku/known.js";
import { changeSearch, createSearch } from "../../heroku/papertrail.js";
import { changeJob, createJob } from "../../heroku/scheduler.js";
import { ourJob } from "../held.js";
import { databaseName } from "../plan/addons.js";
import { backupNotice, jobNotice, searchNotice, wantedJob } from "../plan/services.js";
import { sideDeps } from "../read.js";
import type { Task } from "../run-tasks.js";
import type { Notice } from "../types.js";
import { readyId } from "./addons.js";
import { taskId } from "./app.js";
import { type ApplyContext, appOf, writes } from "./context.js";

const BY_HAND = "by hand, see below";

/** Job, backup and searches, where the plan asks for them. */
export function serviceTasks(context: ApplyContext): Task[] {
  return [...jobTasks(context), ...backupTasks(context), ...searchTasks(context)];
}

function outcome(context: ApplyContext, result: Known<unknown>, notice: (why: string) => Notice): string | undefined {
  if (result.known) return undefined;
  context.made.notices.push(notice(result.why));
  return BY_HAND;
}

function jobTasks(context: ApplyContext): Task[] {
  const { desired, actual, remote } = context;
  return writes(context, "pipeline", "job").map((step) => ({
    id: step.id,
    role: "pipeline",
    title: `Schedule the job ${step.after ?? ""}`,
    needs: [taskId.app("pipeline"), readyId("scheduler")],
    run: async () => {
      const deps = sideDeps(remote, remote.schedulerUrl);
      const wanted = wantedJob(desired);
      const there = actual.jobs.known ? ourJob(actual.jobs.value) : undefined;
      const { id } = appOf(context, "pipeline");
      const result = there ? await changeJob(deps, id, there.id, wanted) : await createJob(deps, id, wanted);
      return outcome(context, result, (why) => jobNotice(desired, why));
    },
  }));
}

function backupTasks(context: ApplyContext): Task[] {
  const { desired, actual, remote, made } = context;
  return writes(context, "pipeline", "backup").map((step) => ({
    id: step.id,
    role: "pipeline",
    title: `Schedule a backup ${step.after ?? ""}`,
    needs: [taskId.app("pipeline"), readyId("heroku-postgresql")],
    run: async () => {
      const { hour, timezone, attachment } = pipelineApp.backup;
      const database = made.addOns.get(databaseName(desired, actual));
      if (!database) return BY_HAND;
      const wish = { hour, timezone, schedule_name: attachment };
      const result = await createSchedule(sideDeps(remote, remote.dataUrl), database.id, wish);
      return outcome(context, result, (why) => backupNotice(desired.pipeline, why));
    },
  }));
}

function searchTasks(context: ApplyContext): Task[] {
  const { desired, actual, remote, made } = context;
  const steps = writes(context, "pipeline", "search");
  if (steps.length === 0) return [];
  return [
    {
      id: "pipeline.searches",
      role: "pipeline",
      title: `Save the log searches ${steps.map(({ name }) => name).join(", ")}`,
      needs: [taskId.app("pipeline"), readyId("papertrail")],
      run: async () => {
        const token = made.papertrailToken;
        // Left out when Papertrail is not sold: that has its own notice.
        if (!token) return made.notices.some(({ id }) => id.includes("papertrail")) ? "left out" : BY_HAND;
        const deps = { ...sideDeps(remote, remote.papertrailUrl), token };
        const there = actual.searches.known ? actual.searches.value : [];
        const wishes = pipelineApp.searches.filter(({ query }) => steps.some(({ name }) => name === query));
        const results = await Promise.all(
          wishes.map((wish) => {
            const named = there.find(({ name }) => name === wish.name);
            return named ? changeSearch(deps, named.id, wish) : createSearch(deps, wish);
          }),
        );
        const silent = results.find((result) => !result.known);
        return silent && outcome(context, silent, (why) => searchNotice(desired.pipeline, why));
      },
    },
  ];
}
