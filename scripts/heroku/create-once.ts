// Makes a thing that has no name of ours exactly once: after an unclear failure it reads back before it tries again.
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
}

const READ_BACKS_AFTER_SILENCE = 3;

/**
 * Creates, then reads back what is there.
 * - made and listed: known
 * - refused: unknown with the API's reason, nothing was made
 * - broken off, 5xx, garbage: listed; when it is not there, created once more
 * - silence: listed a few times, never sent again, since the first request may still be under way
 */
export async function createOnce<T>(deps: Pick<SideDeps, "sleep" | "signal">, steps: CreateOnce<T>): Promise<Known<T>> {
  for (let attempt = 1; ; attempt++) {
    const made = await steps.create();
    if (made.outcome === "refused") return unknown(made.why);
    const tries = made.outcome === "silent" ? READ_BACKS_AFTER_SILENCE : 1;
    const found = await readBack(deps, steps, tries);
    if (found.outcome === "answered" && found.value !== undefined) return known(found.value);
    if (made.outcome === "answered") {
      // The list's silence does not undo a clear answer; a list without the thing does.
      if (found.outcome !== "answered") return known(made.value);
      return unknown(`${capital(steps.what)} was accepted, but is not in the list.`);
    }
    if (found.outcome !== "answered") {
      return unknown(`${made.why} Whether ${steps.what} was made could not be read back.`);
    }
    if (made.outcome === "silent" || attempt === 2) return unknown(`${made.why} ${capital(steps.what)} is not there.`);
    await (deps.sleep ?? realSleep)(backoffMs(attempt), deps.signal);
  }
}

async function readBack<T>(
  deps: Pick<SideDeps, "sleep" | "signal">,
  { list, same }: CreateOnce<T>,
  tries: number,
): Promise<SideAnswer<T | undefined>> {
  for (let attempt = 1; ; attempt++) {
    const listed = await list();
    if (listed.outcome !== "answered") return listed;
    const value = listed.value.find(same);
    if (value !== undefined || attempt >= tries) return { outcome: "answered", value };
    await (deps.sleep ?? realSleep)(backoffMs(attempt), deps.signal);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
