-- The subscriptions that count at the end of each month (of the running one: now), with their list price of a month.
with states as (
    select
        *,
        {{ monthly_price('price', 'billing_interval', 'billing_interval_count') }} as mrr,
        {{ monthly_price('price_usd', 'billing_interval', 'billing_interval_count') }} as mrr_usd
    from {{ ref('int_subscription_states') }}
    where not is_test
),

-- A month end takes the last night before it.
seen as (
    select
        months.month,
        states.subscription_id,
        states.profile_id,
        states.currency,
        states.mrr,
        states.mrr_usd,
        false as is_reconstructed
    from {{ ref('int_months') }} as months
    inner join states
        on months.as_of >= states.seen_at and (states.seen_until is null or months.as_of < states.seen_until)
    where states.status = 'active' or (states.status = 'cancelled' and states.period_ends_at > months.as_of)
),

-- A month end before the first night: taken for paid from its creation on, until the period that was to be its last ended.
reconstructed as (
    select
        months.month,
        states.subscription_id,
        states.profile_id,
        states.currency,
        states.mrr,
        states.mrr_usd,
        true as is_reconstructed
    from {{ ref('int_months') }} as months
    inner join states
        on
            states.seen_at = states.first_night_at
            and months.as_of < states.first_night_at
            and months.as_of > states.created_at
    where
        states.status = 'active'
        or (states.status in ('cancelled', 'expired') and states.period_ends_at > months.as_of)
)

select * from seen
union all
select * from reconstructed
