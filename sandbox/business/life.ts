// All that one person does with the company: visits, subscriptions, payments.
import type { Catalog } from "./catalog.js";
import { inUsd, MARKETS } from "./catalog.js";
import { charge } from "./charge.js";
import { Dice } from "./dice.js";
import type { Customer, Facts, Ms, Provider, Session, Subscription, Transaction } from "./facts.js";
import { type Pace, type Person, person, typed } from "./person.js";
import { course } from "./subscription.js";
import { DAY, MINUTE, SECOND } from "./time.js";

/** What a person adds to the facts; funnels and products are there without them. */
export type Life = Omit<Facts, "funnels" | "products">;

const stamp = (at: number): Ms => Math.floor(at / SECOND) * SECOND;
const OTHERS: readonly [Provider, ...Provider[]] = ["paypal", "paypal", "paypal", "paddle", "braintree", "solidgate"];

/** The n-th person's life as far as it has begun by `horizon`. */
export function life(pace: Pace, catalog: Catalog, index: number, horizon: Ms): Life {
  const who = person(pace, index);
  const { seed } = pace;
  const dice = new Dice(seed, 20, index);
  const funnel = catalog.funnels[dice.under(3)] ?? catalog.funnels[0];
  const prefixed = dice.chance(0.5);
  const email = who.email !== null && dice.chance(0.8) ? typed(who.email, dice) : null;
  const made: Life = { profiles: [], sessions: [], subscriptions: [], transactions: [], customers: [], charges: [] };
  made.profiles.push({
    ...{ id: who.profileId, at: who.at, prefixed, preview: who.preview, email },
    ...{ country: dice.chance(0.9) ? who.market.country : null, funnelId: funnel.id },
  });
  made.sessions.push(...visits(seed, who, catalog, funnel.id, dice));
  const customers = customersOf(seed, who);
  made.customers.push(...customers.own);
  if (dice.chance(who.preview ? 0.2 : 0.55)) {
    let at: Ms | null = stamp(who.at + 3 * MINUTE + dice.next() * dice.next() * 4 * DAY);
    const parallel = dice.chance(0.04);
    const returns = [dice.chance(0.35), dice.chance(0.35), false];
    for (let count = 0; at !== null && at <= horizon; count += 1) {
      const endedAt = subscribe({ pace, catalog, who, made, customers, horizon, funnelId: funnel.id }, count, at);
      const pause = (10 + new Dice(seed, 21, index, count).next() * 60) * DAY;
      if (parallel && count === 0) at = stamp(at + 2 * DAY);
      else at = endedAt !== null && returns[count] === true ? stamp(endedAt + pause) : null;
    }
  }
  oneOff(seed, who, customers, made, dice);
  return made;
}

interface Scene {
  pace: Pace;
  catalog: Catalog;
  who: Person;
  made: Life;
  customers: Customers;
  horizon: Ms;
  funnelId: string;
}

/** Adds the person's n-th subscription; when it ended, or null. */
function subscribe(scene: Scene, count: number, at: Ms): Ms | null {
  const { pace, who, made, customers } = scene;
  const dice = new Dice(pace.seed, 22, who.index, count);
  const sandbox = who.preview || dice.chance(0.02);
  const { second } = customers;
  const customerId = count > 0 && second !== null && second.at <= at ? second.id : customers.first;
  const closedAt = customers.own.find(({ id }) => id === customerId)?.deletedAt ?? Number.POSITIVE_INFINITY;
  const canPay = closedAt > at + 10 * DAY;
  const provider = sandbox || (canPay && dice.chance(0.75)) ? "stripe" : dice.pick(OTHERS);
  const paidByStripe = provider === "stripe" && !sandbox;
  const id = dice.ulid(at);
  const stripeId = dice.stripeId("sub");
  const prefixed = dice.chance(0.5);
  const mail = who.email !== null && dice.chance(0.85) ? typed(who.email, dice) : null;
  const firstId = dice.chance(0.94);
  const went = course(dice, who, scene.catalog, at, scene.horizon, paidByStripe ? closedAt : Number.POSITIVE_INFINITY);
  const made1: Subscription = {
    ...{ id, at, profileId: who.profileId, prefixed, profileEmail: mail, profileAt: who.at, preview: who.preview },
    ...{ sandbox, provider, currency: who.market.currency, funnelId: scene.funnelId, funnelVersion: 1 + dice.under(3) },
    stripe: paidByStripe ? { id: stripeId, customerId } : null,
    states: went.states,
  };
  const firstSession = made.sessions[0];
  let psp: { at: Ms; id: string } | null = null;
  for (const [number, attempt] of went.attempts.entries()) {
    const key = count * 1000 + number;
    const own = new Dice(pace.seed, 23, who.index, key);
    if (paidByStripe) {
      const opening = attempt.first || !went.attempts.slice(0, number).some(({ first }) => first);
      const reason = opening ? ("subscription_create" as const) : ("subscription_cycle" as const);
      const invoice = { id: own.stripeId("in"), subscriptionId: stripeId, reason };
      const ask = { ...attempt, customerId, invoice, description: "Subscription update", way: "direct" as const };
      const paid = charge(pace.seed, who, key, { ...ask, mail: own.chance(0.05) ? "foreign" : "own" });
      made.charges.push(paid);
      if (attempt.first) psp = { at: attempt.at, id: paid.id };
    } else if (attempt.first) {
      const ids = { paypal: `I-${own.bits().toString(36).toUpperCase()}`, stripe: own.stripeId("ch") };
      psp = {
        at: attempt.at,
        id: provider === "paypal" ? ids.paypal : provider === "stripe" ? ids.stripe : own.uuid(),
      };
    }
    if (!attempt.failed && firstSession !== undefined)
      made.transactions.push(transaction(made1, firstSession, who, own, attempt));
  }
  // FunnelFox loses a few of them; those subscriptions are found through the payer's e-mail only.
  const known = firstId ? psp : null;
  if (known !== null)
    made1.states = went.states.map((state) => (state.at >= known.at ? { ...state, pspId: known.id } : state));
  made.subscriptions.push(made1);
  return went.endedAt;
}

