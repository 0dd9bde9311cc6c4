with events as (
    select
        uuid as event_id,
        event_type,
        coalesce(event_time, server_upload_time) as occurred_at,
        coalesce(server_upload_time, event_time) as uploaded_at,
        session_id,
        platform,
        country,
        {{ bare_id('user_id') }} as user_id,
        {{ email_address(json_text('user_properties', 'email')) }} as email,
        {{ trimmed('device_id') }} as named_device_id,
        cast(amplitude_id as text) as amplitude_id,
        _loaded_at as loaded_at
    from {{ source('raw_amplitude', 'events') }}
),

devices as (
    select
        *,
        -- Amplitude's own id stands for the device only where the sender named none.
        case
            when named_device_id is not null then 'device_id'
            when amplitude_id is not null then 'amplitude_id'
        end as device_type,
        coalesce(named_device_id, amplitude_id) as device_id
    from events
)

select
    event_id,
    event_type,
    occurred_at,
    {{ utc_day('occurred_at') }} as occurred_on,
    {{ utc_day('uploaded_at') }} as uploaded_on,
    session_id,
    platform,
    country,
    user_id,
    email,
    device_type,
    device_id,
    {{ combination_id(['user_id', 'email', 'device_type', 'device_id']) }} as actor_id,
    loaded_at
from devices
