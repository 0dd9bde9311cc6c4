select
    {{ trimmed('id') }} as funnel_id,
    title,
    alias as funnel_alias,
    type as funnel_type,
    status
from {{ source('raw_funnelfox', 'funnels') }}
