-- What a subscription was known to be from one night to another, as the snapshot saw it.
select
    subscription_id,
    profile_id,
    status,
    currency,
    price,
    price_usd,
    billing_interval,
    billing_interval_count,
    period_ends_at,
    created_at,
    is_sandbox or is_preview as is_test,
    dbt_valid_from as seen_at,
    dbt_valid_to as seen_until,
    -- The night of the very first snapshot of all; months that ended before it are made up from it.
    min(dbt_valid_from) over () as first_night_at
from {{ ref('subscriptions_snapshot') }}
-- Two runs at one moment, which only a rehearsal's clock allows: the second one is what was seen.
where dbt_valid_to is null or dbt_valid_to > dbt_valid_from
