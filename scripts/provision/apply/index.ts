// The only writer: turns a plan into tasks and runs them, both apps side by side.
import type { Report } from "../progress.js";
import { type Outcome, runTasks, type Task } from "../run-tasks.js";
import type { Actual, Desired, Notice, Plan } from "../types.js";
import { addOnTasks, warehouseAttachmentId } from "./addons.js";
import { appTasks, taskId } from "./app.js";
import { configTasks } from "./config.js";
import { type ApplyContext, type ApplyDeps, applyContext } from "./context.js";
import { serviceTasks } from "./services.js";

export interface Applied extends Outcome {
  /** what has to be done by hand, found out while applying */
  readonly notices: readonly Notice[];
}

/**
 * Does what a plan says. Every create goes by a name of ours, so that it can be repeated; killed anywhere and run again,
 * the same stack comes out. Never rejects: failures stand in the outcome, with those tasks skipped that needed them.
 */
export async function apply(
  deps: ApplyDeps & { readonly report: Report },
  desired: Desired,
  actual: Actual,
  plan: Plan,
): Promise<Applied> {
  const context = applyContext(deps, desired, actual, plan);
  const outcome = await runTasks(tasksOf(context), deps);
  return { ...outcome, notices: context.made.notices };
}

function tasksOf(context: ApplyContext): Task[] {
  const pipeline = [...appTasks(context, "pipeline"), ...configTasks(context, "pipeline")];
  const metabase = [...appTasks(context, "metabase"), ...configTasks(context, "metabase")];
  return [
    ...pipeline,
    ...addOnTasks(context),
    ...serviceTasks(context),
    // Its first boot has to find a database: without one it would start on one of its own that anybody can claim.
    ...metabase.map((task) =>
      task.id === taskId.build("metabase") ? { ...task, needs: [...task.needs, warehouseAttachmentId] } : task,
    ),
  ];
}
