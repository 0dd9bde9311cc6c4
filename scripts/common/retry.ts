// How long to wait before trying again: backoff with jitter, and a wait with a deadline.
import { setTimeout as delay } from "node:timers/promises";

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;
export type Clock = () => number;

/** Sleeps on the real clock; ends early when the signal says so. */
export const realSleep: Sleep = async (ms, signal) => {
  await delay(ms, undefined, signal ? { signal } : {});
};

/**
 * Milliseconds before attempt number `attempt` (1 = the first repeat): doubling from `first`, capped, with full jitter
 * over its upper half, so that many clients do not come back in step.
 */
export function backoffMs(
  attempt: number,
  options: { first?: number; cap?: number; random?: () => number } = {},
): number {
  const { first = 500, cap = 20_000, random = Math.random } = options;
  const full = Math.min(cap, first * 2 ** (attempt - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}

export interface PollOptions {
  readonly sleep: Sleep;
  readonly now: Clock;
  readonly deadlineMs: number;
  readonly firstMs?: number;
  readonly capMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks until there is an answer: at once, then after growing pauses.
 * @param ask returns the answer, or undefined for "not yet"
 * @returns the answer, or undefined when the deadline has passed without one
 * @throws what `ask` throws, and the signal's reason
 */
export async function poll<T>(ask: () => Promise<T | undefined>, options: PollOptions): Promise<T | undefined> {
  const { sleep, now, deadlineMs, firstMs = 100, capMs = 5_000, signal } = options;
  const end = now() + deadlineMs;
  for (let pause = firstMs; ; pause = Math.min(capMs, pause * 1.5)) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (now() + pause > end) return undefined;
    await sleep(pause, signal);
  }
}
