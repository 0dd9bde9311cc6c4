-- Stripe's money, one row a movement, amounts positive: what was captured, refunded, charged back, and Stripe's fees.
select
    'charge' as kind,
    charge_id as movement_id,
    charge_id,
    created_on as day,
    currency,
    captured as amount,
    profile_id
from {{ ref('int_charges') }}
where captured > 0
union all
select
    'refund' as kind,
    refunds.refund_id as movement_id,
    refunds.charge_id,
    refunds.created_on as day,
    refunds.currency,
    refunds.amount,
    identity.profile_id
from {{ ref('stg_stripe__refunds') }} as refunds
left join {{ ref('int_charge_identity') }} as identity on refunds.charge_id = identity.charge_id
where refunds.status is null or refunds.status not in ('failed', 'canceled')
union all
select
    'dispute' as kind,
    disputes.dispute_id as movement_id,
    disputes.charge_id,
    disputes.created_on as day,
    disputes.currency,
    disputes.amount,
    identity.profile_id
from {{ ref('stg_stripe__disputes') }} as disputes
left join {{ ref('int_charge_identity') }} as identity on disputes.charge_id = identity.charge_id
where {{ is_chargeback('disputes.status') }}
union all
select
    'fee' as kind,
    balance_transaction_id as movement_id,
    null as charge_id,
    created_on as day,
    currency,
    fee as amount,
    null as profile_id
from {{ ref('stg_stripe__balance_transactions') }}
where fee <> 0
