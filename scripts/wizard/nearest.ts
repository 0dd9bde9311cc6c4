// Which known word a mistyped one was meant to be.
import { distance } from "../common/edits.js";

export interface Near {
  readonly word: string;
  readonly edits: number;
}

/** The known word with the fewest edits, or undefined when none is close enough to be meant: a third of its letters, two at least. */
export function nearest(word: string, known: readonly string[]): Near | undefined {
  let best: Near | undefined;
  for (const candidate of known) {
    const edits = distance(word, candidate);
    if (edits > Math.max(2, Math.floor(candidate.length / 3)) || edits >= candidate.length) continue;
    if (!best || edits < best.edits) best = { word: candidate, edits };
  }
  return best;
}
