// Who the n-th person is: when they came, what they are called, which devices they use, how they are named in which system.
import { MARKETS, type Market } from "./catalog.js";
import { Dice } from "./dice.js";
import type { Ms } from "./facts.js";
import { DAY, MINUTE, SECOND } from "./time.js";

/** What decides about all people. */
export interface Pace {
  seed: number;
  /** Midnight of the company's first day. */
  start: Ms;
  /** Milliseconds between two people, on average. */
  step: number;
}

export interface Person {
  index: number;
  at: Ms;
  profileId: string;
  preview: boolean;
  market: Market;
  name: string;
  /** Lower case, or none at all; another person's for a few. */
  email: string | null;
  /** Their own devices, and perhaps one of an earlier person, used from `borrowedFrom` on. */
  devices: readonly [string, ...string[]];
  borrowed: { device: string; from: Ms } | null;
  /** From when on Amplitude knows their user id; Infinity for those who stay anonymous. */
  identifiedAt: Ms;
  /** Whether events carry the e-mail: never, once identified, or always. */
  mailInEvents: "never" | "identified" | "always";
  /** Two neighbours of one household share one Stripe customer, which was made for the elder. */
  household: { number: number; elder: boolean } | null;
}

const FIRST: readonly [string, ...string[]] = [
  "anna",
  "ben",
  "chloe",
  "daiki",
  "elif",
  "fabio",
  "greta",
  "zoë",
  "ivo",
  "jun",
];
const LAST: readonly [string, ...string[]] = ["meyer", "o'neil", "sato", "silva", "dupont", "smith", "novák", "kim"];
const MAIL: readonly [string, ...string[]] = ["example.com", "example.org", "mail.example.net"];

/** Every how many people two neighbours share one Stripe customer. */
const HOUSEHOLD = 61;

const stamp = (at: number): Ms => Math.floor(at / SECOND) * SECOND;

/** When the n-th person came. Rises with n, so that people are found by their number. */
export function arrival({ seed, start, step }: Pace, index: number): Ms {
  return stamp(start + (index + new Dice(seed, 10, index).next() * 0.98) * step);
}

/** How many people came up to `at`. */
export function arrivedBy(pace: Pace, at: Ms): number {
  let count = Math.max(0, Math.floor((at - pace.start) / pace.step));
  while (arrival(pace, count) <= at) count += 1;
  while (count > 0 && arrival(pace, count - 1) > at) count -= 1;
  return count;
}

/** The n-th person; a pure function of the pace and the number. */
export function person(pace: Pace, index: number): Person {
  const { seed } = pace;
  const at = arrival(pace, index);
  const dice = new Dice(seed, 11, index);
  const profileId = dice.ulid(at);
  const preview = dice.chance(0.02);
  const market = dice.pick(MARKETS);
  const elder = Math.max(0, index - 1 - dice.under(40));
  const sharesMail = index > 0 && dice.chance(0.03);
  const sharesDevice = index > 0 && dice.chance(0.05);
  const borrowedFrom = stamp(at + dice.next() * 30 * DAY);
  const identified = dice.chance(0.55)
    ? stamp(at + dice.next() * dice.next() * 6 * DAY + 2 * MINUTE)
    : Number.POSITIVE_INFINITY;
  const mail = dice.next();
  const place = index % HOUSEHOLD;
  return {
    index,
    at,
    profileId,
    preview,
    market,
    name: names(seed, index).full,
    email: dice.chance(0.9) ? ownMail(seed, sharesMail ? elder : index) : null,
    devices: dice.chance(0.25) ? [device(seed, index, 0), device(seed, index, 1)] : [device(seed, index, 0)],
    borrowed: sharesDevice ? { device: device(seed, elder, 0), from: borrowedFrom } : null,
    identifiedAt: identified,
    mailInEvents: mail < 0.7 ? "never" : mail < 0.9 ? "identified" : "always",
    household: place < 2 ? { number: Math.floor(index / HOUSEHOLD), elder: place === 0 } : null,
  };
}

/** The e-mail as somebody may have typed it: as it is, capitalised, in capitals, or between blanks. */
export function typed(email: string, dice: Dice): string {
  const way = dice.next();
  if (way < 0.6) return email;
  // Only ASCII letters change: what lower() makes of others depends on the database's locale.
  if (way < 0.8) return email.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  if (way < 0.9) return email.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  return ` ${email} `;
}

function names(seed: number, index: number): { first: string; last: string; full: string } {
  const dice = new Dice(seed, 12, index);
  const [first, last] = [dice.pick(FIRST), dice.pick(LAST)];
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return { first, last, full: `${capital(first)} ${capital(last)}` };
}

function ownMail(seed: number, index: number): string {
  const { first, last } = names(seed, index);
  return `${first}.${last.replace("'", "")}${index}@${new Dice(seed, 13, index).pick(MAIL)}`;
}

function device(seed: number, index: number, which: number): string {
  return new Dice(seed, 14, index, which).uuid().toUpperCase();
}
