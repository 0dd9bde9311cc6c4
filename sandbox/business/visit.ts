// The decoration of a visit: where from, with what, and what was answered.

import { MARKETS } from "./catalog.js";
import { Dice } from "./dice.js";
import type { Session } from "./facts.js";

const AGENTS: readonly [string, ...string[]] = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
];
const SOURCES: readonly [string, ...string[]] = ["facebook", "google", "tiktok", "newsletter"];
const GOALS: readonly [string, ...string[]] = ["sleep better", "weniger Stress", "リラックス", "😴", "-"];

/** What FunnelFox tells of a visit beside who, when and which funnel. */
export interface Visit {
  funnelVersion: number;
  city: string;
  ip: string;
  userAgent: string;
  origin: string | null;
  postal: string | null;
  query: Record<string, string>;
  replies: { element_id: string; screen_id: string; value: unknown }[];
}

/** The decoration of a session; the same for the same id. */
export function visitOf({ id, country }: Session): Visit {
  const dice = new Dice(...Buffer.from(id));
  const source = dice.pick(SOURCES);
  const tags = { utm_source: source, utm_medium: "cpc", utm_campaign: `c${dice.under(9)}`, fbclid: dice.uuid() };
  return {
    funnelVersion: dice.between(1, 4),
    city: MARKETS.find((market) => market.country === country)?.city ?? "",
    ip: `203.0.113.${dice.under(256)}`,
    userAgent: dice.pick(AGENTS),
    origin: dice.chance(0.8) ? `https://${source}.example/` : null,
    postal: dice.chance(0.5) ? String(10_000 + dice.under(90_000)) : null,
    query: dice.chance(0.75) ? tags : {},
    replies: Array.from({ length: dice.under(4) }, (_, index) => ({
      element_id: `el_${index}`,
      screen_id: `scr_${index}`,
      value: index === 0 ? dice.pick(GOALS) : index === 1 ? [dice.pick(GOALS), dice.pick(GOALS)] : dice.between(18, 70),
    })),
  };
}
