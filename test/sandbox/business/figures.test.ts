// Expected figures of money and funnels in worlds so small that a person can check them: every number was reckoned by hand.
import { describe, expect, it } from "vitest";
import type { Facts } from "../../../sandbox/business/facts.js";
import { handmade } from "../../../sandbox/business/handmade.js";
import { type TruthOptions, truthOf } from "../../../sandbox/business/truth/index.js";
import { monthly } from "../../../sandbox/business/truth/mrr.js";
import { charge, profile, session, state, subscription, time } from "./support.js";

const start = new Date("2026-01-01T00:00:00Z");

function answers(now: string, facts: Partial<Facts>, options: TruthOptions = {}) {
  return truthOf(handmade({ start, now: new Date(now), facts }), options);
}

describe("revenue", () => {
  const facts = {
    charges: [
      charge("ch_a", "2026-01-10T23:59:59Z", 1000, {
        refunds: [
          {
            id: "re_1",
            at: time("2026-01-12T00:00:00Z"),
            amount: 300,
            reason: null,
            statuses: [{ at: time("2026-01-12T00:00:00Z"), status: "succeeded" }],
          },
          {
            ...{ id: "re_2", at: time("2026-01-12T00:00:00Z"), amount: 500, reason: null },
            statuses: [
              { at: time("2026-01-12T00:00:00Z"), status: "pending" },
              { at: time("2026-01-15T00:00:00Z"), status: "failed" },
            ],
          },
        ],
      }),
      charge("ch_b", "2026-01-11T08:00:00Z", 2000, {
        disputes: [
          {
            ...{ id: "du_1", at: time("2026-01-20T00:00:00Z"), amount: 2000, reason: "fraudulent" },
            statuses: [
              { at: time("2026-01-20T00:00:00Z"), status: "needs_response" },
              { at: time("2026-02-20T00:00:00Z"), status: "won" },
            ],
          },
        ],
      }),
      charge("ch_c", "2026-01-11T09:00:00Z", 900, { capture: { at: time("2026-01-13T00:00:00Z"), amount: 600 } }),
      charge("ch_d", "2026-01-11T09:00:00Z", 700, { failed: true, capture: null }),
      charge("ch_e", "2026-01-11T10:00:00Z", 5000, {
        currency: "jpy",
        disputes: [
          {
            ...{ id: "du_2", at: time("2026-01-20T00:00:00Z"), amount: 5000, reason: "general" },
            statuses: [{ at: time("2026-01-20T00:00:00Z"), status: "warning_needs_response" }],
          },
        ],
      }),
    ],
  } satisfies Partial<Facts>;
  const revenue = (now: string) =>
    answers(now, facts).revenue_daily.map((row) =>
      [row.day, row.currency, row.gross, row.refunds, row.disputes, row.net, row.fees].join(" "),
    );

  it("is captured money on the charge's day, refunds and chargebacks on theirs, fees on the settlement's row", () => {
    expect(revenue("2026-01-25T00:00:00Z")).toEqual([
      "2026-01-10 eur 0 0 0 0 59",
      "2026-01-10 usd 1000 0 0 1000 0",
      "2026-01-11 eur 0 0 0 0 118",
      "2026-01-11 jpy 5000 0 0 5000 0",
      // 2000 of ch_b and the captured 600 of ch_c.
      "2026-01-11 usd 2600 0 0 2600 0",
      // ch_c was captured, and cost its fee, two days after it was made. re_2 failed and counts no more.
      "2026-01-12 usd 0 300 0 -300 0",
      "2026-01-13 eur 0 0 0 0 59",
      "2026-01-20 eur 0 0 0 0 1500",
      "2026-01-20 usd 0 0 2000 -2000 0",
    ]);
  });

  it("changes for days long past when a refund fails and when a dispute is won", () => {
    expect(revenue("2026-01-14T00:00:00Z")).toContain("2026-01-12 usd 0 800 0 -800 0");
    expect(revenue("2026-02-21T00:00:00Z").filter((row) => row.startsWith("2026-01-20"))).toEqual([
      "2026-01-20 eur 0 0 0 0 1500",
    ]);
  });
});