function transaction(
  { id, profileId, funnelId, funnelVersion, currency, sandbox }: Subscription,
  { id: sessionId }: Session,
  { market }: Person,
  dice: Dice,
  { at, amount }: { at: Ms; amount: number },
): Transaction {
  const when = at + 2 * SECOND;
  const exact = inUsd(amount, market);
  const corrected = dice.chance(0.04);
  const usd = [{ at: when, priceUsd: corrected ? exact + dice.between(-9, 9) : exact }];
  if (corrected) usd.push({ at: stamp(when + (1 + dice.next() * 5) * DAY), priceUsd: exact });
  return {
    ...{ id: dice.ulid(when), at: when, subscriptionId: id, sessionId, profileId, prefixed: dice.chance(0.5) },
    ...{ funnelId, funnelVersion, currency, price: amount, sandbox, usd },
  };
}

function visits(seed: number, who: Person, catalog: Catalog, funnelId: string, dice: Dice): Session[] {
  const count = dice.chance(0.45) ? dice.between(2, 4) : 1;
  const list: Session[] = [];
  let at = who.at;
  for (let number = 0; number < count; number += 1) {
    const own = new Dice(seed, 24, who.index, number);
    const where = number > 0 && own.chance(0.2) ? own.pick(catalog.funnels).id : funnelId;
    const { country } = own.chance(0.06) ? own.pick(MARKETS) : who.market;
    const ids = { id: own.ulid(at), at, profileId: who.profileId, prefixed: own.chance(0.5) };
    list.push({ ...ids, funnelId: where, country });
    at = stamp(at + MINUTE + own.next() * own.next() * 25 * DAY);
  }
  return list;
}

interface Customers {
  own: Customer[];
  /** Id of the one that pays; another person's in a household. */
  first: string;
  /** Made at a later checkout by some. */
  second: Customer | null;
}

function customersOf(seed: number, who: Person): Customers {
  const make = (key: number, at: Ms): Customer => {
    const dice = new Dice(seed, 25, who.index, key);
    const email = who.email !== null && dice.chance(0.9) ? typed(who.email, dice) : null;
    const renamed = dice.chance(0.05)
      ? { at: stamp(at + dice.next() * 40 * DAY + MINUTE), name: `${who.name} Jr.` }
      : null;
    const deletedAt = dice.chance(0.04) ? stamp(at + (1 + dice.next() * 50) * DAY) : null;
    return {
      ...{ id: dice.stripeId("cus"), at, email, name: dice.chance(0.95) ? who.name : null },
      ...{ country: who.market.country, currency: who.market.currency, renamed, deletedAt },
    };
  };
  const second = new Dice(seed, 26, who.index).chance(0.12) ? make(1, stamp(who.at + 30 * DAY)) : null;
  const others = second === null ? [] : [second];
  if (who.household === null) {
    const first = make(0, who.at + MINUTE);
    return { own: [first, ...others], first: first.id, second };
  }
  const shared = new Dice(seed, 27, who.household.number).stripeId("cus");
  const own = who.household.elder ? [{ ...make(0, who.at + MINUTE), id: shared, deletedAt: null }, ...others] : others;
  return { own, first: shared, second };
}

/** Payments beside subscriptions: extras of customers, and gifts by people whom no funnel knows. */
function oneOff(seed: number, who: Person, customers: Customers, made: Life, dice: Dice): void {
  const add = (key: number, at: Ms, known: boolean): void => {
    const own = new Dice(seed, 28, who.index, key);
    const amount = who.market.currency === "jpy" ? 100 * own.between(5, 90) : own.between(300, 9900);
    const way = own.chance(0.45) ? ("reserved" as const) : ("direct" as const);
    const mail = known ? (own.chance(0.5) ? ("none" as const) : ("own" as const)) : ("foreign" as const);
    const customerId = known && own.chance(0.9) ? customers.first : null;
    const ask = {
      at,
      amount,
      failed: own.chance(0.08),
      customerId,
      invoice: null,
      description: known ? "Add-on" : "Gift",
    };
    made.charges.push(charge(seed, who, key, { ...ask, way, mail }));
  };
  const [extra, gift] = [dice.chance(0.12), dice.chance(0.04)];
  const [soon, later] = [stamp(who.at + (1 + dice.next() * 20) * DAY), stamp(who.at + (1 + dice.next() * 20) * DAY)];
  const deletedAt = customers.own[0]?.deletedAt ?? Number.POSITIVE_INFINITY;
  if (extra && !who.preview && soon < deletedAt) add(900_000, soon, true);
  if (gift) add(900_001, later, false);
}
