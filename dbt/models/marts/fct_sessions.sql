-- depends_on: {{ ref('int_quality_gate') }}
select
    session_id,
    created_at,
    created_on,
    funnel_id,
    funnel_version,
    profile_id,
    country,
    utm_source,
    utm_medium,
    utm_campaign
from {{ ref('int_sessions') }}
