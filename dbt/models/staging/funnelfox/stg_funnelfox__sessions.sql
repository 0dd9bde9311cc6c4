-- Address and browser of the visitor stay in the raw table.
select
    id as session_id,
    created_at,
    {{ utc_day('created_at') }} as created_on,
    {{ trimmed('funnel_id') }} as funnel_id,
    funnel_version,
    {{ bare_id('profile_id') }} as profile_id,
    {{ trimmed('country') }} as country
from {{ source('raw_funnelfox', 'sessions') }}
