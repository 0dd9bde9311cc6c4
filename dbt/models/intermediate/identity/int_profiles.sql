-- Every person FunnelFox told of, by whichever list, but for previews.
with told as (
    select
        profile_id,
        1 as told_by,
        is_preview,
        false as is_test,
        created_at,
        country,
        funnel_id
    from {{ ref('stg_funnelfox__profiles') }}
    union all
    select
        profile_id,
        2 as told_by,
        is_preview,
        is_sandbox as is_test,
        coalesce(profile_created_at, created_at) as created_at,
        null as country,
        null as funnel_id
    from {{ ref('stg_funnelfox__subscriptions') }}
    union all
    select
        profile_id,
        3 as told_by,
        false as is_preview,
        false as is_test,
        created_at,
        null as country,
        null as funnel_id
    from {{ ref('stg_funnelfox__sessions') }}
),

profiles as (
    select
        profile_id,
        coalesce(
            min(case when told_by = 1 then created_at end),
            min(case when told_by = 2 then created_at end),
            min(created_at)
        ) as created_at,
        min(country) as country,
        min(funnel_id) as funnel_id,
        min(told_by) = 1 as is_listed
    from told
    where profile_id is not null
    group by profile_id
    -- A preview in one list is a preview in all; a sandbox purchase alone makes nobody a person of the business.
    having max(case when is_preview then 1 else 0 end) = 0 and min(case when is_test then 1 else 0 end) = 0
)

select
    profile_id,
    created_at,
    {{ utc_day('created_at') }} as created_on,
    country,
    funnel_id,
    is_listed
from profiles
