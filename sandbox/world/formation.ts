// The table of process types: rows come and go with releases, sizes of different tiers do not mix.
import { invalid } from "../http/errors.js";
import { entry, type SizeEntry, sizes } from "./catalog.js";
import { newId } from "./ids.js";
import type { Machine } from "./machine.js";
import type { AppRecord, FormationRecord } from "./types.js";

/** The size Heroku gives to an app's first process types. */
const FIRST_SIZE = "Basic";

/** The rows of an app, by type. */
export function formationOf(machine: Machine, app: AppRecord): FormationRecord[] {
  return machine.world.formation.filter((row) => row.app === app.id).sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** What a release declares becomes the table: new types at 0, only a first `web` at 1; types no longer declared go. */
export function declareProcesses(machine: Machine, app: AppRecord, processTypes: Record<string, string>): void {
  const before = formationOf(machine, app);
  const declared = Object.entries(processTypes).filter(([type]) => type !== "release");
  const size = before[0]?.size ?? FIRST_SIZE;
  const stamp = machine.stamp();
  const rows = declared.map(([type, command]): FormationRecord => {
    const kept = before.find((row) => row.type === type);
    if (kept !== undefined) return { ...kept, command };
    const quantity = type === "web" && before.length === 0 ? 1 : 0;
    return { id: newId(), app: app.id, type, command, quantity, size, created_at: stamp, updated_at: stamp };
  });
  machine.world.formation = [...machine.world.formation.filter((row) => row.app !== app.id), ...rows];
  machine.touch();
}

/** The size of that name or id. 422 when there is none. */
export function sizeNamed(named: string): SizeEntry {
  const size = entry(sizes, named);
  if (size === undefined)
    throw invalid(`No such dyno size: ${named}. Valid sizes are: ${sizes.map(({ name }) => name).join(", ")}.`);
  return size;
}

/**
 * Refuses a table that Heroku would refuse: Eco in a team's app or without the Eco plan, tiers that mix (rows at quantity 0 count too), or
 * more than one Eco or Basic dyno of a type.
 */
export function checkFormation(
  machine: Machine,
  app: AppRecord,
  rows: Pick<FormationRecord, "type" | "size" | "quantity">[],
): void {
  const used = rows.map((row) => ({ ...row, entry: sizeNamed(row.size) }));
  checkTiers(
    machine,
    app,
    used.map((row) => row.entry),
  );
  const crowded = used.find((row) => row.quantity > 1 && row.entry.tier !== "professional");
  if (crowded !== undefined)
    throw invalid(`Cannot have more than 1 ${crowded.size} dyno of the process type ${crowded.type}.`);
}

/** The part of those rules that concerns sizes alone, which one-off dynos must keep too. */
export function checkTiers(machine: Machine, app: AppRecord, used: SizeEntry[]): void {
  const tiers = new Set(used.map((size) => size.tier));
  if (tiers.size > 1) {
    const names = [...new Set(used.map((size) => size.name))].join(", ");
    throw invalid(`Cannot mix ${names} in one app: Eco, Basic and Professional dynos do not go together.`);
  }
  if (!tiers.has("eco")) return;
  if (app.team !== null) throw invalid("Eco dynos are not available for apps of a team.");
  if (machine.world.settings.eco === "none") {
    throw invalid("Eco dynos need the Eco plan. Subscribe at https://dashboard.heroku.com/account/billing");
  }
}
