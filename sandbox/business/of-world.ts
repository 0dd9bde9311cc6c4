// The company of a whole sandbox: what its world remembers of it, and its clock.
import { createBusiness } from "./company.js";
import type { Business } from "./facts.js";
import { DAY, HOUR } from "./time.js";

/** What makes a company; the same record gives the same one. */
export interface BusinessRecord {
  seed: number;
  profiles: number;
  days: number;
  /** It began at midnight, `days` days before this moment. */
  founded: string;
  /** Where its clock was moved to by hand; null while it goes with the real one. */
  movedTo: string | null;
}

export type BusinessWish = Partial<Pick<BusinessRecord, "seed" | "profiles" | "days">>;

/** The record of a company that begins to be shown now. */
export function newBusiness(now: Date): BusinessRecord {
  return { seed: 1, profiles: 300, days: 60, founded: now.toISOString(), movedTo: null };
}

/**
 * The record that a world goes on with: made when there is none, changed by the wish when nobody has asked for it yet.
 * @param isFresh whether the world was made just now. Throws when it was not and the wish differs.
 */
export function settle(
  record: BusinessRecord | undefined,
  wish: BusinessWish,
  isFresh: boolean,
  now: Date,
): BusinessRecord {
  const known = record ?? newBusiness(now);
  if (isFresh || record === undefined) return { ...known, ...wish };
  for (const name of ["seed", "profiles", "days"] as const) {
    if (wish[name] !== undefined && wish[name] !== known[name]) {
      throw new Error(
        `This sandbox already shows a company with ${name} ${known[name]}, not ${wish[name]}. Forget its world first: npm run sandbox -- reset`,
      );
    }
  }
  return known;
}

/** The company, at the real hour or where it was moved to when that is later. `movedTo` of the record follows `advance`. */
export function businessOf(record: BusinessRecord, now: Date, touch: () => void = () => {}): Business {
  const { seed, profiles, days } = record;
  const founded = new Date(record.founded);
  const business = createBusiness({ seed, profiles, days, now: founded });
  const hour = Math.floor(now.getTime() / HOUR) * HOUR;
  const moved = record.movedTo === null ? 0 : Date.parse(record.movedTo);
  if (moved <= hour) record.movedTo = null;
  business.advance(Math.max(0, Math.max(hour, moved) - founded.getTime()) / DAY);
  return {
    ...business,
    advance(count) {
      business.advance(count);
      record.movedTo = business.now().toISOString();
      touch();
    },
  };
}
