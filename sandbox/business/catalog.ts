// What the company sells, where, and for how much.
import { Dice } from "./dice.js";
import type { Funnel, Interval, Ms, Product } from "./facts.js";
import { DAY } from "./time.js";

export interface Plan {
  productId: string;
  name: string;
  interval: Interval;
  count: number;
  /** US cents. */
  usd: number;
}

export interface Market {
  country: string;
  currency: string;
  city: string;
  /** Minor units of the currency for one US cent. */
  perCent: number;
  /** Where Stripe settles it: minor units of the account's currency for one minor unit of this one. */
  settles: { currency: string; rate: number };
}

/** Every market with its share; yen has no minor unit (Stripe, Zero-decimal currencies). */
export const MARKETS: readonly [Market, ...Market[]] = [
  market("US", "usd", "New York", 1, "usd", 1),
  market("US", "usd", "Austin", 1, "usd", 1),
  market("DE", "eur", "Köln", 0.95, "eur", 1),
  market("FR", "eur", "Orléans", 0.95, "eur", 1),
  market("GB", "gbp", "Leeds", 0.8, "eur", 1.16),
  market("JP", "jpy", "東京", 1.5, "eur", 0.62),
  market("BR", "brl", "São Paulo", 5.2, "eur", 0.17),
];

function market(country: string, currency: string, city: string, perCent: number, into: string, rate: number): Market {
  return { country, currency, city, perCent, settles: { currency: into, rate } };
}

/** A plan's price in minor units of the market, as on the price tag. */
export function priceIn(plan: Plan, { perCent, currency }: Market): number {
  const exact = plan.usd * perCent;
  return currency === "jpy" ? Math.round(exact / 10) * 10 : Math.round(exact);
}

/** Minor units of the market in US cents. */
export function inUsd(amount: number, { perCent }: Market): number {
  return Math.round(amount / perCent);
}

export interface Catalog {
  funnels: readonly [Funnel, ...Funnel[]];
  products: readonly [Product, ...Product[]];
  plans: readonly [Plan, ...Plan[]];
}

const PLANS: readonly [string, Interval, number, number][] = [
  ["Weekly", "week", 1, 699],
  ["Monthly", "month", 1, 1999],
  ["Quarterly", "month", 3, 4499],
  ["Annual", "year", 1, 9999],
  ["28 days", "day", 28, 1799],
];

const FUNNELS: readonly [string, string, string][] = [
  ["Sleep quiz", "sleep-quiz", "regular"],
  ["Stress test — “calm” 🧘", "stress-test", "regular"],
  ["Winback", "winback", "multipage"],
  ["Old landing", "old-landing", "regular"],
];

/** Funnels and products of a company that begins at `start`. */
export function catalogOf(seed: number, start: Ms): Catalog {
  const funnels = FUNNELS.map(([title, alias, type], index): Funnel => {
    const dice = new Dice(seed, 1, index);
    const at = start - (30 - index) * DAY;
    const id = dice.ulid(at);
    const deleted = alias === "old-landing";
    const status = deleted ? "draft" : "published";
    return {
      ...{ id, at, title, alias, type, version: 1 + index, environment: "production" },
      ...{ tags: index === 0 ? ["main", "été"] : [], status, deleted },
    };
  });
  const products: Product[] = [];
  const plans = PLANS.map(([name, interval, count, usd], index): Plan => {
    const dice = new Dice(seed, 2, index);
    const at = start - (20 - index) * DAY;
    const productId = dice.ulid(at);
    products.push({
      id: productId,
      at,
      name: `${name} plan`,
      status: "active",
      stripeId: `prod_${dice.ulid(at).slice(12)}`,
    });
    return { productId, name, interval, count, usd };
  });
  return { funnels: filled(funnels), products: filled(products), plans: filled(plans) };
}

/** The list, for whom it cannot be empty. */
function filled<T>([first, ...rest]: T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error("A catalog has at least one entry.");
  return [first, ...rest];
}
