// The steps of one app as aligned lines: symbol, kind, name, value, price, where it came from.
import type { Action, Resource, Step } from "../provision/types.js";
import { originText } from "./messages.js";
import { dollars } from "./money.js";
import type { Paint, Style } from "./style.js";
import { fold, foldAfter, pad, plain, visibleWidth } from "./width.js";

/** What is kept is named up to this number, and counted above it. */
const FEW = 3;
/** A name that is wider than this part of the line does not push the values of all others to the right. */
const NAME_SHARE = 0.35;
/** A sentence among the values does not push prices and origins away from the others. */
const WIDEST_VALUE = 36;
const GAP = "  ";

const labels: Readonly<Record<Resource, string>> = {
  app: "app",
  stack: "stack",
  buildpacks: "buildpacks",
  "add-on": "add-on",
  attachment: "attachment",
  "config-var": "config var",
  build: "build",
  formation: "formation",
  job: "job",
  backup: "backup",
  search: "search",
};

const labelWidth = Math.max(...Object.values(labels).map((label) => label.length));

interface Row {
  readonly symbol: string;
  readonly label: string;
  readonly name: string;
  /** value, price, origin, reason: those that there are */
  readonly value: string;
  readonly price: string;
  readonly origin: string;
  readonly reason: string;
}

/** All steps of one app: those that write and those that are taken over each on a line, the others in few words. */
export function stepRows(steps: readonly Step[], style: Style, painted: Paint): string[] {
  const arrow = painted.symbols.arrow;
  const shown = steps.filter(({ action }) => action !== "keep" && action !== "unmanaged");
  const unmanaged = unmanagedText(steps);
  return [
    ...rowLines(
      shown.map((step) => rowOf(step, painted, arrow)),
      style,
    ),
    ...keptLines(
      steps.filter(({ action }) => action === "keep"),
      style,
      painted,
    ),
    ...(unmanaged === ""
      ? []
      : foldAfter(`  ${painted.symbols.unmanaged} `, `left alone, not declared here: ${unmanaged}`, style.columns).map(
          (line) => painted.dim(line),
        )),
  ];
}

function rowOf(step: Step, painted: Paint, arrow: string): Row {
  const { action, resource, origin, monthlyCents } = step;
  const [name, before, after] = [step.name, step.before, step.after].map((text) => plain(text ?? ""));
  const value = before && after ? `${painted.dim(before)} ${arrow} ${after}` : (after ?? "");
  return {
    symbol: symbolOf(action, painted),
    label: labels[resource],
    // Buildpacks and searches have no name but what they are.
    name: name === after ? "" : (name ?? ""),
    value,
    price: monthlyCents === undefined ? "" : priceOf(monthlyCents, painted),
    origin: origin === undefined ? "" : dimmed(originText(origin), painted),
    // Of what is new, the value says enough.
    reason: action === "create" && value !== "" ? "" : dimmed(plain(step.reason), painted),
  };
}

/** Nothing stays nothing, also with colour. */
function dimmed(text: string, painted: Paint): string {
  return text === "" ? "" : painted.dim(text);
}

function priceOf(cents: number, painted: Paint): string {
  return cents === 0 ? painted.dim(dollars(cents)) : painted.strong(dollars(cents));
}

function symbolOf(action: Action, painted: Paint): string {
  const { symbols } = painted;
  if (action === "create") return painted.create(symbols.create);
  if (action === "change") return painted.change(symbols.change);
  return painted.keep(symbols.keep);
}

