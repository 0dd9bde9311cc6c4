// What is business at a moment: test rows out, the rest in the form that figures are made of.
import type { Business, Charge, Facts, Ms, Profile, Session, Subscription } from "../facts.js";
import { stateAt } from "../views.js";

export interface Known {
  at: Ms;
  facts: Facts;
  /** By id, previews left out. */
  profiles: Map<string, Profile>;
  /** Neither sandbox nor of a preview. */
  subscriptions: Subscription[];
  /** Not of a preview. */
  sessions: Session[];
  charges: Charge[];
  /** The profiles that an e-mail belongs to. */
  byMail: Map<string, Set<string>>;
}

/** An id without its `pro_` and blanks. */
export function bareId(id: string): string {
  return id.trim().replace(/^pro_/, "");
}

/** An e-mail lower and trimmed; null when nothing is left. */
export function bareMail(email: string | null): string | null {
  const bare = (email ?? "").trim().toLowerCase();
  return bare === "" ? null : bare;
}

export function knownAt(business: Business, at: Ms): Known {
  const facts = business.facts(new Date(at));
  const profiles = new Map(facts.profiles.filter(({ preview }) => !preview).map((one) => [one.id, one]));
  const subscriptions = facts.subscriptions.filter(
    (one) => !one.sandbox && !one.preview && profiles.has(one.profileId) && stateAt(one, at) !== undefined,
  );
  const byMail = new Map<string, Set<string>>();
  for (const { id, email } of profiles.values()) addTo(byMail, bareMail(email), id);
  for (const { profileId, profileEmail } of subscriptions) addTo(byMail, bareMail(profileEmail), profileId);
  const sessions = facts.sessions.filter(({ profileId }) => profiles.has(profileId));
  return { at, facts, profiles, subscriptions, sessions, charges: facts.charges, byMail };
}

/** Adds to the set under `key`; nothing when there is no key. */
export function addTo<K, V>(map: Map<K, Set<V>>, key: K | null | undefined, value: V): void {
  if (key === null || key === undefined) return;
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}
