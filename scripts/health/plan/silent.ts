// What stands in for the job, the backup and the searches when their undocumented APIs do not answer: the line to compare by hand.
import { pipelineApp, type Role } from "../../../config/stack.js";
import type { Known } from "../../heroku/known.js";
import { addOnOf } from "../../provision/read.js";
import type { Actual, Desired, Resource, Step } from "../../provision/types.js";
import type { CheckResult } from "../types.js";
import { jobLine, sentence, sizeName } from "../words.js";
import { groupOf, titleOf } from "./titles.js";

type SilentResource = Extract<Resource, "job" | "backup" | "search">;

interface Silence {
  readonly resource: SilentResource;
  readonly why: string;
  /** what is wanted, by the name of the step */
  readonly wanted: readonly { readonly name: string; readonly line: string }[];
  readonly text: string;
  readonly commands: readonly string[];
}

/** The three that only an undocumented API tells, where it told nothing although there is something to tell about. */
function silences(desired: Desired, actual: Actual): Silence[] {
  if (actual.pipeline.state !== "present") return [];
  const app = desired.pipeline.name;
  const { job } = desired;
  const { backup, searches } = pipelineApp;
  const time = `${String(backup.hour).padStart(2, "0")}:00 ${backup.timezone}`;
  const all: (Omit<Silence, "why"> & { readonly told: Known<unknown>; readonly service: string })[] = [
    {
      resource: "job",
      told: actual.jobs,
      service: "scheduler",
      wanted: [{ name: "nightly", line: jobLine({ ...job, dynoSize: sizeName(job.size) }) }],
      text: `Compare it with https://dashboard.heroku.com/apps/${app}/scheduler.`,
      commands: [`open https://dashboard.heroku.com/apps/${app}/scheduler`],
    },
    {
      resource: "backup",
      told: actual.backups,
      service: "heroku-postgresql",
      wanted: [{ name: "daily", line: `daily at ${time} of ${backup.attachment}` }],
      text: "Compare it with what Heroku's CLI shows.",
      commands: [`heroku pg:backups:schedules -a ${app}`],
    },
    {
      resource: "search",
      told: actual.searches,
      service: "papertrail",
      wanted: searches.map(({ name, query }) => ({ name: query, line: `"${name}", which looks for ${query}` })),
      text: "Compare it with the searches on Papertrail's page.",
      commands: [`heroku addons:open papertrail -a ${app}`],
    },
  ];
  return all.flatMap(({ told, service, ...rest }) =>
    told.known || !addOnOf(service, actual.pipeline) ? [] : [{ ...rest, why: told.why }],
  );
}

/** Warnings for what could not be read, named as the plan names its steps. */
export function silentChecks(steps: readonly Step[], desired: Desired, actual: Actual): CheckResult[] {
  const role: Role = "pipeline";
  return silences(desired, actual).flatMap(({ resource, wanted, why, text, commands }) =>
    wanted.map(({ name, line }): CheckResult => {
      const id = `${role}.${resource}.${name}`;
      const at = steps.find((step) => step.id === id) ?? { resource, name, role, app: desired.pipeline.name };
      return {
        id,
        group: groupOf(at),
        title: titleOf(at),
        status: "warn",
        detail: `Could not be read. ${sentence(why)} It should say: ${line}.`,
        remedy: { text, commands },
      };
    }),
  );
}
