// One task in words: a line of the moving view, lines of the plain one.
import type { Paint } from "./style.js";
import { elapsed, type TaskRow } from "./task-model.js";
import { cut, visibleWidth } from "./width.js";

const GAP = "  ";
const NARROWEST_NOTE = 7;

/**
 * A task as a line of the moving view: symbol, title, time.
 * @param frame which picture of the spinner, counted from 0
 */
export function liveLine(row: TaskRow, frame: number, now: number, width: number, painted: Paint): string {
  const { symbols } = painted;
  const time = timeOf(row, now);
  const title = cut(row.title, width - 2 - (time === "" ? 0 : GAP.length + time.length), symbols.ellipsis);
  // The title and the time come first: a reason that is cut here is told in full at the end.
  const room = width - 2 - visibleWidth(title) - 2 * GAP.length - time.length;
  const detail = room < NARROWEST_NOTE ? "" : cut(noteOf(row), room, symbols.ellipsis);
  const notes = [detail, time].filter((part) => part !== "").map((part) => GAP + part);
  const note = notes.length === 0 ? "" : painted.dim(notes.join(""));
  const spinner = symbols.spinner[frame % symbols.spinner.length] ?? "";
  switch (row.state) {
    case "waiting":
      return painted.dim(`${symbols.waiting} ${title}`);
    case "running":
      return `${painted.command(spinner)} ${title}${note}`;
    case "done":
      return `${painted.ok(symbols.ok)} ${title}${note}`;
    case "failed":
      return `${painted.fail(symbols.fail)} ${title}${note}`;
    case "skipped":
      return `${painted.dim(`${symbols.skipped} ${title}`)}${note}`;
    case "stopped":
      return `${painted.warn(symbols.warn)} ${title}${note}`;
  }
}

/** Several tasks of one app as a line: name, how many are done, the worst that happened. */
export function groupLine(name: string, rows: readonly TaskRow[], painted: Paint): string {
  const count = (state: TaskRow["state"]) => rows.filter((row) => row.state === state).length;
  const done = count("done");
  const trouble = [
    [count("failed"), "failed", painted.fail],
    [count("stopped"), "stopped", painted.warn],
    [count("skipped"), "skipped", painted.dim],
  ] as const;
  const notes = trouble.filter(([number]) => number > 0).map(([number, word, colour]) => colour(`${number} ${word}`));
  return [painted.strong(name), painted.dim(`${done} of ${rows.length}`), ...notes].join("  ");
}

/** A task as a line of a log, when its state has changed: "reluvia-dwh  Create the app … done (12 s)". */
export function plainLine(name: string, row: TaskRow, painted: Paint): string {
  const head = `${painted.dim(name)}  ${row.title}`;
  const time = row.elapsedMs === undefined ? "" : ` (${elapsed(row.elapsedMs)})`;
  const because = row.detail ? `: ${row.detail}` : "";
  switch (row.state) {
    case "waiting":
      return `${head} … waiting${because}`;
    case "running":
      return `${head} …${row.detail ? ` ${row.detail}` : ""}`;
    case "done":
      return `${head} … ${painted.ok("done")}${time}${row.detail ? `, ${row.detail}` : ""}`;
    case "failed":
      return `${head} … ${painted.fail("failed")}${time}${because}`;
    case "skipped":
      return `${head} … skipped${because}`;
    case "stopped":
      return `${head} … ${painted.warn("stopped")}${time}`;
  }
}

/**
 * A heartbeat as a line of a log: "reluvia-dwh  Create the add-on … still creating [20s elapsed]".
 * @param elapsedMs of the task so far
 */
export function heartbeatLine(name: string, row: TaskRow, elapsedMs: number, painted: Paint): string {
  const said = (row.lastLine ?? "still working").replace(/^Still/, "still").replace(/…$|\.+$/, "");
  return painted.dim(`${name}  ${row.title} … ${said} [${Math.round(elapsedMs / 1_000)}s elapsed]`);
}

/** The last lines of a failed task's output, each marked as not ours. */
export function logLines(name: string, row: TaskRow, painted: Paint): string[] {
  if (row.log.length === 0) return [];
  const head = `${painted.dim(name)}  The last lines of "${row.title}":`;
  return [head, ...row.log.map((line) => `${painted.dim("  |")} ${line}`)];
}

function timeOf(row: TaskRow, now: number): string {
  if (row.state === "running") return row.startedAt === undefined ? "" : elapsed(Math.max(1_000, now - row.startedAt));
  return row.elapsedMs === undefined ? "" : elapsed(row.elapsedMs);
}

/** Details of what went well are for the log. */
function noteOf(row: TaskRow): string {
  if (row.state === "stopped") return "stopped";
  return row.state === "failed" || row.state === "skipped" || row.state === "running" ? (row.detail ?? "") : "";
}
