{{ config(materialized='view') }}
{#
    A view on the records themselves, not on staging: a table would always show the run that builds it as running, and staging's
    views are made anew every night, taking with them what stands on them.
#}
with steps as (
    select
        run_id,
        sum(rows) as rows_loaded,
        min(case when status in ('failed', 'crashed') then step end) as failed_step
    from {{ source('pipeline', 'steps') }}
    group by run_id
)

select
    runs.run_id,
    runs.started_at,
    runs.finished_at,
    {{ seconds_between('runs.started_at', 'runs.finished_at') }} as seconds,
    runs.status,
    steps.failed_step,
    runs.reason,
    cast(coalesce(runs.rows, steps.rows_loaded) as bigint) as rows_loaded,
    runs.release,
    runs.dyno
from {{ source('pipeline', 'runs') }} as runs
left join steps on runs.run_id = steps.run_id