/** Columns where they fit; a row that is too wide for them flows on below its value. */
function rowLines(rows: readonly Row[], style: Style): string[] {
  const widest = (cell: (row: Row) => string, limit: number) =>
    Math.max(0, ...rows.map((row) => visibleWidth(cell(row))).filter((width) => width <= limit));
  const nameWidth = widest(({ name }) => name, Math.floor(style.columns * NAME_SHARE));
  const hang = 4 + labelWidth + GAP.length + nameWidth + GAP.length;
  const room = style.columns - hang;
  const originWidth = widest(({ origin }) => origin, room);
  const priceWidth = widest(({ price }) => price, room);
  const aside = originWidth + priceWidth + [originWidth, priceWidth].filter((width) => width > 0).length * GAP.length;
  const valueWidth = widest(({ value }) => value, Math.max(0, Math.min(WIDEST_VALUE, room - aside)));

  const tail = (row: Row): string[] => {
    const { value, origin, price, reason } = row;
    if (visibleWidth(value) > valueWidth || reason !== "") return flow([value, price, origin, reason], room);
    const cells = [pad(value, valueWidth), pad(price, priceWidth, "right"), pad(origin, originWidth)];
    const used = cells.filter((_, at) => [valueWidth, priceWidth, originWidth][at] !== 0);
    return [used.join(GAP).trimEnd()];
  };

  return rows.flatMap((row) => {
    const head = `  ${row.symbol} ${pad(row.label, labelWidth)}${GAP}`;
    const lines = tail(row);
    if (visibleWidth(row.name) <= nameWidth) return beside(`${head}${pad(row.name, nameWidth)}${GAP}`, lines);
    const ragged = flow([row.value, row.price, row.origin, row.reason], style.columns);
    const start = `${head}${row.name}${GAP}`;
    const [only = ""] = ragged;
    if (ragged.length === 1 && visibleWidth(start) + visibleWidth(only) <= style.columns) return [start + only];
    return [start.trimEnd(), ...beside(" ".repeat(hang), lines)];
  });
}

function beside(head: string, lines: readonly string[]): string[] {
  const hang = " ".repeat(visibleWidth(head));
  return lines.map((line, at) => ((at === 0 ? head : hang) + line).trimEnd());
}

/** Parts one after the other, two spaces apart; one that does not fit any more begins a line of its own. */
function flow(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts.filter((text) => text !== "")) {
    if (line !== "" && visibleWidth(line) + GAP.length + visibleWidth(part) <= width) {
      line += GAP + part;
      continue;
    }
    if (line !== "") lines.push(line);
    const folded = fold(part, Math.max(1, width));
    lines.push(...folded.slice(0, -1));
    line = folded.at(-1) ?? "";
  }
  return [...lines, line];
}

function keptLines(kept: readonly Step[], style: Style, painted: Paint): string[] {
  if (kept.length === 0) return [];
  const lead = `  ${painted.symbols.keep} `;
  const text = kept.length > FEW ? `${kept.length} more are as declared` : `as declared: ${namesOf(kept)}`;
  return foldAfter(lead, text, style.columns).map((line) => painted.keep(line));
}

/** "config vars FOO, BAR; add-on redis-x" of what is there undeclared; "" for nothing. */
export function unmanagedText(steps: readonly Step[]): string {
  return namesOf(steps.filter(({ action }) => action === "unmanaged"));
}

/** Names of steps, by what they are. */
function namesOf(steps: readonly Step[]): string {
  const byResource = new Map<Resource, string[]>();
  for (const { resource, name } of steps) byResource.set(resource, [...(byResource.get(resource) ?? []), plain(name)]);
  return [...byResource]
    .map(([resource, names]) => {
      const label = names.length > 1 && resource !== "buildpacks" ? pluralOf(labels[resource]) : labels[resource];
      return `${label} ${names.join(", ")}`;
    })
    .join("; ");
}

/** "3 add-ons", "1 search", "buildpacks": how many of what, by the words of the plan. */
export function countedResource(resource: Resource, number: number): string {
  if (number === 1 || resource === "buildpacks") return labels[resource];
  return `${number} ${pluralOf(labels[resource])}`;
}

function pluralOf(label: string): string {
  return label.endsWith("ch") ? `${label}es` : `${label}s`;
}
