// How a run is told: key=value lines off a terminal, a moving view on one; every text masked on its way out.
import type { Redactor } from "../common/redact.js";
import type { Clock } from "../common/retry.js";
import type { Style } from "../terminal/style.js";
import { asciiText } from "../terminal/style.js";
import type { Level } from "./child-lines.js";
import { keyValues, type Value } from "./key-values.js";
import { liveView } from "./live.js";
import { StreamPaces } from "./streams.js";

export interface Reporter {
  /** Something that happened: one line. */
  event(name: string, fields?: Readonly<Record<string, Value>>): void;
  /** A sentence that somebody should read. */
  warn(text: string): void;
  /** A line of a child. `from` is the child's plugin, or the child itself. */
  line(step: string, from: string, level: Level, text: string): void;
  /** Rows of a stream so far. */
  progress(step: string, stream: string, rows: number): void;
  begin(step: string): void;
  end(step: string, outcome: string): void;
  /** Lines of a child that failed, for whoever has not seen them go by. */
  tail(step: string, lines: readonly string[]): void;
  /** Takes the moving view away. Later lines are plain. */
  close(): void;
}

export interface ReporterDeps {
  /** writes whole lines */
  readonly write: (text: string) => void;
  readonly style: Style;
  /** of the terminal */
  readonly rows?: number | undefined;
  readonly now: Clock;
  readonly redactor: Redactor;
}

/** Papertrail and its like take lines of so many characters and more, people do not. */
const LONGEST = 2_000;
/** Off a terminal each stream speaks up this often. */
const PROGRESS_MS = 30_000;

export function createReporter(deps: ReporterDeps): Reporter {
  const { style, now, redactor } = deps;
  const paces = new StreamPaces(now);
  const said = new Map<string, number>();
  const live = style.animate ? liveView(deps, paces) : undefined;

  const print = (line: string) => {
    const masked = redactor.text(line);
    const cut = masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
    const text = `${style.unicode ? cut : asciiText(cut)}\n`;
    if (live) live.above(text);
    else deps.write(text);
  };
  const event = (name: string, fields: Readonly<Record<string, Value>> = {}) =>
    print(keyValues({ event: name, ...fields }));

  return {
    event: (name, fields) => {
      // The view shows steps and streams itself.
      if (!live) event(name, fields);
    },
    warn: (text) => print(live ? `! ${text}` : keyValues({ event: "warning", text })),
    line: (step, from, level, text) => {
      if (level === "debug" || text.trim() === "") return;
      if (live && level === "info") live.last(step, redactor.text(text));
      // A plugin's own line may hold several, which Meltano passes on as one.
      else for (const line of linesIn(text)) print(`${from === step ? step : `${step}/${from}`} | ${line}`);
    },
    progress: (step, stream, rows) => {
      const pace = paces.set(step, stream, rows);
      if (live) return;
      const key = `${step} ${stream}`;
      const at = said.get(key);
      if (at !== undefined && now() - at < PROGRESS_MS) return;
      said.set(key, now());
      event("progress", {
        step,
        stream,
        rows,
        rows_per_s: pace.rowsPerSecond,
        seconds: Math.round(pace.elapsedMs / 1_000),
      });
    },
    begin: (step) => {
      paces.begin(step);
      live?.begin(step);
    },
    end: (step, outcome) => {
      live?.end(step, outcome);
      if (live) return;
      for (const { stream, rows, rowsPerSecond, elapsedMs } of paces.of(step)) {
        event("stream", { step, stream, rows, rows_per_s: rowsPerSecond, seconds: Math.round(elapsedMs / 1_000) });
      }
    },
    tail: (step, lines) => {
      if (!live) return;
      for (const line of lines) print(`${step} | ${line}`);
    },
    close: () => live?.close(),
  };
}

function linesIn(text: string): string[] {
  // dbt parts its paragraphs with lines that hold the time of day alone.
  return text.split(/[\r\n]+/).filter((line) => !/^\s*(\d\d:\d\d:\d\d)?\s*$/.test(line));
}
