-- depends_on: {{ ref('int_quality_gate') }}
select
    day,
    currency,
    currency_decimals,
    gross,
    refunds,
    disputes,
    net,
    fees,
    charge_count
from {{ ref('int_revenue_daily') }}
