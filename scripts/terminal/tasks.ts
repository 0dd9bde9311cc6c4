// Running tasks on the talk's stream: moving on a terminal, one plain line per state elsewhere.
import type { Role } from "../../config/stack.js";
import type { Redactor } from "../common/redact.js";
import type { ProgressEvent, Report } from "../provision/progress.js";
import { type LiveTasks, liveTasks } from "./live-tasks.js";
import { asciiText, paint, type Style } from "./style.js";
import { heartbeatLine, logLines, plainLine } from "./task-lines.js";
import { hasEnded, type RowState, TaskModel, type TaskRow } from "./task-model.js";
import { pad, visibleWidth } from "./width.js";

export interface TaskViewDeps {
  readonly stream: NodeJS.WritableStream;
  /** milliseconds */
  readonly now: () => number;
  readonly redactor: Redactor;
  /** what the two groups are called; default: the declared names of the apps */
  readonly names?: Readonly<Record<Role, string>> | undefined;
}

/** How far a task has come, for whoever was interrupted. */
export interface TaskStanding {
  readonly id: string;
  readonly title: string;
  readonly state: RowState;
}

export interface TaskView {
  readonly report: Report;
  /** How far each task has come, in the order in which they were announced. */
  standing(): readonly TaskStanding[];
  /**
   * Ends the view: what is under way is shown as stopped, the output of failed tasks is printed, no timer is left, and
   * later events are ignored. Safe to call at any time and more than once.
   */
  finish(): Promise<void>;
}

const defaultNames: Readonly<Record<Role, string>> = { pipeline: "reluvia-dwh", metabase: "reluvia-metabase" };

/** A view that takes the events of a running plan. */
export function taskView(style: Style, deps: TaskViewDeps): TaskView {
  const { stream, now, redactor, names = defaultNames } = deps;
  const painted = paint(style);
  const model = new TaskModel(redactor);
  const nameWidth = Math.max(...Object.values(names).map(visibleWidth));
  const padded = (role: Role) => pad(names[role], nameWidth);

  const write = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    const text = redactor.text(`${lines.join("\n")}\n`);
    stream.write(style.unicode ? text : asciiText(text));
  };
  const stateLine = (row: TaskRow) => plainLine(padded(row.role), row, painted);
  const failureLog = (row: TaskRow) => (row.state === "failed" ? logLines(names[row.role], row, painted) : []);

  const plainly = (event: ProgressEvent, row: TaskRow) => {
    if (event.kind === "heartbeat" && !hasEnded(row)) {
      write([heartbeatLine(padded(row.role), row, event.elapsedMs, painted)]);
    }
    if (event.kind === "state" && row.state !== "waiting") write([stateLine(row), ...failureLog(row)]);
  };

  let live: LiveTasks | undefined;
  let finished: Promise<void> | undefined;
  // Announced while others are drawn: they get a picture of their own below, when those have ended.
  const later: TaskRow[] = [];
  const draw = (rows: readonly TaskRow[]) => {
    const drawn = liveTasks(rows, style, { stream, now, nameOf: (role) => names[role] });
    live = drawn;
    void drawn.ended.then(() => {
      if (finished) return;
      live = undefined;
      if (later.length > 0) draw(later.splice(0));
    });
  };
  const onTerminal = (event: ProgressEvent, rows: readonly TaskRow[]) => {
    if (event.kind !== "tasks") for (const row of rows) live?.update(row);
    else if (live) later.push(...rows);
    else if (rows.length > 0) draw(rows);
  };

  const finish = async () => {
    model.stop(now());
    await live?.end();
    if (style.animate) write([...later.filter(hasEnded).map(stateLine), ...model.rows.flatMap(failureLog)]);
    else write(model.rows.filter((row) => row.state === "stopped").map(stateLine));
  };

  return {
    report: (event) => {
      if (finished) return;
      const rows = model.apply(event, now());
      if (style.animate) onTerminal(event, rows);
      else for (const row of rows) plainly(event, row);
    },
    standing: () => model.rows.map(({ id, title, state }) => ({ id, title, state })),
    finish: () => {
      finished ??= finish();
      return finished;
    },
  };
}
