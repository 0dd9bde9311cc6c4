// The moving view of running tasks: listr2 lays them out and redraws, two groups side by side.
import {
  createWritable,
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTaskWrapper,
  ProcessOutput,
  Spinner,
} from "listr2";
import type { Role } from "../../config/stack.js";
import { asciiText, type Paint, paint, type Style } from "./style.js";
import { groupLine, liveLine } from "./task-lines.js";
import { hasEnded, type TaskRow } from "./task-model.js";
import { cut } from "./width.js";

/** listr2 takes the view for one of stdout and falls back when that is no terminal; this one is drawn on the talk's stream. */
class TalkRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** Draws no picture of its own (each line brings its symbol) and brings the lines up to date before every redraw. */
class Ticker extends Spinner {
  readonly #tick: () => void;

  constructor(tick: () => void) {
    super();
    this.#tick = tick;
  }

  override fetch(): string {
    return "";
  }

  override start(redraw?: () => void, interval?: number): void {
    super.start(() => {
      this.#tick();
      redraw?.();
    }, interval);
  }
}

type Wrapper = ListrTaskWrapper<unknown, typeof TalkRenderer, typeof TalkRenderer>;

export interface LiveDeps {
  /** the terminal that is drawn on */
  readonly stream: NodeJS.WritableStream;
  readonly now: () => number;
  readonly nameOf: (role: Role) => string;
}

export interface LiveTasks {
  /** Tells that a row has changed. */
  update(row: TaskRow): void;
  /** Ends the view, whatever the rows' states are, and leaves its last picture on the terminal. */
  end(): Promise<void>;
  /** Resolves when the last picture stands: all have ended, or `end` was called. */
  readonly ended: Promise<void>;
}

/** Starts drawing; `rows` are read again before every picture. Ends by itself when all have ended. */
export function liveTasks(rows: readonly TaskRow[], style: Style, deps: LiveDeps): LiveTasks {
  const painted = paint(style);
  const wrappers = new Map<TaskRow, Wrapper>();
  const groups = new Map<Role, Wrapper>();
  const settle = new Map<TaskRow, () => void>();
  let frame = 0;

  const spoken = (text: string) => (style.unicode ? text : asciiText(text));
  const lineOf = (row: TaskRow) => spoken(liveLine(row, frame, deps.now(), style.columns - 4, painted));
  const refresh = () => {
    for (const [row, { task }] of wrappers) task.title = lineOf(row);
    for (const [role, { task }] of groups) task.title = groupLine(deps.nameOf(role), ofRole(rows, role), painted);
  };

  const tellLastLine = (row: TaskRow) => {
    const wrapper = wrappers.get(row);
    if (row.lastLine === undefined || !wrapper || row.state !== "running") return;
    wrapper.output = spoken(painted.dim(cut(row.lastLine, style.columns - 8, painted.symbols.ellipsis)));
  };

  const subtask = (row: TaskRow) => ({
    title: lineOf(row),
    task: (_: unknown, wrapper: Wrapper) => {
      wrappers.set(row, wrapper);
      // What was told before listr2 had begun.
      wrapper.task.title = lineOf(row);
      tellLastLine(row);
      return new Promise<void>((resolve) => {
        settle.set(row, resolve);
        if (over || hasEnded(row)) resolve();
      });
    },
    rendererOptions: { outputBar: 1 },
  });

  let over = false;
  const list = new Listr<unknown, typeof TalkRenderer, typeof TalkRenderer>(
    rolesOf(rows).map((role) => ({
      title: deps.nameOf(role),
      task: (_: unknown, wrapper: Wrapper) => {
        groups.set(role, wrapper);
        refresh();
        return wrapper.newListr(ofRole(rows, role).map(subtask), { concurrent: true, exitOnError: false });
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: TalkRenderer,
      rendererOptions: rendererOptions(painted, style, deps.stream, () => {
        frame += 1;
        refresh();
      }),
    },
  );
  const ended = list.run().then(
    () => undefined,
    // The view is decoration: when it cannot be drawn, what it shows goes on.
    () => undefined,
  );

  return {
    update: (row) => {
      tellLastLine(row);
      if (!hasEnded(row)) return;
      refresh();
      settle.get(row)?.();
    },
    end: async () => {
      over = true;
      refresh();
      for (const resolve of settle.values()) resolve();
      await ended;
    },
    ended,
  };
}

function rendererOptions(painted: Paint, style: Style, stream: NodeJS.WritableStream, tick: () => void) {
  const icon: Partial<Record<ListrDefaultRendererLogLevels, string>> = {};
  const color: Partial<Record<ListrDefaultRendererLogLevels, (text?: string) => string>> = {};
  for (const level of Object.values(ListrDefaultRendererLogLevels)) {
    icon[level] = "";
    color[level] = (text = "") => text;
  }
  icon[ListrDefaultRendererLogLevels.OUTPUT] = painted.dim(style.unicode ? "›" : ">");
  // Only the talk's stream is taken over while drawing; the second one that listr2 wants is a drain.
  const output = new ProcessOutput(stream as NodeJS.WriteStream, createWritable(() => {}) as NodeJS.WriteStream, {
    leaveEmptyLine: false,
  });
  return {
    collapseSubtasks: false,
    formatOutput: "truncate" as const,
    icon,
    color,
    spinner: new Ticker(tick),
    logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: output }),
  };
}

function rolesOf(rows: readonly TaskRow[]): Role[] {
  return [...new Set(rows.map((row) => row.role))];
}

function ofRole(rows: readonly TaskRow[], role: Role): TaskRow[] {
  return rows.filter((row) => row.role === role);
}
