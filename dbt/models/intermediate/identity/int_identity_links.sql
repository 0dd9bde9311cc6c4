-- What every identifier says of itself: a charge by its ladder, an identifier of Amplitude by its own rung alone.
with users as (
    select distinct user_id
    from {{ ref('int_event_actors') }}
    where user_id is not null
),

addresses as (
    select distinct email
    from {{ ref('int_event_actors') }}
    where email is not null
)

select
    'stripe' as source,
    'charge' as source_type,
    charge_id as source_id,
    profile_id,
    method,
    candidates
from {{ ref('int_charge_identity') }}
union all
select
    'amplitude' as source,
    'user_id' as source_type,
    {{ shown_id('users.user_id') }} as source_id,
    profiles.profile_id,
    case when profiles.profile_id is not null then 'user_id' end as method,
    case when profiles.profile_id is not null then 1 else 0 end as candidates
from users
left join {{ ref('int_profiles') }} as profiles on users.user_id = profiles.profile_id
union all
select
    'amplitude' as source,
    'email' as source_type,
    md5(addresses.email) as source_id,
    emails.profile_id,
    case when emails.profile_id is not null then 'email' end as method,
    coalesce(emails.candidates, 0) as candidates
from addresses
left join {{ ref('int_emails') }} as emails on addresses.email = emails.email
union all
select
    'amplitude' as source,
    device_type as source_type,
    {{ shown_id('device_id') }} as source_id,
    profile_id,
    case when profile_id is not null then 'device_id' end as method,
    candidates
from {{ ref('int_devices') }}
