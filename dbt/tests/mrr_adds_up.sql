-- A month ends with what it started with and what came and went, and the next one starts with that.
with months as (
    select
        *,
        lag(ending_mrr) over (partition by currency order by month) as ended_before
    from {{ ref('int_mrr_monthly') }}
)

select *
from months
where
    ending_mrr <> starting_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churned_mrr
    or starting_mrr <> coalesce(ended_before, 0)
