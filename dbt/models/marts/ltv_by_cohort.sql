-- depends_on: {{ ref('int_quality_gate') }}
select
    cohort_month,
    months_since,
    currency,
    currency_decimals,
    customers,
    cumulative_net,
    ltv,
    unlinked_share
from {{ ref('int_ltv_by_cohort') }}
