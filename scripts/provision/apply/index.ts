// The only writer: turns a plan into tasks and runs them, both apps side by side.
import type { Report } from "../progress.js";
import { type Outcome, runTasks, type Task } from "../run-tasks.js";
import type { Actual, Desired, Notice, Plan } from "../types.js";
import { addOnTasks, attachTasks, warehouseAttachmentId } from "./addons.js";
import { deployTasks, formationTasks, placeTasks, taskId } from "./app.js";
import { configTasks } from "./config.js";
import { type ApplyContext, type ApplyDeps, applyContext } from "./context.js";
import { serviceTasks } from "./services.js";

export interface Applied extends Outcome {
  /** what has to be done by hand, found out while applying */
  readonly notices: readonly Notice[];
  /** Metabase's address, once its app is there */
  readonly metabaseUrl: string | undefined;
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
  return { ...outcome, notices: context.made.notices, metabaseUrl: context.made.apps.get("metabase")?.webUrl };
}

/** In the order in which a person expects to read them; what each waits for it says itself. */
function tasksOf(context: ApplyContext): Task[] {
  const tasks = (["pipeline", "metabase"] as const).flatMap((role) => [
    ...placeTasks(context, role),
    ...(role === "pipeline" ? addOnTasks(context) : []),
    ...attachTasks(context, role),
    ...configTasks(context, role),
    ...deployTasks(context, role),
    ...formationTasks(context, role),
    ...(role === "pipeline" ? serviceTasks(context) : []),
  ]);
  // Metabase's first boot has to find a database: without one it would start on one of its own that anybody can claim.
  return tasks.map((task) =>
    task.id === taskId.build("metabase") ? { ...task, needs: [...task.needs, warehouseAttachmentId] } : task,
  );
}
