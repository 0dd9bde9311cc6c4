// What happens while a plan is applied, as events: tasks, their state, and a line about what they wait for.
import type { Role } from "../../config/stack.js";

export interface TaskInfo {
  /** stable: `<role>.<resource>[.<name>]` */
  readonly id: string;
  readonly role: Role;
  /** for a person, in the infinitive: "Create the app reluvia-dwh" */
  readonly title: string;
}

/** waiting: others have to end first · skipped: one that it needs has failed */
export type TaskState = "waiting" | "running" | "done" | "failed" | "skipped";

export type ProgressEvent =
  | { readonly kind: "tasks"; readonly tasks: readonly TaskInfo[] }
  | {
      readonly kind: "state";
      readonly id: string;
      readonly state: TaskState;
      readonly detail?: string;
      readonly elapsedMs?: number;
    }
  /** every ten seconds of a wait: "Still creating… [20s elapsed]" */
  | { readonly kind: "heartbeat"; readonly id: string; readonly detail: string; readonly elapsedMs: number }
  /** a line of a build log */
  | { readonly kind: "output"; readonly id: string; readonly line: string };

export type Report = (event: ProgressEvent) => void;
