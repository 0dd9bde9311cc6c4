{{ config(materialized='view') }}
-- Visits of funnels, those of previews left out.
select
    sessions.session_id,
    sessions.created_at,
    sessions.created_on,
    sessions.funnel_id,
    sessions.funnel_version,
    sessions.profile_id,
    sessions.country,
    details.utm_source,
    details.utm_medium,
    details.utm_campaign
from {{ ref('stg_funnelfox__sessions') }} as sessions
left join {{ ref('int_profiles') }} as profiles on sessions.profile_id = profiles.profile_id
left join {{ ref('stg_funnelfox__session_details') }} as details on sessions.session_id = details.session_id
where sessions.profile_id is null or profiles.profile_id is not null
