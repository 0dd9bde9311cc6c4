// The expected answers, computed from what the company knows of itself and never from SQL.
import type { Business } from "../facts.js";
import { chargeLinks } from "./charges.js";
import { funnelConversion } from "./conversion.js";
import { eventAnswers } from "./events.js";
import { knownAt } from "./known.js";
import { ltvByCohort } from "./ltv.js";
import { mrrMonthly } from "./mrr.js";
import { reconciliation } from "./reconciliation.js";
import { revenueDaily } from "./revenue.js";
import type { Truth, TruthOptions } from "./rows.js";

export type * from "./rows.js";

/** What the marts must hold after a run at `options.now` that followed runs at `options.snapshots`. */
export function truthOf(business: Business, options: TruthOptions = {}): Truth {
  const at = (options.now ?? business.now()).getTime();
  const known = knownAt(business, at);
  const events = eventAnswers(business, known, (options.eventsFrom ?? business.start).getTime());
  const charges = chargeLinks(known);
  return {
    identity_links: [...charges, ...events.links],
    revenue_daily: revenueDaily(known),
    mrr_monthly: mrrMonthly(
      known,
      (options.snapshots ?? []).map((one) => one.getTime()),
    ),
    ltv_by_cohort: ltvByCohort(known, charges),
    funnel_conversion: funnelConversion(known),
    reconciliation: reconciliation(known, events.perDay),
    totals: {
      dim_profiles: known.profiles.size,
      fct_sessions: known.sessions.length,
      fct_subscriptions: known.subscriptions.length,
      fct_charges: known.charges.length,
      fct_events: events.events,
      events_by_method: events.byMethod,
    },
  };
}
