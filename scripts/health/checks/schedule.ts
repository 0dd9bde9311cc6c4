// Check of the schedule: has the nightly job run lately?
import { ourJob } from "../../provision/held.js";
import type { HealthContext } from "../context.js";
import type { Check, Finding } from "../types.js";
import { duration, moment, rhythm, sizeName } from "../words.js";

const MINUTE = 60_000;
/** The Scheduler is best effort and may start late; two hours beyond the rhythm is more than late (Heroku Dev Center, Heroku Scheduler > Known issues). */
const GRACE_MINUTES = 120;

export const scheduleChecks: readonly Check<HealthContext>[] = [
  {
    id: "schedule.last-run",
    group: "schedule",
    title: "Last run of the daily job",
    needs: ["pipeline app"],
    run: async (context) => lastRun(context),
  },
];

function lastRun({ actual, desired, now }: HealthContext): Finding {
  const app = desired.pipeline.name;
  const logs = `heroku logs -n 1500 --ps scheduler -a ${app}`;
  if (!actual.jobs.known) {
    return {
      status: "skipped",
      detail: `Could not tell, because the Scheduler's API did not. The log shows the last run: ${logs}`,
    };
  }
  const job = ourJob(actual.jobs.value);
  if (!job) return { status: "skipped", detail: "Not checked, because there is no such job yet." };
  const ranAt = job.ranAt === undefined ? Number.NaN : Date.parse(job.ranAt);
  const byHand = `heroku run:detached --size=${sizeName(desired.job.size).toLowerCase()} -a ${app} -- ${desired.job.command}`;
  if (Number.isNaN(ranAt)) {
    return {
      status: "warn",
      detail: `Has never run yet. It runs ${rhythm(job)}.`,
      remedy: { text: "To run it now:", commands: [byHand] },
    };
  }
  const age = now().getTime() - ranAt;
  const line = `${moment(job.ranAt ?? "")}, ${duration(age)} ago`;
  if (age <= (job.every + GRACE_MINUTES) * MINUTE) return { status: "ok", detail: line };
  return {
    status: "fail",
    detail: `${line}, though it should run ${rhythm(job)}. Likely the Scheduler skipped it, or no Eco hours were left.`,
    remedy: { text: "Run it now, and read what the last one said.", commands: [byHand, logs] },
  };
}
