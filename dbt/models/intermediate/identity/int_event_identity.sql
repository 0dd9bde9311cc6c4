-- The ladder of events: user id, then e-mail, then device. The first rung with exactly one candidate decides.
select
    actors.actor_id,
    coalesce(profiles.profile_id, emails.profile_id, devices.profile_id) as profile_id,
    case
        when profiles.profile_id is not null then 'user_id'
        when emails.profile_id is not null then 'email'
        when devices.profile_id is not null then 'device_id'
    end as method
from {{ ref('int_event_actors') }} as actors
left join {{ ref('int_profiles') }} as profiles on actors.user_id = profiles.profile_id
left join {{ ref('int_emails') }} as emails on actors.email = emails.email
left join {{ ref('int_devices') }} as devices
    on actors.device_type = devices.device_type and actors.device_id = devices.device_id
