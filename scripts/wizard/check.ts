// One validator for every way in: the cleaned text of an answer, or a sentence that never shows a secret.
import { answerChecks } from "../../config/answer-checks.js";
import { type AnswerName, answerSpec } from "../../config/answers.js";
import { looksSecret } from "./looks-secret.js";

export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** A long word of letters and digits mixed: too common to refuse by itself, too risky to repeat. */
const keyLike = /(?=\w*\d)(?=\w*[a-z])\w{16,}/i;

/**
 * Checks the text of an answer, whether it came by flag, variable, file or keyboard.
 * @returns the cleaned text, or what is wrong with it; the message never holds a secret, also when one was given for an
 * answer that is none
 */
export function checkAnswer(name: AnswerName, text: string): Checked {
  const spec = answerSpec(name);
  if (!spec.secret && looksSecret(text)) {
    return {
      ok: false,
      message: `${spec.title} (${spec.variable}) holds what looks like a key or token, which does not belong there.`,
    };
  }
  const result = answerChecks[name].safeParse(text);
  if (result.success) return { ok: true, value: result.data };
  if (!spec.secret && keyLike.test(text)) {
    return { ok: false, message: `${spec.title} (${spec.variable}) is not usable; it looks like a key. ${spec.hint}` };
  }
  return { ok: false, message: result.error.issues[0]?.message ?? `${spec.title} (${spec.variable}) is not usable.` };
}