describe("MRR", () => {
  it.each([
    [12_000, "year", 1, 1000],
    [1000, "month", 3, 333],
    [1001, "month", 2, 501],
    [700, "week", 1, 3044],
    [2800, "day", 28, 3044],
  ] as const)("of %i every %s × %i is %i", (price, interval, count, worth) => {
    // 700 a week: 700 × 365.25 ÷ 84 = 3043.75.
    expect(monthly(price, { interval, count })).toBe(worth);
  });

  const moves = (now: string, snapshots: string[], ...states: ReturnType<typeof state>[][]) => {
    const subscriptions = states.map((list, index) => subscription(`s${index}`, `P${index}`, list));
    const profiles = states.map((_, index) => profile(`P${index}`));
    const { mrr_monthly } = answers(
      now,
      { profiles, subscriptions },
      { snapshots: snapshots.map((one) => new Date(one)) },
    );
    return mrr_monthly.map((row) => [
      row.month.slice(0, 7),
      `${row.starting_mrr} +${row.new_mrr} +${row.reactivation_mrr} +${row.expansion_mrr} -${row.contraction_mrr} -${row.churned_mrr} =${row.ending_mrr}`,
      row.is_reconstructed,
    ]);
  };

  it("goes from month end to month end as the last run before it saw it", () => {
    const dearer = [state("2026-01-10T00:00:00Z", "active"), state("2026-02-10T00:00:00Z", "active", { price: 1500 })];
    const gone = [
      state("2026-01-10T00:00:00Z", "active", { price: 700 }),
      state("2026-02-15T00:00:00Z", "expired", { price: 700 }),
    ];
    const trial = [state("2026-02-27T00:00:00Z", "trialing"), state("2026-03-06T00:00:00Z", "active")];
    expect(
      moves("2026-03-10T02:00:00Z", ["2026-01-31T02:00:00Z", "2026-02-28T02:00:00Z"], dearer, gone, trial),
    ).toEqual([
      ["2026-01", "0 +1700 +0 +0 -0 -0 =1700", false],
      ["2026-02", "1700 +0 +0 +500 -0 -700 =1500", false],
      ["2026-03", "1500 +1000 +0 +0 -0 -0 =2500", false],
    ]);
  });

  it("knows who was there before from who is new", () => {
    const back = [
      state("2026-01-10T00:00:00Z", "active"),
      state("2026-02-10T00:00:00Z", "paused"),
      state("2026-03-05T00:00:00Z", "active", { price: 400 }),
    ];
    expect(moves("2026-03-10T02:00:00Z", ["2026-01-31T02:00:00Z", "2026-02-28T02:00:00Z"], back)).toEqual([
      ["2026-01", "0 +1000 +0 +0 -0 -0 =1000", false],
      ["2026-02", "1000 +0 +0 +0 -0 -1000 =0", false],
      ["2026-03", "0 +0 +400 +0 -0 -0 =400", false],
    ]);
  });

  it("counts a cancelled one while its paid time lasts", () => {
    const leaving = (periodEnd: string) => [
      state("2026-01-10T00:00:00Z", "active"),
      state("2026-01-12T00:00:00Z", "cancelled", { periodEnd: time(periodEnd) }),
    ];
    const seen = ["2026-01-31T02:00:00Z"];
    expect(moves("2026-02-05T00:00:00Z", seen, leaving("2026-02-10T00:00:00Z")).at(-1)?.[1]).toBe(
      "1000 +0 +0 +0 -0 -0 =1000",
    );
    expect(moves("2026-02-15T00:00:00Z", seen, leaving("2026-02-10T00:00:00Z")).at(-1)?.[1]).toBe(
      "1000 +0 +0 +0 -0 -1000 =0",
    );
  });

  it("of months before the first run is made up from what that run saw, and says so", () => {
    const old = [state("2026-01-10T00:00:00Z", "active", { price: 900 }), state("2026-02-10T00:00:00Z", "active")];
    expect(moves("2026-03-05T00:00:00Z", [], old)).toEqual([
      ["2026-01", "0 +1000 +0 +0 -0 -0 =1000", true],
      ["2026-02", "1000 +0 +0 +0 -0 -0 =1000", true],
      ["2026-03", "1000 +0 +0 +0 -0 -0 =1000", false],
    ]);
  });
});

