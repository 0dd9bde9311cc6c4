// Rows of cells as aligned lines; the last column is folded when it does not fit.
import { fold, pad, visibleWidth } from "./width.js";

export interface Column {
  /** default left */
  readonly align?: "left" | "right";
}

export interface TableSpec {
  readonly columns: readonly Column[];
  /** spaces before every line; default 0 */
  readonly indent?: number;
  /** columns that a line may take */
  readonly width: number;
  /** spaces between columns; default 2 */
  readonly gap?: number;
}

/** A folded last column that is narrower than this stands below its row instead of beside it. */
const NARROWEST_LAST = 24;

/**
 * Lines of a table. Cells may be coloured and hold wide characters; each column is as wide as its widest cell, and the
 * last one takes what is left of the width. No line is wider than `width`, unless a single word or the first columns are.
 */
export function table(rows: readonly (readonly string[])[], spec: TableSpec): string[] {
  const { columns, indent = 0, width, gap = 2 } = spec;
  const last = columns.length - 1;
  const widths = columns.map((_, at) => Math.max(0, ...rows.map((row) => visibleWidth(row[at] ?? ""))));
  const used = columns.map((_, at) => at).filter((at) => at === last || (widths[at] ?? 0) > 0);
  const before = used.filter((at) => at !== last).reduce((sum, at) => sum + (widths[at] ?? 0) + gap, indent);
  const room = width - before;
  const below = room < Math.min(NARROWEST_LAST, widths[last] ?? 0);

  return rows.flatMap((row) => {
    const cells = used
      .filter((at) => at !== last)
      .map((at) => pad(row[at] ?? "", widths[at] ?? 0, columns[at]?.align ?? "left") + " ".repeat(gap));
    const head = " ".repeat(indent) + cells.join("");
    const tail = row[last] ?? "";
    if (below) {
      const hang = " ".repeat(indent + gap);
      const under = tail === "" ? [] : fold(tail, Math.max(1, width - hang.length)).map((line) => hang + line);
      return [head.trimEnd(), ...under];
    }
    const right = columns[last]?.align === "right";
    return fold(tail, Math.max(1, room)).map((line, at) => {
      const start = at === 0 ? head : " ".repeat(before);
      return (start + (right ? pad(line, Math.min(room, widths[last] ?? 0), "right") : line)).trimEnd();
    });
  });
}
