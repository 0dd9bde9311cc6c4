// A company small enough to reckon by hand: what its raw tables hold after a first night, and what a second night changes.
import type pg from "pg";
import { load } from "./raw-tables.js";

/** The clocks of the two runs. */
export const firstNight = "2026-02-20T06:00:00Z";
export const secondNight = "2026-03-15T06:00:00Z";

/**
 * Ann (A) has an own e-mail and pays in usd; Ben (B) and Cleo (C) share theirs; P is a preview. A's sandbox purchase and P's are no business.
 * Stripe settles in eur. ch_mail was a renewal that names nobody but an e-mail, ch_card failed, ch_who has the shared e-mail.
 */
export async function loadFirstNight(client: pg.Client): Promise<void> {
  await client.query("alter table raw_funnelfox.sessions add column ip text, add column user_agent text");
  const at = firstNight;
  await load(client, "raw_funnelfox.funnels", at, "id | title\nf1 | Sleep 🌙 better");
  await load(
    client,
    "raw_funnelfox.profiles",
    at,
    `id    | created_at           | preview | email           | country | funnel_id
     pro_A | 2025-12-20T09:00:00Z | false   |  Ann@X.io       | US      | f1
     A     | 2025-12-20T09:00:00Z | false   | ann@x.io        | US      | f1
     pro_B | 2026-01-10T10:00:00Z | false   | shared@x.io     | DE      | f1
     C     | 2026-02-01T10:00:00Z | false   | SHARED@x.io     | -       | f1
     pro_P | 2026-01-10T10:00:00Z | true    | preview@x.io    | US      | f1`,
  );
  await load(
    client,
    "raw_funnelfox.sessions",
    at,
    `id  | created_at                | funnel_id | profile_id | country | ip        | user_agent
     se1 | 2026-01-10T23:30:00Z      | f1        | pro_A      | US      | 192.0.2.1 | Mozilla/5.0
     se2 | 2026-01-11T00:30:00+01:00 | f1        | A          | US      | 192.0.2.1 | Mozilla/5.0
     se3 | 2026-01-10T10:00:00Z      | f1        | pro_B      | DE      | 192.0.2.2 | Mozilla/5.0
     se4 | 2026-01-10T10:00:00Z      | f1        | pro_P      | US      | 192.0.2.3 | Mozilla/5.0
     se5 | 2026-02-01T10:00:00Z      | f1        | C          | -       | 192.0.2.4 | Mozilla/5.0`,
  );
  await load(
    client,
    "raw_funnelfox.session_details",
    at,
    'id | query_params\nse1 | {"utm_source": "news", "utm_medium": ""}',
  );
  await load(
    client,
    "raw_funnelfox.subscriptions",
    at,
    `id      | profile_id | profile_email | profile_preview | psp_id  | status    | sandbox | created_at           | updated_at           | period_ends_at       | billing_interval | billing_interval_count | price | currency | price_usd | payment_provider
     s_ann   | pro_A      | ann@x.io      | false           | ch_ann  | active    | false   | 2026-01-10T23:59:00Z | 2026-02-10T00:00:00Z | 2026-03-10T00:00:00Z | month            | 1                      | 1000  | USD      | 1000      | stripe
     s_old   | A          | -             | false           | -       | cancelled | false   | 2025-12-20T09:00:00Z | 2026-01-15T00:00:00Z | 2026-02-10T00:00:00Z | month            | 2                      | 1000  | usd      | 1000      | paddle
     s_ben   | pro_B      | shared@x.io   | false           | ch_ben  | active    | false   | 2026-02-05T00:00:00Z | 2026-02-05T00:00:00Z | 2027-02-05T00:00:00Z | year             | 1                      | 12006 | eur      | 13206     | stripe
     s_cleo  | C          | shared@x.io   | false           | -       | trialing  | false   | 2026-02-01T11:00:00Z | 2026-02-01T11:00:00Z | 2026-03-01T00:00:00Z | month            | 1                      | 1500  | jpy      | 990       | stripe
     s_test  | pro_A      | tester@x.io   | false           | ch_mail | active    | true    | 2026-01-10T00:00:00Z | 2026-01-10T00:00:00Z | -                    | month            | 1                      | 9900  | usd      | 9900      | stripe
     s_view  | pro_P      | preview@x.io  | true            | ch_who  | active    | false   | 2026-01-10T00:00:00Z | 2026-01-10T00:00:00Z | -                    | month            | 1                      | 9900  | usd      | 9900      | stripe`,
  );
  await load(
    client,
    "raw_funnelfox.transactions",
    at,
    `id | created_at           | profile_id | price | currency | sandbox
     t1 | 2025-12-20T09:00:00Z | pro_A      | 1000  | usd      | false
     t2 | 2025-12-20T10:00:00Z | pro_P      | 9900  | usd      | true`,
  );
  await load(
    client,
    "raw_stripe.customers",
    at,
    "id | email | created\ncus_1 | - | 2026-01-10T00:00:00Z\ncus_2 | ANN@x.io | 2026-01-10T00:00:00Z",
  );
  await load(
    client,
    "raw_stripe.charges",
    at,
    `id      | created              | currency | status    | customer | amount | amount_captured | amount_refunded | captured | livemode | balance_transaction | receipt_email | billing_details
     ch_ann  | 2026-01-10T23:59:59Z | usd      | succeeded | cus_1    | 1000   | 1000            | 0               | true     | true     | txn_1               | -             | {"email": "someone@else.io"}
     ch_who  | 2026-01-20T08:00:00Z | usd      | succeeded | -        | 700    | 700             | 0               | true     | true     | -                   | -             | {"email": " Shared@x.io "}
     ch_ben  | 2026-02-05T08:00:00Z | eur      | succeeded | cus_3    | 12000  | 12000           | 0               | true     | true     | -                   | -             | {"email": null}
     ch_mail | 2026-02-10T08:00:00Z | usd      | succeeded | cus_2    | 1000   | 1000            | 0               | true     | true     | txn_2               | -             | {"email": ""}
     ch_card | 2026-02-11T08:00:00Z | usd      | failed    | cus_1    | 1000   | 0               | 0               | false    | true     | -                   | -             | -`,
  );
  await load(
    client,
    "raw_stripe.balance_transactions",
    at,
    `id    | type   | currency | amount | fee | net  | created
     txn_1 | charge | eur      | 900    | 59  | 841  | 2026-01-10T23:59:59Z
     txn_2 | charge | eur      | 910    | 60  | 850  | 2026-02-10T08:00:00Z`,
  );
  await load(
    client,
    "raw_stripe.disputes",
    at,
    `id     | charge  | amount | currency | status         | created
     dp_ben | ch_ben  | 12000  | eur      | needs_response | 2026-02-15T00:00:00Z
     dp_ask | ch_mail | 1000   | usd      | warning_closed | 2026-02-15T00:00:00Z`,
  );
  await load(
    client,
    "raw_amplitude.events",
    at,
    `uuid                                 | event_type | event_time                 | server_upload_time   | user_id  | device_id | amplitude_id | platform | user_properties
     00000000-0000-4000-8000-000000000001 | open       | 2026-02-01T23:59:59.5Z     | 2026-02-02T00:00:01Z | pro_A    | d_ann     | 1            | iOS      | -
     00000000-0000-4000-8000-000000000002 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | -        | d_ann     | 1            | iOS      | {}
     00000000-0000-4000-8000-000000000003 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | -        | d_mail    | 2            | Web      | {"email": " ANN@x.io"}
     00000000-0000-4000-8000-000000000004 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | me@x.io  | d_other   | 3            | Web      | -
     00000000-0000-4000-8000-000000000005 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | B        | d_both    | 4            | Web      | -
     00000000-0000-4000-8000-000000000006 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | pro_C    | d_both    | 4            | Web      | -
     00000000-0000-4000-8000-000000000007 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | -        | d_both    | 4            | Web      | {"email": "shared@x.io"}
     00000000-0000-4000-8000-000000000008 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | A        |           | 77           | Web      | -
     00000000-0000-4000-8000-000000000009 | open       | 2026-02-02T10:00:00Z       | 2026-02-02T10:00:00Z | -        | -         | 77           | Web      | -`,
  );
  await client.query(
    `insert into pipeline.stream_counts (run_id, source, stream, day, source_count, source_amount, currency, complete, recorded_at) values
       ('one', 'stripe', 'charges', '2026-01-10', 9, 9000, 'usd', false, '2026-02-20T06:00:00Z'),
       ('one', 'stripe', 'charges', '2026-02-10', 1, 1000, 'usd', true, '2026-02-20T06:00:00Z'),
       ('two', 'stripe', 'charges', '2026-01-10', 1, 1000, 'usd', true, '2026-02-21T06:00:00Z'),
       ('two', 'stripe', 'charges', '2026-02-10', 1, 1000, 'usd', true, '2026-02-21T06:00:00Z'),
       ('two', 'stripe', 'charges', '2026-02-10', 1, 3000, 'jpy', true, '2026-02-21T06:00:01Z'),
       ('two', 'amplitude', 'events', '2026-02-02', 9, null, '', true, '2026-02-21T06:00:00Z')`,
  );
  await client.query(
    `insert into pipeline.runs (run_id, started_at, finished_at, status, reason) values
       ('one', '2026-02-20T06:00:00Z', '2026-02-20T06:02:30Z', 'failed', 'Stripe refused the key'),
       ('two', '2026-03-15T06:00:00Z', null, 'running', null)`,
  );
  await client.query(
    `insert into pipeline.steps (run_id, step, status, rows) values ('one', 'stripe', 'failed', 5), ('one', 'amplitude', 'stopped', 7)`,
  );
}

