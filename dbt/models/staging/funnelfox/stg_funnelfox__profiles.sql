-- One row as FunnelFox lists it: the same profile can come with and without its prefix.
select
    id as listed_id,
    {{ bare_id('id') }} as profile_id,
    created_at,
    {{ utc_day('created_at') }} as created_on,
    coalesce(preview, false) as is_preview,
    {{ email_address('email') }} as email,
    {{ trimmed('country') }} as country,
    {{ trimmed('funnel_id') }} as funnel_id
from {{ source('raw_funnelfox', 'profiles') }}
