// Makes a thing that has no name of ours exactly once: reads back after an unclear failure, and yields to another setup.
import { backoffMs, realSleep } from "../common/retry.js";
import { type Known, known, unknown } from "./known.js";
import type { SideAnswer, SideDeps } from "./side-call.js";

export interface CreateOnce<T> {
  /** what is made, for sentences: "the job" */
  readonly what: string;
  readonly create: () => Promise<SideAnswer<T>>;
  readonly list: () => Promise<SideAnswer<readonly T[]>>;
  /** true for a listed thing that is the wanted one */
  readonly same: (candidate: T) => boolean;
  /** tells two things of the same words apart */
  readonly id: (thing: T) => string;
  /** takes back what was just made, for services that would otherwise keep two */
  readonly remove?: (made: T) => Promise<SideAnswer<unknown>>;
}

type Waits = Pick<SideDeps, "sleep" | "signal">;

const READ_BACKS_AFTER_SILENCE = 3;
const ATTEMPTS = 3;
const OTHERS_MOMENT_MS = 2_000;

/**
 * Creates, then reads back what is there.
 * - made and listed: known
 * - made, and somebody else made the same meanwhile: ours is taken back and theirs is known
 * - refused: unknown with the API's reason, nothing was made
 * - broken off, 5xx, garbage: listed; when it is not there, created once more
 * - silence: listed a few times, never sent again, since the first request may still be under way
 */
export async function createOnce<T>(deps: Waits, steps: CreateOnce<T>): Promise<Known<T>> {
  for (let attempt = 1, failures = 0; ; attempt++) {
    const made = await steps.create();
    if (made.outcome === "refused") return unknown(made.why);
    const found = await readBack(deps, steps, made.outcome === "silent" ? READ_BACKS_AFTER_SILENCE : 1);
    if (found.outcome !== "answered") {
      // The list's silence does not undo a clear answer.
      return made.outcome === "answered"
        ? known(made.value)
        : unknown(`${made.why} Whether ${steps.what} was made could not be read back.`);
    }
    const [one, another] = found.value;
    if (one !== undefined) {
      if (another === undefined || made.outcome !== "answered" || attempt === ATTEMPTS) return known(one);
      const kept = await yieldTo(deps, steps, made.value);
      if (kept) return known(kept);
    } else {
      if (made.outcome === "answered") return unknown(`${capital(steps.what)} was accepted, but is not in the list.`);
      if (made.outcome === "silent" || ++failures === 2) {
        return unknown(`${made.why} ${capital(steps.what)} is not there.`);
      }
    }
    await (deps.sleep ?? realSleep)(backoffMs(attempt), deps.signal);
  }
}

/**
 * Two are there. The one with the larger id goes; when ours is the smaller one, the other setup gets a moment to take
 * its own back, and if it does not (it had finished before ours was made), ours goes after all.
 * @returns the one that stays, or undefined when none is left because both yielded
 */
async function yieldTo<T>(deps: Waits, steps: CreateOnce<T>, ours: T): Promise<T | undefined> {
  const others = async () => {
    const listed = await steps.list();
    return listed.outcome === "answered"
      ? listed.value.filter((one) => steps.same(one) && steps.id(one) !== steps.id(ours))
      : undefined;
  };
  const before = await others();
  if (before === undefined || steps.remove === undefined) return ours;
  if (before.every((other) => compareIds(steps.id(ours), steps.id(other)) < 0)) {
    await (deps.sleep ?? realSleep)(OTHERS_MOMENT_MS, deps.signal);
    const later = await others();
    if (later === undefined || later.length === 0) return ours;
  }
  const removed = await steps.remove(ours);
  if (removed.outcome === "refused") return ours;
  const left = await steps.list();
  return left.outcome === "answered" ? left.value.find(steps.same) : ours;
}

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

async function readBack<T>(
  deps: Waits,
  { list, same }: CreateOnce<T>,
  tries: number,
): Promise<SideAnswer<readonly T[]>> {
  for (let attempt = 1; ; attempt++) {
    const listed = await list();
    if (listed.outcome !== "answered") return listed;
    const value = listed.value.filter(same);
    if (value.length > 0 || attempt >= tries) return { outcome: "answered", value };
    await (deps.sleep ?? realSleep)(backoffMs(attempt), deps.signal);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
