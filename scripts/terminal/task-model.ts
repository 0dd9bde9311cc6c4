// What is known of the running tasks, from their events; masked and cleaned as it comes in.
import type { Role } from "../../config/stack.js";
import type { Redactor } from "../common/redact.js";
import type { ProgressEvent, TaskState } from "../provision/progress.js";
import { plain } from "./width.js";

/** stopped: the run ended while it was under way, so nobody knows */
export type RowState = TaskState | "stopped";

export interface TaskRow {
  readonly id: string;
  readonly role: Role;
  readonly title: string;
  state: RowState;
  detail: string | undefined;
  startedAt: number | undefined;
  /** milliseconds it took, once it has ended */
  elapsedMs: number | undefined;
  /** the last heartbeat or line of output */
  lastLine: string | undefined;
  /** the last lines of output, oldest first */
  readonly log: string[];
}

/** Lines of output that are shown when a task fails. */
export const LOG_LINES = 20;

const ended: readonly RowState[] = ["done", "failed", "skipped", "stopped"];

/** True when nothing more happens to the task. */
export function hasEnded(row: TaskRow): boolean {
  return ended.includes(row.state);
}

/** The tasks by id, in the order in which they were announced. */
export class TaskModel {
  readonly #rows = new Map<string, TaskRow>();
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  get rows(): readonly TaskRow[] {
    return [...this.#rows.values()];
  }

  /**
   * Takes an event in.
   * @returns the rows that it concerns: new ones of an announcement, else one, or none for an id that was never announced
   */
  apply(event: ProgressEvent, now: number): readonly TaskRow[] {
    if (event.kind === "tasks") {
      const fresh = event.tasks.filter((task) => !this.#rows.has(task.id));
      return fresh.map((task) => this.#announce(task.id, task.role, task.title));
    }
    const row = this.#rows.get(event.id);
    if (!row) return [];
    if (event.kind === "state") this.#move(row, event, now);
    else {
      // Views show the time themselves.
      const text = event.kind === "output" ? event.line : event.detail.replace(/\s*\[[^\]]* elapsed\]$/, "");
      const line = this.#clean(text);
      if (line !== "") row.lastLine = line;
      if (event.kind === "output" && line !== "") {
        row.log.push(line);
        if (row.log.length > LOG_LINES) row.log.shift();
      }
    }
    return [row];
  }

  /** Ends the run: what was under way is stopped, what waited never began. */
  stop(now: number): void {
    for (const row of this.#rows.values()) {
      if (row.state === "running") {
        row.state = "stopped";
        row.elapsedMs = row.startedAt === undefined ? undefined : now - row.startedAt;
      }
    }
  }

  #announce(id: string, role: Role, title: string): TaskRow {
    const row: TaskRow = {
      id,
      role,
      title: this.#clean(title),
      state: "waiting",
      detail: undefined,
      startedAt: undefined,
      elapsedMs: undefined,
      lastLine: undefined,
      log: [],
    };
    this.#rows.set(id, row);
    return row;
  }

  #move(row: TaskRow, event: Extract<ProgressEvent, { kind: "state" }>, now: number): void {
    row.state = event.state;
    row.detail = event.detail === undefined ? undefined : this.#clean(event.detail);
    if (event.state === "running") row.startedAt = now - (event.elapsedMs ?? 0);
    else if (hasEnded(row)) {
      row.elapsedMs = event.elapsedMs ?? (row.startedAt === undefined ? undefined : now - row.startedAt);
    }
  }

  #clean(text: string): string {
    return plain(this.#redactor.text(text));
  }
}

/** "0.4 s", "12 s", "2 min 05 s"; milliseconds in. */
export function elapsed(ms: number): string {
  if (ms < 1_000) return `${(Math.floor(Math.max(0, ms) / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
