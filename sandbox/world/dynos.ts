// Dynos: those of the formation follow its table and restart with each release; one-off ones run once and are gone.
import { randomInt } from "node:crypto";
import { newId } from "./ids.js";
import { log, type Machine } from "./machine.js";
import type { AppRecord, DynoRecord, FormationRecord, ReleaseRecord } from "./types.js";

/** An Eco web dyno sleeps after half an hour without a visitor (Dev Center, Eco Dyno Hours > Sleeping). */
const SLEEP_AFTER_MS = 30 * 60_000;

/** Starts, stops and resizes dynos so that they are those of the formation. Those that already fit keep running. */
export function alignDynos(machine: Machine, app: AppRecord, release: ReleaseRecord): void {
  const { world } = machine;
  const wanted = world.formation.filter((row) => row.app === app.id).flatMap((row) => names(row));
  const runs = (dyno: DynoRecord): boolean =>
    dyno.app !== app.id ||
    dyno.readsLeft !== null ||
    wanted.some(({ name, row }) => name === dyno.name && row.size === dyno.size && row.command === dyno.command);
  for (const dyno of world.dynos.filter((candidate) => !runs(candidate))) {
    log(machine, app.id, `heroku[${dyno.name}]`, "Stopping all processes with SIGTERM");
  }
  world.dynos = world.dynos.filter(runs);
  for (const { name, row } of wanted) {
    if (world.dynos.some((dyno) => dyno.app === app.id && dyno.name === name)) continue;
    world.dynos.push(newDyno(machine, app, release, { name, type: row.type, command: row.command, size: row.size }));
  }
  machine.touch();
}

/** Restarts the dynos of the formation on a new release; one-off dynos run on. */
export function restartDynos(
  machine: Machine,
  app: AppRecord,
  release: ReleaseRecord,
  only?: (dyno: DynoRecord) => boolean,
): void {
  const stays = (dyno: DynoRecord): boolean =>
    dyno.app !== app.id || dyno.readsLeft !== null || (only !== undefined && !only(dyno));
  machine.world.dynos = machine.world.dynos.filter(stays);
  alignDynos(machine, app, release);
}

/** Starts a one-off dyno under the next free name of its type, `run.4821`. */
export function startOneOff(
  machine: Machine,
  app: AppRecord,
  release: ReleaseRecord,
  wish: { command: string; size: string; type: string },
): DynoRecord {
  const name = `${wish.type}.${randomInt(1000, 9999)}`;
  const dyno = { ...newDyno(machine, app, release, { ...wish, name }), readsLeft: 2 };
  machine.world.dynos.push(dyno);
  log(machine, app.id, `heroku[${name}]`, `Starting process with command \`${wish.command}\``);
  return dyno;
}

/** Looks at the app's dynos, which is what moves them on: starting dynos come up, sleepy ones idle, one-off ones end. */
export function observeDynos(machine: Machine, app: AppRecord): DynoRecord[] {
  const { world } = machine;
  const mine = world.dynos.filter((dyno) => dyno.app === app.id);
  const shown = mine.map((dyno) => ({ ...dyno, state: stateNow(machine, app, dyno) }));
  for (const dyno of mine) {
    if (dyno.state === "starting") {
      dyno.state = "up";
      dyno.updated_at = machine.stamp();
      log(machine, app.id, `heroku[${dyno.name}]`, "State changed from starting to up");
    }
    if (dyno.readsLeft === null) continue;
    dyno.readsLeft -= 1;
    if (dyno.readsLeft > 0) continue;
    world.dynos = world.dynos.filter((other) => other.id !== dyno.id);
    log(machine, app.id, `heroku[${dyno.name}]`, "Process exited with status 0");
    log(machine, app.id, `heroku[${dyno.name}]`, "State changed from up to complete");
  }
  if (mine.length > 0) machine.touch();
  return shown;
}

function stateNow(machine: Machine, app: AppRecord, dyno: DynoRecord): DynoRecord["state"] {
  if (dyno.state !== "up" || dyno.size !== "Eco" || dyno.type !== "web") return dyno.state;
  const awake = Math.max(Date.parse(dyno.created_at), app.visited_at === null ? 0 : Date.parse(app.visited_at));
  return machine.now().getTime() - awake > SLEEP_AFTER_MS ? "idle" : "up";
}

function names(row: FormationRecord): { name: string; row: FormationRecord }[] {
  return Array.from({ length: row.quantity }, (_, index) => ({ name: `${row.type}.${index + 1}`, row }));
}

function newDyno(
  machine: Machine,
  app: AppRecord,
  release: ReleaseRecord,
  wish: { name: string; type: string; command: string; size: string },
): DynoRecord {
  const stamp = machine.stamp();
  return {
    ...wish,
    id: newId(),
    app: app.id,
    state: "starting",
    release: release.id,
    readsLeft: null,
    created_at: stamp,
    updated_at: stamp,
  };
}
