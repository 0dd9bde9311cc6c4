-- Every month from the first one with money or a subscription to the running one.
with bounds as (
    select
        {{ utc_day(run_clock()) }} as today,
        (select min(created_on) from {{ ref('stg_stripe__charges') }}) as first_charge_on,
        (select min(created_on) from {{ ref('stg_funnelfox__subscriptions') }}) as first_subscription_on
),

months as (
    {{ months_from(
        "least((select coalesce(least(first_charge_on, first_subscription_on), today) from bounds), (select today from bounds))",
        "(select today from bounds)"
    ) }}
),

dated as (
    select
        month,
        {{ start_of(month_of(days_after('month', 32))) }} as ends_at
    from months
)

select
    month,
    cast(extract(year from month) * 12 + extract(month from month) as integer) as month_number,
    ends_at,
    least(ends_at, {{ run_clock() }}) as as_of,
    ends_at <= {{ run_clock() }} as is_complete
from dated
