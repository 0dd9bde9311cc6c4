// Runs tasks as soon as what they need is done, tells what happens, and lets independent ones go on after a failure.
import { ExpectedError, messageOf } from "../common/errors.js";
import type { Report, TaskInfo } from "./progress.js";

export interface Task extends TaskInfo {
  /** ids of tasks that have to be done first; ids that are not in the run count as done */
  readonly needs: readonly string[];
  run(context: TaskContext): Promise<string | undefined>;
}

export interface TaskContext {
  /** says what the task waits for; shown at the next heartbeat */
  wait(detail: string): void;
  output(line: string): void;
}

export interface Outcome {
  readonly done: readonly string[];
  readonly failed: readonly { readonly id: string; readonly title: string; readonly error: unknown }[];
  /** not begun, because one that they need failed or the run was stopped */
  readonly skipped: readonly string[];
}

export interface RunDeps {
  readonly report: Report;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly heartbeatMs?: number;
}

type Settled = "done" | "failed" | "skipped";

/** Runs all tasks and never rejects: what failed stands in the outcome. */
export async function runTasks(tasks: readonly Task[], deps: RunDeps): Promise<Outcome> {
  const { report, now, signal, heartbeatMs = 10_000 } = deps;
  const ids = new Set(tasks.map(({ id }) => id));
  const settled = new Map<string, Promise<Settled>>();
  const failed: { id: string; title: string; error: unknown }[] = [];
  report({ kind: "tasks", tasks: tasks.map(({ id, role, title }) => ({ id, role, title })) });

  const run = async (task: Task): Promise<Settled> => {
    const needs = await Promise.all(task.needs.filter((id) => ids.has(id)).map((id) => settle(id)));
    if (needs.some((state) => state !== "done") || signal?.aborted) {
      report({ kind: "state", id: task.id, state: "skipped" });
      return "skipped";
    }
    const startedAt = now();
    const elapsedMs = () => now() - startedAt;
    let waitsFor = "Still working…";
    report({ kind: "state", id: task.id, state: "running" });
    const beat = setInterval(() => {
      report({ kind: "heartbeat", id: task.id, detail: waitsFor, elapsedMs: elapsedMs() });
    }, heartbeatMs);
    try {
      const detail = await task.run({
        wait: (text) => {
          waitsFor = text;
        },
        output: (line) => report({ kind: "output", id: task.id, line }),
      });
      report({ kind: "state", id: task.id, state: "done", elapsedMs: elapsedMs(), ...(detail ? { detail } : {}) });
      return "done";
    } catch (error) {
      failed.push({ id: task.id, title: task.title, error });
      report({ kind: "state", id: task.id, state: "failed", detail: firstLine(error), elapsedMs: elapsedMs() });
      return "failed";
    } finally {
      clearInterval(beat);
    }
  };

  const byId = new Map(tasks.map((task) => [task.id, task]));
  function settle(id: string): Promise<Settled> {
    const known = settled.get(id);
    if (known) return known;
    const task = byId.get(id);
    // Deferred by a turn, so that a task is on record before anything it needs is looked up.
    const promise = task ? Promise.resolve().then(() => run(task)) : Promise.resolve<Settled>("done");
    settled.set(id, promise);
    return promise;
  }

  const states = await Promise.all(tasks.map(async ({ id }) => [id, await settle(id)] as const));
  const withState = (wanted: Settled) => states.filter(([, state]) => state === wanted).map(([id]) => id);
  return { done: withState("done"), failed, skipped: withState("skipped") };
}

function firstLine(error: unknown): string {
  return (error instanceof ExpectedError ? error.message : messageOf(error)).split("\n")[0] ?? "";
}
