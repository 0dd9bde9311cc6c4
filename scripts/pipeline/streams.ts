// Rows, pace and time of each stream, from what its child tells along the way.
import type { Clock } from "../common/retry.js";

export interface StreamPace {
  readonly step: string;
  readonly stream: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** milliseconds from its beginning to its last row */
  readonly elapsedMs: number;
  readonly lastAt: number;
}

interface Kept {
  rows: number;
  readonly startedAt: number;
  lastAt: number;
}

/** Streams of a child come one after the other: one begins where the one before it has told last. */
export class StreamPaces {
  readonly #now: Clock;
  readonly #steps = new Map<string, { lastAt: number; readonly streams: Map<string, Kept> }>();

  constructor(now: Clock) {
    this.#now = now;
  }

  begin(step: string): void {
    this.#steps.set(step, { lastAt: this.#now(), streams: new Map() });
  }

  /** @param rows of the stream so far */
  set(step: string, stream: string, rows: number): StreamPace {
    const at = this.#now();
    if (!this.#steps.has(step)) this.begin(step);
    const known = this.#steps.get(step) ?? { lastAt: at, streams: new Map<string, Kept>() };
    const kept = known.streams.get(stream) ?? { rows: 0, startedAt: known.lastAt, lastAt: at };
    if (rows !== kept.rows) kept.lastAt = at;
    kept.rows = rows;
    known.lastAt = at;
    known.streams.set(stream, kept);
    return paceOf(step, stream, kept);
  }

  of(step: string): StreamPace[] {
    return [...(this.#steps.get(step)?.streams ?? [])].map(([stream, kept]) => paceOf(step, stream, kept));
  }
}

function paceOf(step: string, stream: string, { rows, startedAt, lastAt }: Kept): StreamPace {
  const elapsedMs = Math.max(0, lastAt - startedAt);
  return { step, stream, rows, rowsPerSecond: Math.round(rows / Math.max(1, elapsedMs / 1_000)), elapsedMs, lastAt };
}
