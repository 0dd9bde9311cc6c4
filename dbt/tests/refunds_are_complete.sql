{{ config(severity='warn') }}
-- Charges tell how much of them was refunded. More than the refunds themselves say means that refunds were not loaded: a key that may
-- not read them, for example. Revenue is then too high.
select
    charges.charge_id,
    charges.amount_refunded,
    shown.refunded
from {{ ref('stg_stripe__charges') }} as charges
inner join {{ ref('int_charges') }} as shown on charges.charge_id = shown.charge_id
where charges.amount_refunded > shown.refunded
