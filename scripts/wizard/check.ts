// One validator for every way in: the cleaned text of an answer, or a sentence that never shows a secret.
import { type AnswerName, answerSpec } from "../../config/answers.js";

export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** What keys, tokens, webhooks and connection strings look like, in whatever place they turn up. */
const secretLike = [
  /\b(sk|rk|pk)_(live|test)_/i,
  /\bwhsec_/i,
  /\bHRKU-/i,
  /hooks\.slack\.com\/services/i,
  /\b[a-z0-9+]+:\/\/[^\s/@]*:[^\s/@]+@/i,
  /\b[0-9a-f]{32,}\b/i,
  /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i,
];

/** A long word of letters and digits mixed: too common to refuse by itself, too risky to repeat. */
const keyLike = /(?=\w*\d)(?=\w*[a-z])\w{16,}/i;

/** True for a text that looks like a secret and so must not be repeated in a message. */
export function looksSecret(text: string): boolean {
  return secretLike.some((pattern) => pattern.test(text));
}

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
  const result = spec.check.safeParse(text);
  if (result.success) return { ok: true, value: result.data };
  if (!spec.secret && keyLike.test(text)) {
    return { ok: false, message: `${spec.title} (${spec.variable}) is not usable; it looks like a key. ${spec.hint}` };
  }
  return { ok: false, message: result.error.issues[0]?.message ?? `${spec.title} (${spec.variable}) is not usable.` };
}
