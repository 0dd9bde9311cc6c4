// What a run has learned that is worth keeping in `.env`.
import { reveal } from "../common/secret.js";
import type { Answers } from "../provision/types.js";
import { answerSpecs } from "./flags.js";

/**
 * Variables to save: what was typed or given by flag, the token included. Never what was generated, is a default, is on
 * Heroku, or stands in the environment or the file already.
 * @returns values by variable, secrets in the clear: for `saveEnvFile` only
 */
export function envUpdates(answers: Answers): Record<string, string> {
  const updates: Record<string, string> = {};
  for (const { name, variable } of answerSpecs) {
    const answer = answers[name];
    if (answer?.origin === "typed" || answer?.origin === "flag") updates[variable] = reveal(answer.value);
  }
  return updates;
}
