{{ config(materialized='view') }}
{#
    Every mart waits for this, and this waits for every intermediate model: a test that fails on one of them
    keeps all marts as they were.
#}
-- depends_on: {{ ref('int_identity_links') }}, {{ ref('int_event_identity') }}, {{ ref('int_devices') }}, {{ ref('int_emails') }}
-- depends_on: {{ ref('int_profiles') }}, {{ ref('int_sessions') }}, {{ ref('int_funnel_conversion') }}, {{ ref('int_subscriptions') }}
-- depends_on: {{ ref('int_subscription_states') }}, {{ ref('int_subscription_months') }}, {{ ref('int_mrr_monthly') }}
-- depends_on: {{ ref('int_months') }}
-- depends_on: {{ ref('int_charges') }}, {{ ref('int_charge_identity') }}, {{ ref('int_money_movements') }}, {{ ref('int_revenue_daily') }}
-- depends_on: {{ ref('int_customers') }}, {{ ref('int_ltv_by_cohort') }}, {{ ref('int_event_actors') }}, {{ ref('int_raw_counts') }}
select {{ run_clock() }} as passed_at
