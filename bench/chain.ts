// How deep a run's calls depend on one another, read off the log of a sandbox.

export interface TimedCall {
  /** milliseconds */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The longest chain of calls in which each began after the one before had ended. */
export function longestChain(calls: readonly TimedCall[]): number {
  let depth = 0;
  let end = Number.NEGATIVE_INFINITY;
  // Taking the call that ends first, again and again, gives the longest chain.
  for (const call of [...calls].sort((a, b) => a.endedAt - b.endedAt)) {
    if (call.startedAt < end) continue;
    depth += 1;
    end = call.endedAt;
  }
  return depth;
}

/** From the first call to the last answer, in milliseconds. */
export function spanOf(calls: readonly TimedCall[]): number {
  if (calls.length === 0) return 0;
  return Math.max(...calls.map(({ endedAt }) => endedAt)) - Math.min(...calls.map(({ startedAt }) => startedAt));
}
