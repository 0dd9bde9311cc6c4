-- depends_on: {{ ref('int_quality_gate') }}
with marts as (
    select
        'stripe' as source,
        'charges' as stream,
        created_on as day,
        count(*) as mart_count,
        cast(sum(amount) as bigint) as mart_amount
    from {{ ref('fct_charges') }}
    group by created_on
    union all
    select
        'amplitude' as source,
        'events' as stream,
        uploaded_on as day,
        count(*) as mart_count,
        cast(null as bigint) as mart_amount
    from {{ ref('fct_events') }}
    group by uploaded_on
    union all
    select
        'funnelfox' as source,
        'profiles' as stream,
        created_on as day,
        count(*) as mart_count,
        cast(null as bigint) as mart_amount
    from {{ ref('dim_profiles') }}
    where is_listed and created_on is not null
    group by created_on
    union all
    select
        'funnelfox' as source,
        'sessions' as stream,
        created_on as day,
        count(*) as mart_count,
        cast(null as bigint) as mart_amount
    from {{ ref('fct_sessions') }}
    group by created_on
    union all
    select
        'funnelfox' as source,
        'subscriptions' as stream,
        created_on as day,
        count(*) as mart_count,
        cast(null as bigint) as mart_amount
    from {{ ref('fct_subscriptions') }}
    group by created_on
),

keys as (
    select
        source,
        stream,
        day
    from {{ ref('int_raw_counts') }}
    union
    select
        source,
        stream,
        day
    from {{ ref('stg_pipeline__stream_counts') }}
    union
    select
        source,
        stream,
        day
    from marts
),

-- Days of events that may have been deleted from the raw table when they grew old are not compared.
compared as (
    select
        source,
        stream,
        day
    from keys
    {% if env_var('PIPELINE_EVENTS_DAYS', '') | int > 0 %}
        where source <> 'amplitude' or day > {{ days_after(utc_day(run_clock()), 1 - env_var('PIPELINE_EVENTS_DAYS', '') | int) }}
    {% endif %}
),

counted as (
    select
        compared.source,
        compared.stream,
        compared.day,
        wire.source_count,
        coalesce(raw.raw_count, 0) as raw_count,
        case when compared.stream in ({{ shown_streams() }}) then coalesce(marts.mart_count, 0) end as mart_count,
        case when compared.stream in ({{ shown_streams() }}) then coalesce(raw.excluded_count, 0) end as excluded_count,
        case when compared.stream in ({{ money_streams() }}) then wire.source_amount end as source_amount,
        case when compared.stream in ({{ money_streams() }}) then coalesce(raw.raw_amount, 0) end as raw_amount,
        case when compared.stream = 'charges' then coalesce(marts.mart_amount, 0) end as mart_amount,
        case when compared.stream = 'charges' then coalesce(raw.excluded_amount, 0) end as excluded_amount
    from compared
    left join {{ ref('stg_pipeline__stream_counts') }} as wire
        on compared.source = wire.source and compared.stream = wire.stream and compared.day = wire.day
    left join {{ ref('int_raw_counts') }} as raw
        on compared.source = raw.source and compared.stream = raw.stream and compared.day = raw.day
    left join marts
        on compared.source = marts.source and compared.stream = marts.stream and compared.day = marts.day
)

select
    source,
    stream,
    day,
    source_count,
    raw_count,
    mart_count,
    excluded_count,
    source_amount,
    raw_amount,
    mart_amount,
    excluded_amount,
    case
        when source_count <> raw_count or source_amount <> raw_amount then 'raw'
        when mart_count + excluded_count <> raw_count or mart_amount + excluded_amount <> raw_amount then 'mart'
        else 'none'
    end as first_difference,
    {{ run_clock() }} as as_of
from counted
