// Which checks `--only` means: by id, by the beginning of an id, or by group.
import { distance } from "../common/edits.js";
import { ExpectedError } from "../common/errors.js";
import type { CheckGroup } from "./types.js";

/** What can be selected: a check, or a result that is there already. */
export interface Selectable {
  readonly id: string;
  readonly group: CheckGroup;
  /** ids that have to be looked at before this one says anything; they are selected with it */
  readonly needs?: readonly string[];
}

/**
 * The ids that a selection means, with all that they need.
 * @param wanted an id ("database.size"), the beginning of ids ("metabase.config-var"), or a group ("database", "pipeline app" or "pipeline-app"); none means all
 * @throws ExpectedError (usage) naming each that means nothing, with the nearest ones
 */
export function only(wanted: readonly string[], all: readonly Selectable[]): ReadonlySet<string> {
  const byId = new Map(all.map((one) => [one.id, one]));
  const asked = wanted.map((text) => text.trim()).filter((text) => text !== "");
  const selected = new Set<string>();
  const select = (one: Selectable): void => {
    if (selected.has(one.id)) return;
    selected.add(one.id);
    for (const need of one.needs ?? []) {
      const other = byId.get(need);
      if (other) select(other);
    }
  };
  if (asked.length === 0) for (const one of all) select(one);
  const lost: string[] = [];
  for (const text of asked) {
    const meant = all.filter((one) => means(text, one));
    if (meant.length === 0) lost.push(text);
    for (const one of meant) select(one);
  }
  if (lost.length > 0) throw unknownIds(lost, all);
  return selected;
}

function means(text: string, { id, group }: Selectable): boolean {
  const want = plain(text);
  return plain(id) === want || plain(id).startsWith(`${want}.`) || plain(group) === want;
}

/** "Pipeline app" and "pipeline-app" are the same to a person. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(" ", "-");
}

const NEAREST = 3;

function unknownIds(lost: readonly string[], all: readonly Selectable[]): ExpectedError {
  const names = [...new Set([...all.map((one) => one.id), ...all.map((one) => plain(one.group))])];
  const nearest = lost.map((text) => nearestOf(plain(text), names));
  const sentences = lost.map((text, at) => `"${text}" (did you mean ${nearest[at]?.join(", ")}?)`);
  return new ExpectedError("usage", `No check is called ${sentences.join(" or ")}.`, {
    why: "--only takes ids of checks, beginnings of ids, and groups, with commas between them.",
    commands: nearest.flatMap((names) => (names[0] ? [`npm run verify -- --only ${names[0]}`] : [])).slice(0, 1),
  });
}

function nearestOf(text: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, away: distance(text, name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away || a.name.localeCompare(b.name))
    .slice(0, NEAREST)
    .map(({ name }) => name);
}
