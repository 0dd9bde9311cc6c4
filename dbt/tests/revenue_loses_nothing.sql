-- Every cent that a charge captured, gave back or lost stands in revenue, whatever the day and whoever paid.
with charges as (
    select
        currency,
        sum(captured) as gross
    from {{ ref('int_charges') }}
    group by currency
),

revenue as (
    select
        currency,
        sum(gross) as gross,
        sum(refunds) as refunds,
        sum(disputes) as disputes,
        sum(net) as net
    from {{ ref('int_revenue_daily') }}
    group by currency
)

select
    charges.currency,
    charges.gross as charged,
    revenue.gross
from charges
full outer join revenue on charges.currency = revenue.currency
where
    coalesce(charges.gross, 0) <> coalesce(revenue.gross, 0)
    or revenue.net <> revenue.gross - revenue.refunds - revenue.disputes
