-- depends_on: {{ ref('int_quality_gate') }}
with sessions as (
    select
        profile_id,
        count(*) as session_count,
        min(created_at) as first_session_at,
        max(created_at) as last_session_at
    from {{ ref('int_sessions') }}
    group by profile_id
),

subscriptions as (
    select
        profile_id,
        count(*) as subscription_count,
        count(case when is_counted then 1 end) as paying_subscription_count
    from {{ ref('int_subscriptions') }}
    group by profile_id
),

customers as (
    select
        profile_id,
        min(first_captured_at) as first_captured_at,
        min(cohort_month) as cohort_month,
        sum(captured_charges) as captured_charge_count
    from {{ ref('int_customers') }}
    group by profile_id
)

select
    profiles.profile_id,
    profiles.created_at,
    profiles.created_on,
    profiles.country,
    profiles.funnel_id,
    profiles.is_listed,
    coalesce(sessions.session_count, 0) as session_count,
    sessions.first_session_at,
    sessions.last_session_at,
    coalesce(subscriptions.subscription_count, 0) as subscription_count,
    coalesce(subscriptions.paying_subscription_count, 0) as paying_subscription_count,
    customers.first_captured_at,
    customers.cohort_month,
    cast(coalesce(customers.captured_charge_count, 0) as bigint) as captured_charge_count
from {{ ref('int_profiles') }} as profiles
left join sessions on profiles.profile_id = sessions.profile_id
left join subscriptions on profiles.profile_id = subscriptions.profile_id
left join customers on profiles.profile_id = customers.profile_id
