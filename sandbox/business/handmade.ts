// A company written down fact by fact, for worlds small enough to be checked with a calculator.
import { byTime } from "./company.js";
import type { Business, Facts, Ms, Touch } from "./facts.js";
import { DAY, HOUR } from "./time.js";

export interface Handmade {
  start: Date;
  now: Date;
  facts?: Partial<Facts>;
  touches?: Touch[];
}

/** The company; what begins after a moment is not in its facts at that moment. */
export function handmade({ start, now, facts = {}, touches = [] }: Handmade): Business {
  let clock = now.getTime();
  const upTo = <T extends { at: Ms; id: string }>(list: T[] | undefined, at: Ms): T[] =>
    (list ?? []).filter((one) => one.at <= at).sort(byTime);
  const inHour = (hour: Ms): Touch[] => touches.filter(({ uploadAt }) => Math.floor(uploadAt / HOUR) * HOUR === hour);
  return {
    seed: 0,
    start,
    now: () => new Date(clock),
    advance(days) {
      clock += Math.round(days * DAY);
    },
    facts(when) {
      const at = when?.getTime() ?? clock;
      return {
        funnels: upTo(facts.funnels, at),
        products: upTo(facts.products, at),
        profiles: upTo(facts.profiles, at),
        sessions: upTo(facts.sessions, at),
        subscriptions: upTo(facts.subscriptions, at),
        transactions: upTo(facts.transactions, at),
        customers: upTo(facts.customers, at),
        charges: upTo(facts.charges, at),
      };
    },
    uploads: (hour) => inHour(hour).length,
    touches: inHour,
    exported: (hour, when) => inHour(hour).filter(({ availableAt }) => availableAt <= (when?.getTime() ?? clock)),
  };
}
