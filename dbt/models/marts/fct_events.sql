{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='event_id',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}
-- depends_on: {{ ref('int_quality_gate') }}
{% set columns = [
    'occurred_at', 'loaded_at', 'actor_id', 'session_id', 'event_id', 'uploaded_on', 'event_type', 'platform', 'country',
    'profile_id', 'method',
] %}
-- Rows are added and changed, never rewritten as a whole and never taken away: raw events may be deleted when they are old.
with loaded as (
    select
        events.occurred_at,
        events.loaded_at,
        events.actor_id,
        events.session_id,
        events.event_id,
        events.uploaded_on,
        events.event_type,
        events.platform,
        events.country,
        identity.profile_id,
        identity.method
    from {{ ref('stg_amplitude__events') }} as events
    inner join {{ ref('int_event_identity') }} as identity on events.actor_id = identity.actor_id
    {% if is_incremental() and not flags.FULL_REFRESH %}
        -- The last batch again: what was loaded in the same moment may have come after it.
        where events.loaded_at >= (
            select coalesce(max(stored.loaded_at), {{ start_of("cast('1970-01-01' as date)") }}) from {{ this }} as stored
        )
    {% endif %}
),

{% if is_incremental() %}
    -- Events of any age whose device, address or profile has found, changed or lost its owner.
    relinked as (
        select
            stored.occurred_at,
            stored.loaded_at,
            stored.actor_id,
            stored.session_id,
            stored.event_id,
            stored.uploaded_on,
            stored.event_type,
            stored.platform,
            stored.country,
            identity.profile_id,
            identity.method
        from {{ this }} as stored
        inner join {{ ref('int_event_identity') }} as identity on stored.actor_id = identity.actor_id
        left join loaded on stored.event_id = loaded.event_id
        where
            loaded.event_id is null
            and (
                stored.profile_id is distinct from identity.profile_id
                or stored.method is distinct from identity.method
            )
    ),

    changed as (
        select loaded.*
        from loaded
        left join {{ this }} as stored on loaded.event_id = stored.event_id
        where
            stored.event_id is null
            {% for column in columns if column != 'event_id' %}
                or loaded.{{ column }} is distinct from stored.{{ column }}
            {% endfor %}
        union all
        select relinked.*
        from relinked
    )
{% else %}
    changed as (
        select loaded.*
        from loaded
    )
{% endif %}

select * from changed
