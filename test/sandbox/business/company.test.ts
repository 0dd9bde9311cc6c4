// The generated company: the same whichever way its clock goes, and its answers at one with its facts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBusiness } from "../../../sandbox/business/company.js";
import type { Business } from "../../../sandbox/business/facts.js";
import { businessOf, newBusiness, settle } from "../../../sandbox/business/of-world.js";
import { DAY, HOUR } from "../../../sandbox/business/time.js";
import { truthOf } from "../../../sandbox/business/truth/index.js";
import { capturedAt, disputeStatus, isChargeback, refundedAt, stateAt } from "../../../sandbox/business/views.js";

const now = new Date("2026-11-24T10:30:00Z");
const seeds = fc.integer({ min: 0, max: 2 ** 40 });
const small = (seed: number, more: object = {}) => createBusiness({ seed, profiles: 60, days: 40, now, ...more });
const hours = (business: Business, count: number): number[] =>
  Array.from({ length: count }, (_, index) => business.start.getTime() + index * 7 * HOUR);

describe("the same seed", () => {
  it("gives the same company, and another seed another one", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, two, other] = [small(seed), small(seed), small(seed + 1)];
        expect(two.facts()).toEqual(one.facts());
        for (const hour of hours(one, 20)) expect(two.exported(hour)).toEqual(one.exported(hour));
        expect(other.facts().profiles).not.toEqual(one.facts().profiles);
      }),
      { numRuns: 5 },
    );
  });

  it("gives the same company whichever way its clock gets to a moment", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 }), (seed, steps) => {
        const [stepped, leapt] = [small(seed), small(seed)];
        for (const step of steps) {
          stepped.advance(step);
          stepped.facts();
          stepped.touches(stepped.start.getTime() + step * DAY);
        }
        leapt.advance(steps.reduce((sum, step) => sum + step, 0));
        expect(stepped.facts()).toEqual(leapt.facts());
        expect(truthOf(stepped)).toEqual(truthOf(leapt));
      }),
      { numRuns: 5 },
    );
  });

  it("never changes what could be seen at an earlier moment", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 120 }), (seed, days) => {
        const [then, later] = [small(seed), small(seed)];
        later.advance(days);
        later.facts();
        expect(truthOf(later, { now })).toEqual(truthOf(then));
      }),
      { numRuns: 8 },
    );
  });

  it("knows how many events an hour has without making them", () => {
    const business = small(7, { events: 20_000 });
    for (const hour of hours(business, 100)) expect(business.uploads(hour)).toBe(business.touches(hour).length);
  });
});

