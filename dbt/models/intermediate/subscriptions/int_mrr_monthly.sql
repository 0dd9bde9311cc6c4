-- Month end against month end, per profile and currency: where it came from and where it went.
with profile_months as (
    select
        months.month_number,
        subscription_months.currency,
        coalesce(subscription_months.profile_id, subscription_months.subscription_id) as payer_id,
        sum(subscription_months.mrr) as mrr
    from {{ ref('int_subscription_months') }} as subscription_months
    inner join {{ ref('int_months') }} as months on subscription_months.month = months.month
    group by
        months.month_number,
        subscription_months.currency,
        coalesce(subscription_months.profile_id, subscription_months.subscription_id)
    having sum(subscription_months.mrr) > 0
),

moves as (
    select
        coalesce(now.month_number, before.month_number + 1) as month_number,
        coalesce(now.currency, before.currency) as currency,
        coalesce(now.payer_id, before.payer_id) as payer_id,
        coalesce(before.mrr, 0) as starting_mrr,
        coalesce(now.mrr, 0) as ending_mrr
    from profile_months as now
    full outer join profile_months as before
        on
            now.payer_id = before.payer_id
            and now.currency = before.currency
            and now.month_number = before.month_number + 1
),

first_months as (
    select
        payer_id,
        currency,
        min(month_number) as month_number
    from profile_months
    group by payer_id, currency
),

sums as (
    select
        moves.month_number,
        moves.currency,
        sum(moves.starting_mrr) as starting_mrr,
        sum(
            case
                when moves.starting_mrr = 0 and moves.month_number = first_months.month_number then moves.ending_mrr
                else 0
            end
        ) as new_mrr,
        sum(
            case
                when moves.starting_mrr = 0 and moves.month_number > first_months.month_number then moves.ending_mrr
                else 0
            end
        ) as reactivation_mrr,
        sum(case when moves.starting_mrr > 0 then greatest(moves.ending_mrr - moves.starting_mrr, 0) else 0 end) as expansion_mrr,
        sum(case when moves.ending_mrr > 0 then greatest(moves.starting_mrr - moves.ending_mrr, 0) else 0 end) as contraction_mrr,
        sum(case when moves.ending_mrr = 0 then moves.starting_mrr else 0 end) as churned_mrr,
        sum(moves.ending_mrr) as ending_mrr
    from moves
    inner join first_months on moves.payer_id = first_months.payer_id and moves.currency = first_months.currency
    group by moves.month_number, moves.currency
),

counts as (
    select
        month,
        currency,
        count(*) as active_subscriptions,
        sum(mrr_usd) as ending_mrr_usd
    from {{ ref('int_subscription_months') }}
    group by month, currency
),

first_night as (
    select min(first_night_at) as seen_at
    from {{ ref('int_subscription_states') }}
),

currencies as (
    select
        currency,
        min(month) as first_month
    from counts
    group by currency
)

select
    months.month,
    currencies.currency,
    {{ currency_decimals('currencies.currency') }} as currency_decimals,
    cast(coalesce(sums.starting_mrr, 0) as bigint) as starting_mrr,
    cast(coalesce(sums.new_mrr, 0) as bigint) as new_mrr,
    cast(coalesce(sums.reactivation_mrr, 0) as bigint) as reactivation_mrr,
    cast(coalesce(sums.expansion_mrr, 0) as bigint) as expansion_mrr,
    cast(coalesce(sums.contraction_mrr, 0) as bigint) as contraction_mrr,
    cast(coalesce(sums.churned_mrr, 0) as bigint) as churned_mrr,
    cast(coalesce(sums.ending_mrr, 0) as bigint) as ending_mrr,
    coalesce(counts.active_subscriptions, 0) as active_subscriptions,
    cast(coalesce(counts.ending_mrr_usd, 0) as bigint) as ending_mrr_usd,
    months.as_of < first_night.seen_at as is_reconstructed
from currencies
inner join {{ ref('int_months') }} as months on currencies.first_month <= months.month
cross join first_night
left join sums on months.month_number = sums.month_number and currencies.currency = sums.currency
left join counts on months.month = counts.month and currencies.currency = counts.currency
