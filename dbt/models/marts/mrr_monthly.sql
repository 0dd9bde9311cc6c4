-- depends_on: {{ ref('int_quality_gate') }}
select
    month,
    currency,
    currency_decimals,
    starting_mrr,
    new_mrr,
    reactivation_mrr,
    expansion_mrr,
    contraction_mrr,
    churned_mrr,
    ending_mrr,
    active_subscriptions,
    ending_mrr_usd,
    is_reconstructed
from {{ ref('int_mrr_monthly') }}
