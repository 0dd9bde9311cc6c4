select
    id as balance_transaction_id,
    type as balance_transaction_type,
    source as source_id,
    created as created_at,
    {{ utc_day('created') }} as created_on,
    coalesce(amount, 0) as amount,
    coalesce(fee, 0) as fee,
    coalesce(net, 0) as net,
    lower(currency) as currency
from {{ source('raw_stripe', 'balance_transactions') }}
