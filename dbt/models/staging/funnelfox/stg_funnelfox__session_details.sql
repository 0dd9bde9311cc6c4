select
    id as session_id,
    {{ trimmed(json_text('query_params', 'utm_source')) }} as utm_source,
    {{ trimmed(json_text('query_params', 'utm_medium')) }} as utm_medium,
    {{ trimmed(json_text('query_params', 'utm_campaign')) }} as utm_campaign
from {{ source('raw_funnelfox', 'session_details') }}
