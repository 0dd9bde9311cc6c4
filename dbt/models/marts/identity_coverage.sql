-- depends_on: {{ ref('int_quality_gate') }}
with facts as (
    select
        'stripe' as source,
        created_on as day,
        coalesce(method, 'none') as method,
        count(*) as fact_count
    from {{ ref('fct_charges') }}
    group by created_on, coalesce(method, 'none')
    union all
    select
        'amplitude' as source,
        {{ utc_day('occurred_at') }} as day,
        coalesce(method, 'none') as method,
        count(*) as fact_count
    from {{ ref('fct_events') }}
    group by {{ utc_day('occurred_at') }}, coalesce(method, 'none')
)

select
    source,
    day,
    method,
    fact_count,
    cast(fact_count as numeric(38, 10)) / sum(fact_count) over (partition by source, day) as share
from facts
