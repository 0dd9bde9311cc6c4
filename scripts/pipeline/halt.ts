// The one signal that stops a run: SIGTERM or Ctrl-C, the end of its 23 hours, or the loss of its lock, whichever is first.
import type { Sleep } from "../common/retry.js";
import type { StopReason } from "./types.js";

/** A dyno lives 24 hours at most (Heroku Dev Center, Dynos > Automatic dyno restarts). */
export const LONGEST_RUN_MS = 23 * 60 * 60_000;

/** A run stopped by its signal; carries the reason. */
export class Halted extends Error {
  override readonly name = "Halted";
  readonly stop: StopReason;

  constructor(stop: StopReason) {
    super(`stopped: ${stop.kind}`);
    this.stop = stop;
  }
}

export interface Halt {
  /** aborted with a StopReason */
  readonly signal: AbortSignal;
  readonly reason: () => StopReason | undefined;
  lost(error: unknown): void;
  /** @throws Halted when the run has to stop */
  check(): void;
  /** Clears the timer. */
  close(): void;
}

/**
 * @param stop aborted with a StopReason by whoever listens to the process's signals
 * @param longestMs from now
 */
export function createHalt(stop: AbortSignal, sleep: Sleep, longestMs: number = LONGEST_RUN_MS): Halt {
  const own = new AbortController();
  const timer = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  sleep(longestMs, timer.signal).then(
    () => own.abort({ kind: "deadline" } satisfies StopReason),
    () => undefined,
  );
  const reason = () => (signal.aborted ? (signal.reason as StopReason) : undefined);
  return {
    signal,
    reason,
    lost: (error) => own.abort({ kind: "lock lost", error } satisfies StopReason),
    check: () => {
      const why = reason();
      if (why) throw new Halted(why);
    },
    close: () => timer.abort(),
  };
}
