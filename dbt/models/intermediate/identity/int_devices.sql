-- Whose a device is: candidates are the known profiles that were ever seen on it by their user id. A second one unlinks it.
select
    actors.device_type,
    actors.device_id,
    count(distinct profiles.profile_id) as candidates,
    case when count(distinct profiles.profile_id) = 1 then min(profiles.profile_id) end as profile_id
from {{ ref('int_event_actors') }} as actors
left join {{ ref('int_profiles') }} as profiles on actors.user_id = profiles.profile_id
where actors.device_id is not null
group by actors.device_type, actors.device_id
