-- Charges with whose they are, what was given back, and what a bank took back.
with refunds as (
    select
        charge_id,
        sum(amount) as refunded
    from {{ ref('stg_stripe__refunds') }}
    where status is null or status not in ('failed', 'canceled')
    group by charge_id
),

disputes as (
    select
        charge_id,
        sum(case when {{ is_chargeback('status') }} then amount else 0 end) as disputed,
        sum(case when status = 'won' then amount else 0 end) as disputes_won,
        sum(case when status = 'lost' then amount else 0 end) as disputes_lost
    from {{ ref('stg_stripe__disputes') }}
    group by charge_id
)

select
    charges.charge_id,
    charges.created_at,
    charges.created_on,
    identity.profile_id,
    identity.method,
    charges.customer_id,
    charges.status,
    charges.currency,
    charges.amount,
    charges.amount_captured as captured,
    cast(coalesce(refunds.refunded, 0) as bigint) as refunded,
    cast(coalesce(disputes.disputed, 0) as bigint) as disputed,
    cast(coalesce(disputes.disputes_won, 0) as bigint) as disputes_won,
    cast(coalesce(disputes.disputes_lost, 0) as bigint) as disputes_lost,
    fees.fee,
    fees.currency as fee_currency,
    charges.is_live
from {{ ref('stg_stripe__charges') }} as charges
inner join {{ ref('int_charge_identity') }} as identity on charges.charge_id = identity.charge_id
left join refunds on charges.charge_id = refunds.charge_id
left join disputes on charges.charge_id = disputes.charge_id
left join {{ ref('stg_stripe__balance_transactions') }} as fees
    on charges.balance_transaction_id = fees.balance_transaction_id
