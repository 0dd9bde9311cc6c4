// The generated company: people come at a steady pace, and everything follows from the seed and their number.
import { catalogOf } from "./catalog.js";
import type { Business, Facts, Ms } from "./facts.js";
import { type Life, life } from "./life.js";
import { arrivedBy, type Pace } from "./person.js";
import { DAY } from "./time.js";
import { touchMaker } from "./touches.js";

export interface CompanyOptions {
  seed?: number;
  /** Profiles that come in the first `days` days. Default 300. */
  profiles?: number;
  /** Default 60. */
  days?: number;
  /** Amplitude events in the first `days` days, about. Default 20 a profile. */
  events?: number;
  /** The company began at midnight, `days` days before this. */
  now: Date;
}

/**
 * A company whose facts are the same whichever way its clock gets to a moment. Throws on counts that are no whole numbers of 1 or more and on
 * moves into the past.
 */
export function createBusiness(options: CompanyOptions): Business {
  const { seed = 1, profiles = 300, days = 60 } = options;
  const { events = profiles * 20 } = options;
  for (const [name, value] of Object.entries({ profiles, days, events })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`${name} must be a whole number from 1 on, not ${value}.`);
  }
  if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, not ${seed}.`);
  const start = Math.floor(options.now.getTime() / DAY) * DAY - days * DAY;
  const pace: Pace = { seed, start, step: (days * DAY) / profiles };
  const catalog = catalogOf(seed, start);
  const maker = touchMaker(pace, events / (days * 24));
  let now = options.now.getTime();
  let cached: { at: Ms; facts: Facts } | undefined;

  const facts = (at: Ms): Facts => {
    if (cached?.at === at) return cached.facts;
    const lives = (function* (): Generator<Life> {
      for (let index = 0, count = arrivedBy(pace, at); index < count; index += 1) yield life(pace, catalog, index, at);
    })();
    const made = { ...gathered(lives, at), funnels: [...catalog.funnels], products: [...catalog.products] };
    cached = { at, facts: made };
    return made;
  };
  return {
    seed,
    start: new Date(start),
    now: () => new Date(now),
    advance(count) {
      if (!(count >= 0) || !Number.isFinite(count))
        throw new Error(`The clock moves forward only, not by ${count} days.`);
      now += Math.round(count * DAY);
    },
    facts: (at) => facts(at?.getTime() ?? now),
    uploads: (hour) => maker.uploads(hour),
    touches: (hour) => maker.touches(hour),
    exported: (hour, at) => maker.exported(hour, at?.getTime() ?? now),
  };
}

function gathered(lives: Iterable<Life>, at: Ms): Life {
  const all: Life = { profiles: [], sessions: [], subscriptions: [], transactions: [], customers: [], charges: [] };
  const add = <T extends { at: Ms }>(to: T[], more: T[]): void => {
    for (const one of more) if (one.at <= at) to.push(one);
  };
  for (const one of lives) {
    add(all.profiles, one.profiles);
    add(all.sessions, one.sessions);
    add(all.subscriptions, one.subscriptions);
    add(all.transactions, one.transactions);
    add(all.customers, one.customers);
    add(all.charges, one.charges);
  }
  for (const list of Object.values(all)) list.sort(byTime);
  return all;
}

/** Older first; of the same moment by id. */
export function byTime(a: { at: Ms; id: string }, b: { at: Ms; id: string }): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
