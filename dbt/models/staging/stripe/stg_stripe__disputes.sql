select
    id as dispute_id,
    charge as charge_id,
    created as created_at,
    {{ utc_day('created') }} as created_on,
    coalesce(amount, 0) as amount,
    lower(currency) as currency,
    status
from {{ source('raw_stripe', 'disputes') }}
