{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}
-- Every combination of user, e-mail and device that events came with, once. It only grows, also when old events are
-- deleted from the raw table: a device that two people were seen on stays shared.
with events as (
    select
        actor_id,
        user_id,
        email,
        device_type,
        device_id,
        max(loaded_at) as loaded_at
    from {{ ref('stg_amplitude__events') }}
    {% if is_incremental() and not flags.FULL_REFRESH %}
        -- The last batch again: what was loaded in the same moment may have come after it.
        where loaded_at >= (
            select coalesce(max(stored.loaded_at), {{ start_of("cast('1970-01-01' as date)") }}) from {{ this }} as stored
        )
    {% endif %}
    group by actor_id, user_id, email, device_type, device_id
)

select events.*
from events
{% if is_incremental() %}
    left join {{ this }} as known on events.actor_id = known.actor_id
    where known.actor_id is null
{% endif %}
