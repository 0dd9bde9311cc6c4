// The figures of a company that is small enough to reckon by hand, mart by mart, in any time zone.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { firstNight, loadFirstNight, loadSecondNight, secondNight } from "./company.js";
import { type Cell, type Warehouse, warehousesForTests } from "./warehouse.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const marts = [
  ...["identity_links", "dim_profiles", "fct_sessions", "fct_subscriptions", "fct_charges", "fct_events"],
  ...["revenue_daily", "mrr_monthly", "ltv_by_cohort", "funnel_conversion", "reconciliation", "identity_coverage"],
] as const;

describe("a company of three", () => {
  const { open } = warehousesForTests();
  let warehouse: Warehouse;
  let elsewhere: Warehouse;
  let afterFirst: Cell[][] = [];

  beforeAll(async () => {
    warehouse = await open();
    elsewhere = await open();
    await elsewhere.client.query(`alter database ${elsewhere.name} set timezone = 'Pacific/Kiritimati'`);
    for (const one of [warehouse, elsewhere]) {
      await loadFirstNight(one.client);
      const first = await one.build({ now: firstNight });
      expect(first.failed, first.output).toEqual([]);
      if (one === warehouse) {
        afterFirst = await one.table(
          "select day, currency, gross, disputes, net from analytics.revenue_daily order by 1, 2",
        );
      }
      await loadSecondNight(one.client);
      const second = await one.build({ now: secondNight });
      expect(second.failed, second.output).toEqual([]);
      expect(second.ok).toBe(true);
    }
  }, 600_000);

  test("charges are linked by payment, e-mail and customer, events by user, e-mail and device, and shared ones to nobody", async () => {
    expect(
      await warehouse.table(
        `select source, source_type, source_id, profile_id, method, candidates from analytics.identity_links order by 1 desc, 2, 3`,
      ),
    ).toEqual(
      [
        ["stripe", "charge", "ch_ann", "A", "psp_id", 1],
        ["stripe", "charge", "ch_ben", "B", "psp_id", 1],
        ["stripe", "charge", "ch_card", "A", "stripe_customer", 1],
        ["stripe", "charge", "ch_cleo", "C", "psp_id", 1],
        ["stripe", "charge", "ch_mail", "A", "email", 1],
        ["stripe", "charge", "ch_who", null, null, 2],
        ["amplitude", "amplitude_id", "77", "A", "device_id", 1],
        ["amplitude", "device_id", "d_ann", "A", "device_id", 1],
        ["amplitude", "device_id", "d_both", null, null, 2],
        ["amplitude", "device_id", "d_mail", null, null, 0],
        ["amplitude", "device_id", "d_other", null, null, 0],
        ["amplitude", "email", md5("shared@x.io"), null, null, 2],
        ["amplitude", "email", md5("ann@x.io"), "A", "email", 1],
        ["amplitude", "user_id", md5("me@x.io"), null, null, 0],
        ["amplitude", "user_id", "A", "A", "user_id", 1],
        ["amplitude", "user_id", "B", "B", "user_id", 1],
        ["amplitude", "user_id", "C", "C", "user_id", 1],
      ].sort(
        (a, b) =>
          String(b[0]).localeCompare(String(a[0])) ||
          String(a[1]).localeCompare(String(b[1])) ||
          (String(a[2]) < String(b[2]) ? -1 : 1),
      ),
    );
    expect(
      await warehouse.table(
        "select right(event_id::text, 1), profile_id, method, uploaded_on from analytics.fct_events order by 1",
      ),
    ).toEqual([
      ["1", "A", "user_id", "2026-02-02"],
      ["2", "A", "device_id", "2026-02-02"],
      ["3", "A", "email", "2026-02-02"],
      ["4", null, null, "2026-02-02"],
      ["5", "B", "user_id", "2026-02-02"],
      ["6", "C", "user_id", "2026-02-02"],
      ["7", null, null, "2026-02-02"],
      ["8", "A", "user_id", "2026-02-02"],
      ["9", "A", "device_id", "2026-02-02"],
    ]);
  });

  test("revenue counts what was captured, given back and charged back, on the day of each, and fees in the currency of settlement", async () => {
    expect(afterFirst).toEqual([
      ["2026-01-10", "eur", 0, 0, 0],
      ["2026-01-10", "usd", 1000, 0, 1000],
      ["2026-01-20", "usd", 700, 0, 700],
      ["2026-02-05", "eur", 12000, 0, 12000],
      ["2026-02-10", "eur", 0, 0, 0],
      ["2026-02-10", "usd", 1000, 0, 1000],
      ["2026-02-15", "eur", 0, 12000, -12000],
    ]);
    expect(
      await warehouse.table(
        "select day, currency, currency_decimals, gross, refunds, disputes, net, fees from analytics.revenue_daily order by 1, 2",
      ),
    ).toEqual([
      ["2026-01-10", "eur", 2, 0, 0, 0, 0, 59],
      ["2026-01-10", "usd", 2, 1000, 0, 0, 1000, 0],
      ["2026-01-20", "usd", 2, 700, 0, 0, 700, 0],
      ["2026-02-05", "eur", 2, 12000, 0, 0, 12000, 0],
      ["2026-02-10", "eur", 2, 0, 0, 0, 0, 60],
      ["2026-02-10", "usd", 2, 1000, 0, 0, 1000, 0],
      ["2026-03-01", "usd", 2, 0, 300, 0, -300, 0],
      ["2026-03-03", "usd", 2, 0, 0, 1000, -1000, 0],
      ["2026-03-10", "jpy", 0, 1500, 0, 0, 1500, 0],
    ]);
  });

  test("each charge tells what came of it: refunds, chargebacks won and lost, its fee, and whether it was a test", async () => {
    expect(
      await warehouse.table(
        `select charge_id, created_on, status, captured, refunded, disputed, disputes_won, disputes_lost, net, fee, fee_currency, is_live
         from analytics.fct_charges order by 1`,
      ),
    ).toEqual([
      ["ch_ann", "2026-01-10", "succeeded", 1000, 300, 0, 0, 0, 700, 59, "eur", true],
      ["ch_ben", "2026-02-05", "succeeded", 12000, 0, 0, 12000, 0, 12000, null, null, true],
      ["ch_card", "2026-02-11", "failed", 0, 0, 0, 0, 0, 0, null, null, true],
      ["ch_cleo", "2026-03-10", "succeeded", 1500, 0, 0, 0, 0, 1500, null, null, false],
      ["ch_mail", "2026-02-10", "succeeded", 1000, 0, 1000, 0, 1000, 0, 60, "eur", true],
      ["ch_who", "2026-01-20", "succeeded", 700, 0, 0, 0, 0, 700, null, null, true],
    ]);
  });

  test("MRR goes from month end to month end, past months as they were seen, and those before the first night made up", async () => {
    expect(
      await warehouse.table(
        `select month, currency, starting_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr, churned_mrr, ending_mrr,
           active_subscriptions, ending_mrr_usd, is_reconstructed
         from analytics.mrr_monthly order by currency, month`,
      ),
    ).toEqual([
      ["2026-02-01", "eur", 0, 1001, 0, 0, 0, 0, 1001, 1, 1101, false],
      ["2026-03-01", "eur", 1001, 0, 0, 0, 0, 1001, 0, 0, 0, false],
      ["2026-03-01", "jpy", 0, 1500, 0, 0, 0, 0, 1500, 1, 990, false],
      ["2025-12-01", "usd", 0, 500, 0, 0, 0, 0, 500, 1, 500, true],
      ["2026-01-01", "usd", 500, 0, 0, 1000, 0, 0, 1500, 2, 1500, true],
      ["2026-02-01", "usd", 1500, 0, 0, 0, 500, 0, 1000, 1, 1000, false],
      ["2026-03-01", "usd", 1000, 0, 0, 1000, 0, 0, 2000, 1, 2000, false],
    ]);
  });

  test("cohorts cumulate net over complete months, with the share of money that nobody is known for", async () => {
    expect(
      await warehouse.table(
        "select cohort_month, months_since, currency, customers, cumulative_net, ltv, round(unlinked_share, 6) from analytics.ltv_by_cohort order by 1, 3, 2",
      ),
    ).toEqual([
      ["2026-01-01", 0, "usd", 1, 1000, 1000, 0.411765],
      ["2026-01-01", 1, "usd", 1, 2000, 2000, 0.411765],
      ["2026-02-01", 0, "eur", 1, 12000, 12000, 0],
    ]);
  });

  test("funnels count visits and profiles by day and country, and who of them bought", async () => {
    expect(
      await warehouse.table(
        "select funnel_id, day, country, funnel_title, sessions, profiles, purchasers, subscriptions from analytics.funnel_conversion order by 2, 3",
      ),
    ).toEqual([
      ["f1", "2026-01-10", "DE", "Sleep 🌙 better", 1, 1, 1, 1],
      ["f1", "2026-01-10", "US", "Sleep 🌙 better", 2, 1, 1, 2],
      ["f1", "2026-02-01", "unknown", "Sleep 🌙 better", 1, 1, 1, 1],
    ]);
  });

  test("sandbox purchases and previews are in no mart", async () => {
    expect(await warehouse.table("select subscription_id, mrr from analytics.fct_subscriptions order by 1")).toEqual([
      ["s_ann", 2000],
      ["s_ben", 0],
      ["s_cleo", 1500],
      ["s_old", 0],
    ]);
    expect(
      await warehouse.table(
        "select profile_id, session_count, subscription_count, cohort_month, captured_charge_count from analytics.dim_profiles order by 1",
      ),
    ).toEqual([
      ["A", 2, 2, "2026-01-01", 2],
      ["B", 1, 1, "2026-02-01", 1],
      ["C", 1, 1, "2026-03-01", 1],
    ]);
    expect(
      await warehouse.table(
        "select session_id, profile_id, utm_source, utm_medium from analytics.fct_sessions order by 1",
      ),
    ).toEqual([
      ["se1", "A", "news", null],
      ["se2", "A", null, null],
      ["se3", "B", null, null],
      ["se5", "C", null, null],
    ]);
  });

  test("reconciliation names the first hop on which something is missing, and counts what was left out on purpose", async () => {
    const columns =
      "source_count, raw_count, mart_count, excluded_count, source_amount, raw_amount, mart_amount, first_difference";
    const of = (stream: string) =>
      warehouse.table(`select day, ${columns} from analytics.reconciliation where stream = '${stream}' order by 1`);
    expect(await of("charges")).toEqual([
      ["2026-01-10", 1, 1, 1, 0, 1000, 1000, 1000, "none"],
      ["2026-01-20", null, 1, 1, 0, null, 700, 700, "none"],
      ["2026-02-05", null, 1, 1, 0, null, 12000, 12000, "none"],
      ["2026-02-10", 2, 1, 1, 0, 4000, 1000, 1000, "raw"],
      ["2026-02-11", null, 1, 1, 0, null, 1000, 1000, "none"],
      ["2026-03-10", null, 1, 1, 0, null, 1500, 1500, "none"],
    ]);
    expect(await of("events")).toEqual([["2026-02-02", 9, 9, 9, 0, null, null, null, "none"]]);
    expect(await of("profiles")).toEqual([
      ["2025-12-20", null, 2, 1, 1, null, null, null, "none"],
      ["2026-01-10", null, 2, 1, 1, null, null, null, "none"],
      ["2026-02-01", null, 1, 1, 0, null, null, null, "none"],
    ]);
    expect(await of("transactions")).toEqual([["2025-12-20", null, 2, null, null, null, 10900, null, "none"]]);
  });

  test("coverage tells the share of facts that each rung links", async () => {
    expect(
      await warehouse.table(
        "select source, day, method, fact_count, round(share, 3) from analytics.identity_coverage where day >= '2026-02-01' and day < '2026-02-11' order by 1, 2, 3",
      ),
    ).toEqual([
      ["amplitude", "2026-02-01", "user_id", 1, 1],
      ["amplitude", "2026-02-02", "device_id", 2, 0.25],
      ["amplitude", "2026-02-02", "email", 1, 0.125],
      ["amplitude", "2026-02-02", "none", 2, 0.25],
      ["amplitude", "2026-02-02", "user_id", 3, 0.375],
      ["stripe", "2026-02-05", "psp_id", 1, 1],
      ["stripe", "2026-02-10", "email", 1, 1],
    ]);
  });

  test("runs show their length, reason and failed step, and the running one as running", async () => {
    expect(
      await warehouse.table(
        "select run_id, seconds, status, failed_step, reason, rows_loaded from analytics.pipeline_runs order by 1",
      ),
    ).toEqual([
      ["one", 150, "failed", "stripe", "Stripe refused the key", 12],
      ["two", null, "running", null, null, null],
    ]);
  });

  test("storage keeps one look a night, and its schemas add up to the database", async () => {
    const looks = await warehouse.table(
      "select day, sum(bytes), count(distinct schema_name) filter (where schema_name in ('raw_stripe', 'analytics', 'system')), min(limit_bytes) from analytics.storage_daily group by 1 order by 1",
    );
    expect(looks.map(([day, , schemas, limit]) => [day, schemas, limit])).toEqual([
      ["2026-02-20", 3, 1073741824],
      ["2026-03-15", 3, 1073741824],
    ]);
    const [[size]] = (await warehouse.table("select pg_database_size(current_database())")) as [[number]];
    expect(Math.abs(Number(looks[1]?.[1]) - size) / size).toBeLessThan(0.2);
  });

  test("every mart is the same when the database lives in another time zone", async () => {
    for (const mart of marts) {
      const hidden = mart === "fct_events" ? "actor_id" : "";
      const read = (one: Warehouse) =>
        one.table(`select (to_jsonb(t) - '${hidden}')::text from analytics.${mart} t order by 1`);
      await elsewhere.client.query("set timezone = 'UTC'");
      expect(await read(elsewhere), mart).toEqual(await read(warehouse));
    }
    expect(await elsewhere.table("select setting from pg_settings where name = 'TimeZone'")).toEqual([["UTC"]]);
    const [[zone]] = (await elsewhere.table("select unnest(setconfig) from pg_db_role_setting")) as [[string]];
    expect(zone).toBe("TimeZone=Pacific/Kiritimati");
  });

  test("no mart holds an e-mail address, an IP address or a user agent", async () => {
    for (const mart of marts) {
      const found = await warehouse.table(
        String.raw`select t::text from analytics.${mart} t where t::text ~ '@|Mozilla|\d+\.\d+\.\d+\.\d+'`,
      );
      expect(found, mart).toEqual([]);
    }
  });
});