describe("cohorts", () => {
  it("sum up what a month's customers brought in complete months, refunds in the month they came", () => {
    const refund = { id: "re", at: time("2026-02-20T00:00:00Z"), amount: 400, reason: null };
    const facts = {
      profiles: [profile("A", { email: "a@x.io" }), profile("B", { email: "b@x.io" })],
      charges: [
        charge("ch_1", "2026-01-10T00:00:00Z", 1000, {
          billingEmail: "a@x.io",
          refunds: [{ ...refund, statuses: [{ at: refund.at, status: "succeeded" }] }],
        }),
        charge("ch_2", "2026-01-11T00:00:00Z", 500, { billingEmail: "b@x.io" }),
        charge("ch_3", "2026-02-11T00:00:00Z", 700, { billingEmail: "b@x.io" }),
        charge("ch_4", "2026-01-12T00:00:00Z", 500),
        charge("ch_5", "2026-03-02T00:00:00Z", 9000, { billingEmail: "b@x.io" }),
      ],
    } satisfies Partial<Facts>;
    expect(answers("2026-03-15T00:00:00Z", facts).ltv_by_cohort).toEqual([
      // 500 of the 2000 captured in January belong to nobody known.
      {
        cohort_month: "2026-01-01",
        months_since: 0,
        currency: "usd",
        customers: 2,
        cumulative_net: 1500,
        ltv: 750,
        unlinked_share: 0.25,
      },
      {
        cohort_month: "2026-01-01",
        months_since: 1,
        currency: "usd",
        customers: 2,
        cumulative_net: 1800,
        ltv: 900,
        unlinked_share: 0.25,
      },
    ]);
  });
});

describe("funnels", () => {
  it("count visits, people and who of them bought, by day and country", () => {
    const facts = {
      profiles: [profile("A"), profile("B"), profile("P", { preview: true })],
      sessions: [
        session("1", "A", "2026-02-01T23:59:00Z"),
        session("2", "A", "2026-02-01T08:00:00Z"),
        session("3", "B", "2026-02-01T09:00:00Z"),
        session("4", "P", "2026-02-01T09:00:00Z"),
        session("5", "A", "2026-02-02T00:00:00Z", "DE"),
      ],
      subscriptions: [
        subscription("s1", "A", [state("2026-02-02T00:00:00Z", "created"), state("2026-02-02T00:05:00Z", "trialing")]),
        subscription("s2", "A", [state("2026-02-03T00:00:00Z", "expired")]),
        subscription("s3", "B", [state("2026-02-03T00:00:00Z", "created")]),
      ],
    };
    const truth = answers("2026-02-10T00:00:00Z", facts);
    expect(truth.funnel_conversion).toEqual([
      { funnel_id: "f1", day: "2026-02-01", country: "US", sessions: 3, profiles: 2, purchasers: 1, subscriptions: 2 },
      { funnel_id: "f1", day: "2026-02-02", country: "DE", sessions: 1, profiles: 1, purchasers: 1, subscriptions: 2 },
    ]);
    expect(truth.totals).toMatchObject({ dim_profiles: 2, fct_sessions: 4, fct_subscriptions: 3 });
    const sessions = truth.reconciliation.filter(({ stream, day }) => stream === "sessions" && day === "2026-02-01");
    expect(sessions).toMatchObject([{ source_count: 4, raw_count: 4, mart_count: 3, excluded_count: 1 }]);
  });
});
