select
    id as customer_id,
    {{ utc_day('created') }} as created_on,
    {{ email_address('email') }} as email,
    _deleted_at is not null as is_deleted
from {{ source('raw_stripe', 'customers') }}
