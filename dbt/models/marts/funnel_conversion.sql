-- depends_on: {{ ref('int_quality_gate') }}
select
    funnel_id,
    day,
    country,
    funnel_title,
    sessions,
    profiles,
    purchasers,
    subscriptions
from {{ ref('int_funnel_conversion') }}
