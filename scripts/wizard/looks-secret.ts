// What keys and tokens look like, so that one that stands in the wrong place is not repeated.

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

/** True for a text that looks like a secret and so must not be repeated in a message. */
export function looksSecret(text: string): boolean {
  return secretLike.some((pattern) => pattern.test(text));
}
