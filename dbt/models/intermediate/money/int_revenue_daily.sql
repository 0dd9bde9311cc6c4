-- Stripe's money by day and currency; fees stand on the row of the currency they are settled in.
with sums as (
    select
        day,
        currency,
        sum(case when kind = 'charge' then amount else 0 end) as gross,
        sum(case when kind = 'refund' then amount else 0 end) as refunds,
        sum(case when kind = 'dispute' then amount else 0 end) as disputes,
        sum(case when kind = 'fee' then amount else 0 end) as fees,
        count(case when kind = 'charge' then movement_id end) as charge_count
    from {{ ref('int_money_movements') }}
    group by day, currency
)

select
    day,
    currency,
    {{ currency_decimals('currency') }} as currency_decimals,
    cast(gross as bigint) as gross,
    cast(refunds as bigint) as refunds,
    cast(disputes as bigint) as disputes,
    cast(gross - refunds - disputes as bigint) as net,
    cast(fees as bigint) as fees,
    charge_count
from sums
