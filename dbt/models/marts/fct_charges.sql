-- depends_on: {{ ref('int_quality_gate') }}
select
    charge_id,
    created_at,
    created_on,
    profile_id,
    method,
    customer_id,
    status,
    currency,
    {{ currency_decimals('currency') }} as currency_decimals,
    amount,
    captured,
    refunded,
    disputed,
    disputes_won,
    disputes_lost,
    captured - refunded - disputed as net,
    fee,
    fee_currency,
    is_live
from {{ ref('int_charges') }}
