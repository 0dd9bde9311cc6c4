// How many of a funnel's visitors came to subscribe.
import { dayOf } from "../time.js";
import { stateAt } from "../views.js";
import { addTo, type Known } from "./known.js";
import type { FunnelConversionRow } from "./rows.js";

/**
 * One row for each funnel, day of a session's start, and country of the session. Purchasers are the row's profiles that have a subscription which
 * left `created`, and subscriptions are all such of theirs.
 */
export function funnelConversion({ sessions, subscriptions, at }: Known): FunnelConversionRow[] {
  const bought = new Map<string, Set<string>>();
  for (const one of subscriptions) {
    const state = stateAt(one, at);
    if (state !== undefined && state.status !== "created") addTo(bought, one.profileId, one.id);
  }
  const rows = new Map<string, { row: FunnelConversionRow; profiles: Set<string> }>();
  for (const { funnelId, at: when, country, profileId } of sessions) {
    const day = dayOf(when);
    const key = `${funnelId} ${day} ${country}`;
    const empty = { funnel_id: funnelId, day, country, sessions: 0, profiles: 0, purchasers: 0, subscriptions: 0 };
    const found = rows.get(key) ?? { row: empty, profiles: new Set<string>() };
    rows.set(key, found);
    found.row.sessions += 1;
    found.profiles.add(profileId);
  }
  for (const { row, profiles } of rows.values()) {
    row.profiles = profiles.size;
    for (const profile of profiles) {
      const count = bought.get(profile)?.size ?? 0;
      row.subscriptions += count;
      if (count > 0) row.purchasers += 1;
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { row }]) => row);
}
