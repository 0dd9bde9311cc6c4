-- The last whole reading of each day: an earlier one may have met the day half over.
with readings as (
    select
        *,
        max(recorded_at) over (partition by source, stream, day, run_id) as read_at
    from {{ source('pipeline', 'stream_counts') }}
    where complete
),

ranked as (
    select
        *,
        dense_rank() over (partition by source, stream, day order by read_at desc, run_id desc) as reading
    from readings
),

summed as (
    select
        source,
        stream,
        day,
        sum(source_count) as source_count,
        sum(source_amount) as source_amount
    from ranked
    where reading = 1
    group by source, stream, day
)

select
    source,
    stream,
    day,
    cast(source_count as bigint) as source_count,
    cast(source_amount as bigint) as source_amount
from summed
