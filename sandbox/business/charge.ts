// One attempt to take money, with all that becomes of it later: capture, refunds, disputes.
import { Dice } from "./dice.js";
import type { Charge, Dispute, Ms, Refund } from "./facts.js";
import { type Person, typed } from "./person.js";
import { DAY, HOUR, SECOND } from "./time.js";

/** What is asked of the payer. */
export interface Ask {
  at: Ms;
  amount: number;
  failed: boolean;
  customerId: string | null;
  invoice: Charge["invoice"];
  description: string;
  /** `reserved`: taken later, in part, or never. */
  way: "direct" | "reserved";
  /** The e-mail on it: the person's, none at all, or somebody's whom nobody knows. */
  mail: "own" | "none" | "foreign";
}

const stamp = (at: number): Ms => Math.floor(at / SECOND) * SECOND;

/** The charge; its later life depends on nothing but the seed, the person and `key`, which tells their charges apart. */
export function charge(seed: number, person: Person, key: number, ask: Ask): Charge {
  const dice = new Dice(seed, 30, person.index, key);
  const { currency, settles } = person.market;
  const fee = Math.round(ask.amount * settles.rate * 0.029) + 25;
  const capture = captureOf(dice, ask);
  const [billingEmail, receiptEmail] = mails(dice, person, ask.mail);
  const made: Charge = {
    id: dice.stripeId(dice.chance(0.1) ? "py" : "ch"),
    at: ask.at,
    customerId: ask.customerId,
    intentId: dice.stripeId("pi"),
    invoice: ask.invoice,
    amount: ask.amount,
    currency,
    failed: ask.failed,
    capture,
    billingEmail,
    receiptEmail,
    description: dice.chance(0.9) ? ask.description : null,
    refunds: [],
    disputes: [],
    settlement: { currency: settles.currency, rate: settles.rate, fee },
  };
  if (capture === null) return made;
  const fate = dice.next();
  if (fate < 0.05) made.disputes.push(disputeOf(dice, capture));
  else if (fate < 0.16) made.refunds.push(...refundsOf(dice, capture));
  return made;
}

function captureOf(dice: Dice, { at, amount, failed, way }: Ask): Charge["capture"] {
  if (failed) return null;
  if (way === "direct") return { at, amount };
  const fate = dice.next();
  if (fate < 0.3) return null;
  const when = stamp(at + (0.5 + dice.next() * 5) * DAY);
  return { at: when, amount: fate < 0.6 ? Math.ceil(amount * 0.7) : amount };
}

function mails(dice: Dice, { email }: Person, kind: Ask["mail"]): [string | null, string | null] {
  if (kind === "foreign") return [`gift${dice.bits()}@nowhere.example`, null];
  if (kind === "none" || email === null) return [dice.chance(0.5) ? null : "", null];
  const way = dice.next();
  if (way < 0.75) return [typed(email, dice), dice.chance(0.3) ? email : null];
  // Empty counts as none: the next place is looked at.
  return way < 0.9 ? [dice.chance(0.5) ? null : " ", typed(email, dice)] : [null, null];
}

const REASONS: readonly [string, ...string[]] = ["requested_by_customer", "duplicate", "fraudulent"];

function refundsOf(dice: Dice, capture: { at: Ms; amount: number }): Refund[] {
  const parts = dice.chance(0.6)
    ? [capture.amount]
    : [Math.ceil(capture.amount * 0.3), Math.floor(capture.amount * 0.5)];
  const count = parts.length === 2 && dice.chance(0.6) ? 1 : parts.length;
  let at = stamp(capture.at + (0.2 + dice.next() * dice.next() * 45) * DAY);
  return parts.slice(0, count).map((amount) => {
    const refund = refundOf(dice, at, amount);
    at = stamp(at + (1 + dice.next() * 10) * DAY);
    return refund;
  });
}

function refundOf(dice: Dice, at: Ms, amount: number): Refund {
  const way = dice.next();
  const later = stamp(at + (0.2 + dice.next() * 4) * DAY);
  const id = dice.stripeId("re");
  const reason = dice.chance(0.7) ? dice.pick(REASONS) : null;
  const statuses: Refund["statuses"] = [{ at, status: way < 0.7 ? "succeeded" : "pending" }];
  if (way >= 0.62 && way < 0.7) statuses.push({ at: later, status: "failed" });
  if (way >= 0.7) statuses.push({ at: later, status: way < 0.85 ? "succeeded" : way < 0.93 ? "failed" : "canceled" });
  return { id, at, amount, reason, statuses };
}

const COMPLAINTS: readonly [string, ...string[]] = [
  "fraudulent",
  "product_not_received",
  "subscription_canceled",
  "general",
];

function disputeOf(dice: Dice, capture: { at: Ms; amount: number }): Dispute {
  const at = stamp(capture.at + (2 + dice.next() * 50) * DAY);
  const id = dice.stripeId("du");
  const reason = dice.pick(COMPLAINTS);
  const [soon, end] = [stamp(at + (1 + dice.next() * 5) * DAY), stamp(at + (8 + dice.next() * 40) * DAY)];
  const amount = dice.chance(0.85) ? capture.amount : Math.ceil(capture.amount / 2);
  if (dice.chance(0.25)) {
    const statuses: Dispute["statuses"] = [{ at, status: "warning_needs_response" }];
    statuses.push({ at: soon, status: "warning_under_review" }, { at: end + HOUR, status: "warning_closed" });
    return { id, at, amount, reason, statuses };
  }
  const won = dice.chance(0.4);
  const statuses: Dispute["statuses"] = [{ at, status: "needs_response" }];
  statuses.push({ at: soon, status: "under_review" }, { at: end, status: won ? "won" : "lost" });
  return { id, at, amount, reason, statuses };
}
