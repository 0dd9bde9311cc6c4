-- What the customers of a month brought, net and cumulated, at the end of every complete month since.
with customers as (
    select
        cohort_month,
        currency,
        count(*) as customers
    from {{ ref('int_customers') }}
    group by cohort_month, currency
),

monthly as (
    select
        members.cohort_month,
        movements.currency,
        {{ month_of('movements.day') }} as month,
        sum(case when movements.kind = 'charge' then movements.amount else -movements.amount end) as net
    from {{ ref('int_money_movements') }} as movements
    inner join {{ ref('int_customers') }} as members
        on movements.profile_id = members.profile_id and movements.currency = members.currency
    where movements.kind in ('charge', 'refund', 'dispute')
    group by members.cohort_month, movements.currency, {{ month_of('movements.day') }}
),

unlinked as (
    select
        {{ month_of('day') }} as month,
        currency,
        sum(case when profile_id is null then amount else 0 end) as unlinked,
        sum(amount) as captured
    from {{ ref('int_money_movements') }}
    where kind = 'charge'
    group by {{ month_of('day') }}, currency
),

cumulated as (
    select
        customers.cohort_month,
        customers.currency,
        customers.customers,
        months.month_number - cohorts.month_number as months_since,
        sum(coalesce(monthly.net, 0)) over (
            partition by customers.cohort_month, customers.currency
            order by months.month_number
            rows between unbounded preceding and current row
        ) as cumulative_net
    from customers
    inner join {{ ref('int_months') }} as cohorts on customers.cohort_month = cohorts.month
    inner join {{ ref('int_months') }} as months on cohorts.month_number <= months.month_number and months.is_complete
    left join monthly
        on
            customers.cohort_month = monthly.cohort_month
            and customers.currency = monthly.currency
            and months.month = monthly.month
)

select
    cumulated.cohort_month,
    cumulated.months_since,
    cumulated.currency,
    {{ currency_decimals('cumulated.currency') }} as currency_decimals,
    cumulated.customers,
    cast(cumulated.cumulative_net as bigint) as cumulative_net,
    cast(cumulated.cumulative_net as numeric(38, 10)) / cumulated.customers as ltv,
    coalesce(cast(unlinked.unlinked as numeric(38, 10)) / unlinked.captured, 0) as unlinked_share
from cumulated
left join unlinked on cumulated.cohort_month = unlinked.month and cumulated.currency = unlinked.currency
