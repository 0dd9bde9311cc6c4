// The end of a run: what changed, where things are, what to do next, and what stops all charges.
import type { Notice, Resource, Step } from "../provision/types.js";
import { noChanges } from "./messages.js";
import type { NextCommand } from "./plan-json.js";
import { countedResource } from "./plan-rows.js";
import { renderNotices } from "./plan-text.js";
import { type Paint, paint, type Style } from "./style.js";
import { table } from "./table.js";
import { plain } from "./width.js";

export interface Summary {
  /** the steps that were done */
  readonly changed: readonly Step[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly next: readonly NextCommand[];
  /** what is left for the person */
  readonly manual: readonly Notice[];
  /** commands that end everything that costs money */
  readonly stopCharges: readonly string[];
}

/** Everything that a person may want after a run, in the order in which it is wanted. */
export function renderSummary(summary: Summary, style: Style): string[] {
  const painted = paint(style);
  const { changed, links, next, manual, stopCharges } = summary;
  const width = style.columns;
  const blocks: string[][] = [
    [`${painted.ok(painted.symbols.ok)} ${painted.strong(headOf(changed))}`, ...changedLines(changed, style, painted)],
    section(
      "Links",
      table(
        links.map(({ title, url }) => [plain(title), painted.command(plain(url))]),
        { columns: [{}, {}], indent: 2, width },
      ),
      painted,
    ),
    renderNotices("Left for you", manual, style),
    section(
      "Next",
      table(
        next.map(({ command, why }) => [painted.command(plain(command)), plain(why)]),
        { columns: [{}, {}], indent: 2, width },
      ),
      painted,
    ),
    section(
      "What stops all charges",
      stopCharges.map((command) => `  ${painted.command(plain(command))}`),
      painted,
    ),
  ];
  return blocks.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function headOf(changed: readonly Step[]): string {
  if (changed.length === 0) return noChanges;
  const created = changed.filter(({ action }) => action === "create").length;
  const parts = [
    created > 0 ? `${created} created` : "",
    changed.length > created ? `${changed.length - created} changed` : "",
  ];
  return `Done: ${parts.filter((part) => part !== "").join(", ")}.`;
}

/** "reluvia-dwh  app, 3 add-ons, 7 config vars": one line for each app. */
function changedLines(changed: readonly Step[], style: Style, painted: Paint): string[] {
  const apps = new Map<string, Map<Resource, number>>();
  for (const { app, resource } of changed) {
    const counts = apps.get(app) ?? new Map<Resource, number>();
    apps.set(app, counts.set(resource, (counts.get(resource) ?? 0) + 1));
  }
  const rows = [...apps].map(([app, counts]) => [
    plain(app),
    painted.dim([...counts].map(([resource, number]) => countedResource(resource, number)).join(", ")),
  ]);
  return table(rows, { columns: [{}, {}], indent: 2, width: style.columns });
}

function section(title: string, lines: readonly string[], painted: Paint): string[] {
  return lines.length === 0 ? [] : [painted.strong(title), ...lines];
}
