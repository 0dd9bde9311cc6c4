-- Whose an e-mail address is: candidates are the profiles that gave it, themselves or with a subscription.
with given as (
    select
        email,
        profile_id
    from {{ ref('stg_funnelfox__profiles') }}
    union
    select
        profile_email as email,
        profile_id
    from {{ ref('stg_funnelfox__subscriptions') }}
    where not is_sandbox and not is_preview
)

select
    given.email,
    count(distinct given.profile_id) as candidates,
    case when count(distinct given.profile_id) = 1 then min(given.profile_id) end as profile_id
from given
inner join {{ ref('int_profiles') }} as profiles on given.profile_id = profiles.profile_id
where given.email is not null
group by given.email