/** Ann's price doubles, Ben's plan runs out, Cleo's trial becomes a paid month; money goes back, and Ben's bank loses its case. */
export async function loadSecondNight(client: pg.Client): Promise<void> {
  const at = secondNight;
  await load(
    client,
    "raw_funnelfox.subscriptions",
    at,
    `id      | profile_id | profile_email | profile_preview | psp_id  | status    | sandbox | created_at           | updated_at           | period_ends_at       | billing_interval | billing_interval_count | price | currency | price_usd | payment_provider
     s_ann   | pro_A      | ann@x.io      | false           | ch_ann  | active    | false   | 2026-01-10T23:59:00Z | 2026-03-10T00:00:00Z | 2026-04-10T00:00:00Z | month            | 1                      | 2000  | USD      | 2000      | stripe
     s_ben   | pro_B      | shared@x.io   | false           | ch_ben  | expired   | false   | 2026-02-05T00:00:00Z | 2026-03-05T00:00:00Z | 2026-03-05T00:00:00Z | year             | 1                      | 12006 | eur      | 13206     | stripe
     s_cleo  | C          | shared@x.io   | false           | ch_cleo | active    | false   | 2026-02-01T11:00:00Z | 2026-03-10T00:00:00Z | 2026-04-10T00:00:00Z | month            | 1                      | 1500  | jpy      | 990       | stripe`,
  );
  await load(
    client,
    "raw_stripe.charges",
    at,
    `id      | created              | currency | status    | customer | amount | amount_captured | amount_refunded | captured | livemode
     ch_cleo | 2026-03-10T00:00:00Z | jpy      | succeeded | cus_4    | 1500   | 1500            | 0               | true     | false`,
  );
  await load(client, "raw_stripe.charges", at, "id | amount_refunded | captured\nch_ann | 300 | true");
  await load(
    client,
    "raw_stripe.refunds",
    at,
    `id      | charge | amount | currency | status    | created
     re_ann  | ch_ann | 300    | usd      | succeeded | 2026-03-01T00:00:00Z
     re_fail | ch_ann | 500    | usd      | failed    | 2026-03-01T00:00:00Z`,
  );
  await load(
    client,
    "raw_stripe.disputes",
    at,
    `id      | charge  | amount | currency | status | created
     dp_ben  | ch_ben  | 12000  | eur      | won    | 2026-02-15T00:00:00Z
     dp_mail | ch_mail | 1000   | usd      | lost   | 2026-03-03T00:00:00Z`,
  );
}
