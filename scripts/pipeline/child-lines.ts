// What a line of a child says: rows of a stream, a sentence for the record, a failure in words, or just text.

export type Level = "debug" | "info" | "warning" | "error";

export type ChildEvent =
  /** rows of a stream so far, or with `add` since the last such line */
  | {
      readonly kind: "progress";
      readonly from: string;
      readonly stream: string;
      readonly rows: number;
      readonly add: boolean;
    }
  /** belongs into the run record */
  | { readonly kind: "notice"; readonly from: string; readonly stream: string | undefined; readonly text: string }
  /** why the child is about to fail, in its own words */
  | { readonly kind: "failure"; readonly from: string; readonly text: string }
  /** Meltano begins or ends a tap and its loader */
  | {
      readonly kind: "block";
      readonly tap: string | undefined;
      readonly ended: BlockEnd | undefined;
      readonly killed: boolean;
    }
  | { readonly kind: "text"; readonly from: string; readonly level: Level; readonly text: string };

export type BlockEnd = "succeeded" | "extractor failed" | "loader failed" | "failed";

/**
 * Reads one line. Meltano's JSON (`cli.log_format: json`) is unwrapped: its field `event` is the plugin's own line,
 * `name` the plugin. Progress, notices and failures are JSON objects with `event`; the counters of Singer SDK's metrics
 * log are taken from taps only, since the loader counts the same rows again.
 * @param step the child
 */
export function readChildLine(step: string, line: string): ChildEvent {
  const outer = objectIn(line);
  if (!outer) return plainText(step, line);
  const own = signalOf(step, outer);
  if (own) return own;
  if (typeof outer.event !== "string") return plainText(step, line);
  const block = blockOf(outer);
  if (block) return block;
  const from = typeof outer.name === "string" && outer.stdio !== undefined ? outer.name : step;
  const text = outer.event.trimEnd();
  const inner = objectIn(text);
  return (
    (inner && signalOf(from, inner)) ??
    metricOf(from, text) ?? { kind: "text", from, level: levelOf(outer.level, text), text }
  );
}

function plainText(from: string, line: string): ChildEvent {
  const text = line.trimEnd();
  return metricOf(from, text) ?? { kind: "text", from, level: levelOf(undefined, text), text };
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(text: string): Fields | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return undefined;
  try {
    return JSON.parse(trimmed) as Fields;
  } catch {
    return undefined;
  }
}

function signalOf(from: string, fields: Fields): ChildEvent | undefined {
  const { event, stream, rows, text } = fields;
  const named = typeof stream === "string" ? stream : undefined;
  if (event === "progress" && named !== undefined && isCount(rows)) {
    return { kind: "progress", from, stream: named, rows, add: false };
  }
  if (typeof text !== "string" || text.trim() === "") return undefined;
  if (event === "notice") return { kind: "notice", from, stream: named, text: text.trim() };
  return event === "failure" ? { kind: "failure", from, text: text.trim() } : undefined;
}

function metricOf(from: string, text: string): ChildEvent | undefined {
  if (!from.startsWith("tap-")) return undefined;
  const at = text.indexOf("METRIC: {");
  const metric = at < 0 ? undefined : objectIn(text.slice(at + "METRIC: ".length));
  if (metric?.metric !== "record_count" || !isCount(metric.value)) return undefined;
  const stream = (metric.tags as Fields | undefined)?.stream;
  return typeof stream === "string" ? { kind: "progress", from, stream, rows: metric.value, add: true } : undefined;
}

function blockOf(fields: Fields): ChildEvent | undefined {
  const begun = /^Running job with name '(?:[^:']*:)?(tap-[\w-]+?)-to-/.exec(String(fields.event))?.[1];
  if (begun) return { kind: "block", tap: begun, ended: undefined, killed: false };
  if (fields.event !== "Block run completed" || fields.block_type !== "ExtractLoadBlocks") return undefined;
  const codes = (fields.exit_codes ?? {}) as Fields;
  const ended =
    fields.success === true
      ? "succeeded"
      : codes.loaders !== undefined
        ? "loader failed"
        : codes.extractors !== undefined
          ? "extractor failed"
          : "failed";
  // A plugin that a signal ended has the signal's number, below zero, for its code (Python, subprocess, returncode).
  const killed = Object.values(codes).includes(-9);
  return { kind: "block", tap: undefined, ended, killed };
}

function levelOf(level: unknown, text: string): Level {
  if (level === "error" || level === "critical") return "error";
  if (/\b(ERROR|CRITICAL|FATAL)\b|^Traceback |^\w*(Error|Exception): /.test(text)) return "error";
  if (level === "warning" || /\bWARN(ING)?\b/.test(text)) return "warning";
  return level === "debug" ? "debug" : "info";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
