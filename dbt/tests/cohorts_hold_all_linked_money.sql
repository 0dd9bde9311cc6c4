-- Net of linked charges in complete months is what the cohorts hold at their last month, currency by currency.
with linked as (
    select
        movements.currency,
        sum(case when movements.kind = 'charge' then movements.amount else -movements.amount end) as net
    from {{ ref('int_money_movements') }} as movements
    inner join {{ ref('int_months') }} as months on {{ month_of('movements.day') }} = months.month and months.is_complete
    inner join {{ ref('int_customers') }} as customers
        on movements.profile_id = customers.profile_id and movements.currency = customers.currency
    where movements.kind <> 'fee'
    group by movements.currency
),

last_months as (
    select
        currency,
        cohort_month,
        max(months_since) as months_since
    from {{ ref('int_ltv_by_cohort') }}
    group by currency, cohort_month
),

cohorts as (
    select
        ltv.currency,
        sum(ltv.cumulative_net) as net
    from {{ ref('int_ltv_by_cohort') }} as ltv
    inner join last_months
        on
            ltv.currency = last_months.currency
            and ltv.cohort_month = last_months.cohort_month
            and ltv.months_since = last_months.months_since
    group by ltv.currency
)

select
    linked.currency,
    linked.net,
    cohorts.net as cohort_net
from linked
full outer join cohorts on linked.currency = cohorts.currency
where coalesce(linked.net, 0) <> coalesce(cohorts.net, 0)
