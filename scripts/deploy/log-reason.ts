// Why a build failed, in the words of its log.
import { stripVTControlCharacters } from "node:util";

/** Takes the lines of a log in their order and tells the one that says most. */
export interface LogReason {
  read(line: string): void;
  /** undefined for a log without a word */
  reason(): string | undefined;
}

/** Heroku's own last words about any failed build: that it failed, not why. */
const GENERAL = /^Push (failed|rejected)\b/;

/**
 * Buildpacks mark what went wrong with an exclamation mark at the beginning of its lines: the first line of the last
 * such paragraph is the reason. Without one, Heroku's own word; without that, the last line (Heroku Dev Center,
 * Buildpack API > Style).
 */
export function logReason(): LogReason {
  let reason: string | undefined;
  let general: string | undefined;
  let last: string | undefined;
  let marked = false;
  return {
    read(line) {
      const text = stripVTControlCharacters(line).trim();
      const said = /^!(?:\s+|$)(.*)$/.exec(text)?.[1];
      if (said === undefined) {
        marked = false;
        if (text) last = text;
      } else if (GENERAL.test(said)) general ??= said;
      else if (said && !marked) {
        reason = said;
        marked = true;
      }
    },
    reason: () => reason ?? general ?? last,
  };
}
