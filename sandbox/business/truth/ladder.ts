// The identity ladder, step by step as metrics.md words it: the first rung with exactly one candidate wins.
import type { IdentityLinkRow } from "./rows.js";

type Method = NonNullable<IdentityLinkRow["method"]>;

export interface Rung {
  method: Method;
  candidates: ReadonlySet<string> | undefined;
}

/** The decision over rungs in their order: a profile, or none with the most candidates that a rung had. */
export function decide(rungs: Rung[]): Pick<IdentityLinkRow, "profile_id" | "method" | "candidates"> {
  for (const { method, candidates } of rungs) {
    const [only, second] = candidates ?? [];
    if (only !== undefined && second === undefined) return { profile_id: only, method, candidates: 1 };
  }
  const most = Math.max(0, ...rungs.map(({ candidates }) => candidates?.size ?? 0));
  return { profile_id: null, method: null, candidates: most };
}
