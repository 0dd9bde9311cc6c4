{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['day', 'schema_name'],
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}
-- depends_on: {{ ref('reconciliation') }}, {{ ref('identity_coverage') }}, {{ ref('mrr_monthly') }}, {{ ref('ltv_by_cohort') }}
-- depends_on: {{ ref('identity_links') }}, {{ ref('revenue_daily') }}, {{ ref('funnel_conversion') }}
-- One look a night, when the marts stand; nothing else remembers how large the warehouse was.
with today as (
    select
        {{ utc_day(run_clock()) }} as day,
        schema_name,
        bytes,
        row_count
    from {{ ref('stg_warehouse__storage') }}
),

earlier as (
    {% if is_incremental() %}
        select
            day,
            schema_name,
            bytes,
            row_count
        from {{ this }}
        where day < {{ utc_day(run_clock()) }}
    {% else %}
        select
            day,
            schema_name,
            bytes,
            row_count
        from today
        where 1 = 0
    {% endif %}
),

totals as (
    select
        day,
        sum(bytes) as bytes
    from earlier
    where day >= {{ days_after(utc_day(run_clock()), -7) }}
    group by day
),

first_total as (
    select
        day,
        bytes
    from totals
    where day = (select min(oldest.day) from totals as oldest)
),

growth as (
    select
        sum(today.bytes) as bytes,
        case
            when sum(today.bytes) > max(first_total.bytes)
                then
                    (cast({{ storage_limit() }} as numeric(38, 6)) - sum(today.bytes))
                    / (sum(today.bytes) - max(first_total.bytes))
                    * max({{ days_between('first_total.day', 'today.day') }})
        end as days_to_full
    from today
    left join first_total on 1 = 1
),

last_look as (
    select
        schema_name,
        day,
        row_count
    from earlier
    where day = (select max(latest.day) from earlier as latest)
)

select
    today.day,
    today.schema_name,
    today.bytes,
    today.row_count,
    today.row_count - last_look.row_count as rows_added,
    cast({{ storage_limit() }} as bigint) as limit_bytes,
    cast(greatest(growth.days_to_full, 0) as integer) as days_to_full
from today
cross join growth
left join last_look on today.schema_name = last_look.schema_name
