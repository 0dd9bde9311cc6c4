// How one subscription goes: tried, paid, renewed, changed, paused, cancelled, ended, each with its payments.
import type { Catalog, Plan } from "./catalog.js";
import { inUsd, priceIn } from "./catalog.js";
import type { Dice } from "./dice.js";
import type { Ms, SubscriptionState, SubscriptionStatus } from "./facts.js";
import type { Person } from "./person.js";
import { addInterval, DAY, HOUR, MINUTE, SECOND } from "./time.js";

/** A payment that was tried, in order of time. */
export interface Attempt {
  at: Ms;
  amount: number;
  failed: boolean;
  first: boolean;
}

export interface Course {
  states: SubscriptionState[];
  attempts: Attempt[];
  /** When it ended for good; null while it goes on. */
  endedAt: Ms | null;
}

const stamp = (at: number): Ms => Math.floor(at / SECOND) * SECOND;

interface Track {
  dice: Dice;
  catalog: Catalog;
  person: Person;
  plan: Plan;
  course: Course;
}

/**
 * The course from `at` on, as far as it has begun by `horizon`; a further horizon only adds to it. Nothing can be taken after `closedAt`,
 * when the payer's account was deleted. The states' pspId is left null.
 */
export function course(dice: Dice, person: Person, catalog: Catalog, at: Ms, horizon: Ms, closedAt: Ms): Course {
  const plan = dice.pick(catalog.plans);
  const track: Track = { dice, catalog, person, plan, course: { states: [], attempts: [], endedAt: null } };
  push(track, at, "created", at, null);
  const opening = dice.next();
  const begins = stamp(at + MINUTE + dice.next() * 5 * MINUTE);
  if (opening < 0.1) {
    if (opening < 0.05) pay(track, begins, true);
    return track.course;
  }
  if (opening < 0.17) pay(track, stamp(begins - 20 * SECOND), true);
  const start = opening < 0.55 ? open(track, begins) : tryOut(track, begins, opening < 0.75);
  if (start !== undefined) cycles(track, start, horizon, closedAt);
  return track.course;
}

/** Paid at once. */
function open(track: Track, at: Ms): Ms {
  pay(track, at, false);
  push(track, stamp(at + SECOND), "active", at, ends(track, at));
  return at;
}

/** Tried for a week, for a small price or none. When the first period begins; undefined when it never does. */
function tryOut(track: Track, at: Ms, paid: boolean): Ms | undefined {
  const end = at + 7 * DAY;
  if (paid) pay(track, at, false, track.person.market.currency === "jpy" ? 150 : 100);
  push(track, stamp(at + SECOND), "trialing", at, end);
  const fate = track.dice.next();
  if (fate < 0.25) {
    const leaves = stamp(at + track.dice.next() * 6.5 * DAY + MINUTE);
    push(track, leaves, "cancelled", at, end, false);
    expire(track, end, at);
    return undefined;
  }
  if (fate < 0.33) {
    pay(track, end, true);
    push(track, end + MINUTE, "unpaid", at, end);
    expire(track, end + 3 * DAY, at);
    return undefined;
  }
  return open(track, end);
}

function cycles(track: Track, begin: Ms, horizon: Ms, closedAt: Ms): void {
  const { dice } = track;
  let start = begin;
  while (start <= horizon) {
    const end = ends(track, start);
    if (end > closedAt) {
      push(track, Math.max(closedAt, start) + MINUTE, "cancelled", start, end, false);
      expire(track, end, start);
      return;
    }
    const leaving = dice.next();
    const when = stamp(start + HOUR + dice.next() * (end - start - 2 * HOUR));
    const stays = dice.chance(0.15);
    if (leaving < (track.plan.interval === "week" ? 0.1 : 0.22)) {
      push(track, when, "cancelled", start, end, false);
      if (!stays) {
        expire(track, end, start);
        return;
      }
      push(track, stamp(when + (end - when) / 2), "active", start, end);
    }
    const turn = dice.next();
    let next = end;
    if (turn < 0.04) {
      push(track, end, "paused", start, end, false);
      next = stamp(end + (5 + dice.next() * 20) * DAY);
    } else if (turn < 0.16) {
      track.plan = otherPlan(track, turn < 0.1);
    } else if (turn < 0.24) {
      pay(track, end, true);
      push(track, end + MINUTE, "unpaid", start, end);
      next = dice.chance(0.45) ? Number.POSITIVE_INFINITY : end + 2 * DAY;
    }
    if (next > closedAt || next === Number.POSITIVE_INFINITY) {
      expire(track, end + 30 * DAY, start);
      return;
    }
    start = open(track, next);
  }
}

/** Dearer or cheaper by the same interval, or another plan altogether. */
function otherPlan({ dice, plan, catalog }: Track, up: boolean): Plan {
  if (dice.chance(0.4)) return dice.pick(catalog.plans);
  return { ...plan, usd: Math.round(plan.usd * (up ? 1.5 : 0.7)) };
}

function ends({ plan }: Track, start: Ms): Ms {
  return addInterval(start, plan.interval, plan.count);
}

function pay(track: Track, at: Ms, failed: boolean, amount = priceIn(track.plan, track.person.market)): void {
  const { attempts } = track.course;
  attempts.push({ at, amount, failed, first: !attempts.some((earlier) => !earlier.failed) && !failed });
}

function expire(track: Track, at: Ms, start: Ms): void {
  push(track, at, "expired", start, at, false);
  track.course.endedAt = at;
}

function push(track: Track, at: Ms, status: SubscriptionStatus, start: Ms, end: Ms | null, renews = true): void {
  const { plan, person, course } = track;
  const price = priceIn(plan, person.market);
  course.states.push({
    ...{ at, status, renews, interval: plan.interval, count: plan.count },
    ...{ price, priceUsd: inUsd(price, person.market), productId: plan.productId },
    ...{ periodStart: start, periodEnd: end, pspId: null },
  });
}