describe("the expected answers", () => {
  it("have one row for each charge and identifier, linked to a profile that is there or to none", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const business = small(seed);
        const { identity_links: links, totals } = truthOf(business);
        const charges = links.filter(({ source }) => source === "stripe").map(({ source_id }) => source_id);
        expect(new Set(charges)).toEqual(new Set(business.facts().charges.map(({ id }) => id)));
        expect(charges).toHaveLength(totals.fct_charges);
        expect(new Set(links.map((row) => `${row.source_type} ${row.source_id}`)).size).toBe(links.length);
        const profiles = new Set(
          business
            .facts()
            .profiles.filter(({ preview }) => !preview)
            .map(({ id }) => id),
        );
        for (const { profile_id, method, candidates } of links) {
          expect(method === null).toBe(profile_id === null);
          if (profile_id === null) expect(candidates).not.toBe(1);
          else expect([profiles.has(profile_id), candidates]).toEqual([true, 1]);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("sum up to what the charges themselves say", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 90 }), (seed, days) => {
        const business = small(seed);
        business.advance(days);
        const at = business.now().getTime();
        const { revenue_daily: rows } = truthOf(business);
        const { charges } = business.facts();
        for (const currency of new Set(charges.map((one) => one.currency))) {
          const own = charges.filter((one) => one.currency === currency);
          const sum = (name: "gross" | "refunds" | "disputes" | "net"): number =>
            rows.filter((row) => row.currency === currency).reduce((total, row) => total + row[name], 0);
          const lost = own
            .flatMap(({ disputes }) => disputes)
            .filter((one) => one.at <= at && isChargeback(one) && disputeStatus(one, at) !== "won");
          expect(sum("gross")).toBe(own.reduce((total, one) => total + capturedAt(one, at), 0));
          expect(sum("refunds")).toBe(own.reduce((total, one) => total + refundedAt(one, at), 0));
          expect(sum("disputes")).toBe(lost.reduce((total, one) => total + one.amount, 0));
          expect(sum("net")).toBe(sum("gross") - sum("refunds") - sum("disputes"));
        }
      }),
      { numRuns: 10 },
    );
  });

  it("carry MRR from month to month without loss, whenever the runs were", () => {
    const nights = fc.array(fc.integer({ min: 1, max: 95 }), { maxLength: 12 });
    fc.assert(
      fc.property(seeds, nights, (seed, ago) => {
        const business = small(seed, { days: 100 });
        const snapshots = ago.map((days) => new Date(now.getTime() - days * DAY));
        const rows = truthOf(business, { snapshots }).mrr_monthly;
        const ends = new Map<string, number>();
        for (const row of rows) {
          const { starting_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr, churned_mrr } = row;
          expect(starting_mrr).toBe(ends.get(row.currency) ?? 0);
          const gained = new_mrr + reactivation_mrr + expansion_mrr;
          expect(row.ending_mrr).toBe(starting_mrr + gained - contraction_mrr - churned_mrr);
          ends.set(row.currency, row.ending_mrr);
        }
        const active = business.facts().subscriptions.filter((one) => {
          const seen = stateAt(one, now.getTime());
          const isPaid = seen?.status === "cancelled" && (seen.periodEnd ?? 0) > now.getTime();
          return !one.sandbox && !one.preview && (seen?.status === "active" || isPaid);
        });
        const last = rows.filter(({ month }) => month === "2026-11-01");
        expect(last.reduce((sum, row) => sum + row.active_subscriptions, 0)).toBe(active.length);
        expect(last.every(({ is_reconstructed }) => !is_reconstructed)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it("count every row of every stream on some day", () => {
    const business = small(3, { days: 80 });
    const { reconciliation, totals } = truthOf(business);
    const of = (stream: string, name: "raw_count" | "mart_count" | "excluded_count"): number =>
      reconciliation.filter((row) => row.stream === stream).reduce((sum, row) => sum + (row[name] ?? 0), 0);
    expect(of("charges", "mart_count")).toBe(totals.fct_charges);
    expect(of("events", "mart_count")).toBe(totals.fct_events);
    expect(of("profiles", "mart_count")).toBe(totals.dim_profiles);
    expect(of("profiles", "raw_count")).toBe(business.facts().profiles.length);
    for (const row of reconciliation) {
      if (row.mart_count !== null) expect(row.mart_count + (row.excluded_count ?? 0)).toBe(row.raw_count);
    }
  });
});

describe("the company of the defaults", () => {
  const business = createBusiness({ now });
  const { charges, subscriptions, profiles, customers, transactions, sessions } = business.facts();
  const at = now.getTime();

  it("has about the profiles, days and events that were asked for", () => {
    expect(business.start.toISOString()).toBe("2026-09-25T00:00:00.000Z");
    expect(profiles.length).toBeGreaterThanOrEqual(300);
    expect(profiles.length).toBeLessThan(306);
    expect(truthOf(business).totals.fct_events / 6000).toBeCloseTo(1, 1);
  });

  it("shows everything that makes figures hard", () => {
    const states = subscriptions.map((one) => stateAt(one, at)?.status);
    for (const status of ["created", "trialing", "active", "paused", "cancelled", "expired", "unpaid"] as const) {
      expect(states).toContain(status);
    }
    for (const interval of ["day", "week", "month", "year"]) {
      expect(subscriptions.some((one) => one.states[0]?.interval === interval)).toBe(true);
    }
    for (const provider of ["stripe", "paypal"])
      expect(subscriptions.some((one) => one.provider === provider)).toBe(true);
    for (const currency of ["usd", "eur", "gbp", "jpy", "brl"])
      expect(charges.some((one) => one.currency === currency)).toBe(true);
    expect(profiles.some(({ preview }) => preview)).toBe(true);
    expect(profiles.some(({ prefixed }) => prefixed) && profiles.some(({ prefixed }) => !prefixed)).toBe(true);
    expect(subscriptions.some(({ sandbox, preview }) => sandbox && !preview)).toBe(true);
    expect(transactions.some(({ usd }) => usd.length > 1)).toBe(true);
    expect(sessions.length).toBeGreaterThan(profiles.length);
    expect(customers.some(({ deletedAt }) => deletedAt !== null && deletedAt <= at)).toBe(true);
    expect(charges.some(({ failed, capture }) => !failed && capture === null)).toBe(true);
    expect(charges.some(({ amount, capture }) => capture !== null && capture.amount < amount)).toBe(true);
    const refunds = charges.flatMap((one) => one.refunds);
    expect(refunds.some((one) => one.statuses.at(-1)?.status === "failed")).toBe(true);
    expect(charges.flatMap((one) => one.disputes).length).toBeGreaterThan(2);
    const links = truthOf(business).identity_links;
    for (const method of ["user_id", "psp_id", "email", "device_id", "stripe_customer", null]) {
      expect(links.some((row) => row.method === method)).toBe(true);
    }
    for (const type of ["charge", "email", "device_id"]) {
      expect(links.some((row) => row.source_type === type && row.candidates > 1)).toBe(true);
    }
  });

  it("changes what is old when its clock moves", () => {
    const moved = createBusiness({ now });
    moved.advance(30);
    const before = truthOf(moved, { now });
    const after = truthOf(moved);
    const shared = (truth: typeof before) =>
      new Set(
        truth.identity_links
          .filter((row) => row.source_type === "device_id" && row.candidates > 1)
          .map((row) => row.source_id),
      );
    expect(shared(after).size).toBeGreaterThan(shared(before).size);
    for (const device of shared(before)) expect(shared(after)).toContain(device);
    const old = (truth: typeof before) => truth.revenue_daily.filter(({ day }) => day < "2026-11-24");
    expect(old(after)).not.toEqual(old(before));
  });
});

describe("bad wishes", () => {
  it.each([
    [{ profiles: 0 }, "profiles must be a whole number from 1 on, not 0."],
    [{ days: 1.5 }, "days must be a whole number from 1 on, not 1.5."],
    [{ seed: Number.NaN }, "seed must be a whole number, not NaN."],
  ])("%j are refused", (wish, message) => {
    expect(() => createBusiness({ now, ...wish })).toThrow(message);
  });

  it("include a clock that goes back", () => {
    expect(() => small(1).advance(-1)).toThrow("forward only");
  });

  it("include another company for a world that has one", () => {
    const record = newBusiness(now);
    expect(settle(record, { profiles: 300 }, false, now)).toBe(record);
    expect(() => settle(record, { profiles: 5 }, false, now)).toThrow("npm run sandbox -- reset");
    expect(settle(record, { profiles: 5 }, true, now)).toMatchObject({ profiles: 5, days: 60 });
  });
});

describe("the company of a whole sandbox", () => {
  it("goes with the real clock until it was moved, and stays the same company", () => {
    const record = newBusiness(now);
    const first = businessOf(record, new Date(now.getTime() + 3 * DAY));
    expect(first.now().toISOString()).toBe("2026-11-27T10:00:00.000Z");
    first.advance(2);
    expect(record.movedTo).toBe("2026-11-29T10:00:00.000Z");
    const again = businessOf(record, new Date(now.getTime() + 3 * DAY));
    expect(again.now()).toEqual(first.now());
    expect(again.facts().profiles).toEqual(first.facts().profiles);
    businessOf(record, new Date(now.getTime() + 9 * DAY));
    expect(record.movedTo).toBeNull();
  });
});
