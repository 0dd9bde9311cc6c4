// The moving view of a run on a terminal: its steps, and below each its streams with rows, pace and time.

import type { Clock } from "../common/retry.js";
import { paint, type Style } from "../terminal/style.js";
import { cut, pad, plain } from "../terminal/width.js";
import type { StreamPace, StreamPaces } from "./streams.js";

export interface LiveDeps {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly rows?: number | undefined;
  readonly now: Clock;
  /** calls again and again until the returned function is called; default: setInterval */
  readonly every?: ((ms: number, call: () => void) => () => void) | undefined;
}

export interface LiveView {
  begin(step: string): void;
  end(step: string, outcome: string): void;
  /** What a step said last, while it has no streams to show. */
  last(step: string, text: string): void;
  /** Text that stays, above the view. */
  above(text: string): void;
  /** Draws for the last time and leaves the picture standing. */
  close(): void;
}

interface Step {
  readonly name: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  outcome: string | undefined;
  last: string;
}

const FRAME_MS = 120;
const DEFAULT_ROWS = 24;

export function liveView(deps: LiveDeps, paces: StreamPaces): LiveView {
  const { write, style, now, rows = DEFAULT_ROWS, every = interval } = deps;
  const steps = new Map<string, Step>();
  let drawn = 0;
  let frame = 0;
  let open = true;

  const erase = () => (drawn === 0 ? "" : `\x1b[${drawn}A\x1b[0J`);
  const draw = (before = "") => {
    const lines = viewLines([...steps.values()], paces, { style, frame, now: now(), rows: rows - 2 });
    const text = lines.map((line) => `${line}\n`).join("");
    write(`${erase()}${before}${text}`);
    drawn = lines.length;
  };
  const stop = every(FRAME_MS, () => {
    frame += 1;
    draw();
  });
  return {
    begin: (name) => {
      steps.delete(name);
      steps.set(name, { name, startedAt: now(), endedAt: undefined, outcome: undefined, last: "" });
      if (open) draw();
    },
    end: (name, outcome) => {
      const step = steps.get(name);
      if (step) [step.endedAt, step.outcome] = [now(), outcome];
      if (open) draw();
    },
    last: (name, text) => {
      const step = steps.get(name);
      if (step) step.last = text;
    },
    above: (text) => {
      if (open) draw(text);
      else write(text);
    },
    close: () => {
      if (!open) return;
      stop();
      draw();
      open = false;
      drawn = 0;
    },
  };
}

function interval(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  timer.unref();
  return () => clearInterval(timer);
}

interface Frame {
  readonly style: Style;
  readonly frame: number;
  readonly now: number;
  /** lines that the view may take */
  readonly rows: number;
}

function viewLines(steps: readonly Step[], paces: StreamPaces, at: Frame): string[] {
  const painted = paint(at.style);
  const { symbols } = painted;
  const streams = steps.flatMap(({ name }) => paces.of(name));
  const room = Math.max(0, at.rows - steps.length);
  // Those that moved last are worth the room.
  const shown = new Set([...streams].sort((a, b) => b.lastAt - a.lastAt).slice(0, room));
  const width = Math.max(0, ...streams.map(({ stream }) => stream.length));
  return steps.flatMap((step) => {
    const running = step.endedAt === undefined;
    const symbol = running
      ? painted.command(symbols.spinner[at.frame % symbols.spinner.length] ?? "")
      : step.outcome === "succeeded"
        ? painted.ok(symbols.ok)
        : painted.fail(symbols.fail);
    const own = paces
      .of(step.name)
      .filter(({ stream }) => [...shown].some((one) => one.stream === stream && one.step === step.name));
    const time = clock((step.endedAt ?? at.now) - step.startedAt);
    const last = running && own.length === 0 ? plain(step.last) : "";
    const head = `${step.name}  ${time}${last === "" ? "" : `  ${last}`}`;
    return [
      `${symbol} ${cut(head, at.style.columns - 3, symbols.ellipsis)}`,
      ...own.map((pace) => painted.dim(cut(`    ${streamLine(pace, width)}`, at.style.columns - 1, symbols.ellipsis))),
    ];
  });
}

function streamLine({ stream, rows, rowsPerSecond, elapsedMs }: StreamPace, width: number): string {
  return [
    pad(stream, width),
    `${rows.toLocaleString("en-US").padStart(12)} rows`,
    `${rowsPerSecond.toLocaleString("en-US").padStart(9)}/s`,
    clock(elapsedMs).padStart(9),
  ].join(" ");
}

/** "0:07", "12:30", "1:02:03" */
function clock(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
