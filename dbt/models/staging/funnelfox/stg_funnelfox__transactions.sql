select
    id as transaction_id,
    created_at,
    {{ utc_day('created_at') }} as created_on,
    {{ bare_id('profile_id') }} as profile_id,
    coalesce(price, 0) as price,
    lower({{ trimmed('currency') }}) as currency,
    coalesce(sandbox, false) as is_sandbox
from {{ source('raw_funnelfox', 'transactions') }}
