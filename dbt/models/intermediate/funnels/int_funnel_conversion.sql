-- Visits of a funnel on a day from a country, and what their profiles bought, whenever they did.
with purchases as (
    select
        profile_id,
        count(*) as subscriptions
    from {{ ref('int_subscriptions') }}
    where profile_id is not null and status <> 'created'
    group by profile_id
),

visits as (
    select
        coalesce(funnel_id, 'unknown') as funnel_id,
        created_on as day,
        coalesce(country, 'unknown') as country,
        profile_id,
        count(*) as sessions
    from {{ ref('int_sessions') }}
    group by coalesce(funnel_id, 'unknown'), created_on, coalesce(country, 'unknown'), profile_id
)

select
    visits.funnel_id,
    visits.day,
    visits.country,
    min(funnels.title) as funnel_title,
    cast(sum(visits.sessions) as bigint) as sessions,
    count(visits.profile_id) as profiles,
    count(purchases.profile_id) as purchasers,
    cast(coalesce(sum(purchases.subscriptions), 0) as bigint) as subscriptions
from visits
left join purchases on visits.profile_id = purchases.profile_id
left join {{ ref('stg_funnelfox__funnels') }} as funnels on visits.funnel_id = funnels.funnel_id
group by visits.funnel_id, visits.day, visits.country
