-- The ladder of charges: psp_id, then e-mail, then Stripe customer. The first rung with exactly one candidate decides.
with charges as (
    select
        charges.charge_id,
        charges.customer_id,
        coalesce(charges.billing_email, charges.receipt_email, customers.email) as email
    from {{ ref('stg_stripe__charges') }} as charges
    left join {{ ref('stg_stripe__customers') }} as customers on charges.customer_id = customers.customer_id
),

by_psp_id as (
    select
        psp_id,
        count(distinct profile_id) as candidates,
        case when count(distinct profile_id) = 1 then min(profile_id) end as profile_id
    from {{ ref('int_subscriptions') }}
    where psp_id is not null and profile_id is not null
    group by psp_id
),

first_rung as (
    select
        charges.charge_id,
        charges.customer_id,
        charges.email,
        by_psp_id.profile_id,
        coalesce(by_psp_id.candidates, 0) as candidates
    from charges
    left join by_psp_id on charges.charge_id = by_psp_id.psp_id
),

by_customer as (
    select
        customer_id,
        count(distinct profile_id) as candidates,
        case when count(distinct profile_id) = 1 then min(profile_id) end as profile_id
    from first_rung
    where customer_id is not null and profile_id is not null
    group by customer_id
)

select
    first_rung.charge_id,
    coalesce(first_rung.profile_id, emails.profile_id, by_customer.profile_id) as profile_id,
    case
        when first_rung.profile_id is not null then 'psp_id'
        when emails.profile_id is not null then 'email'
        when by_customer.profile_id is not null then 'stripe_customer'
    end as method,
    case
        when coalesce(first_rung.profile_id, emails.profile_id, by_customer.profile_id) is not null then 1
        else greatest(first_rung.candidates, coalesce(emails.candidates, 0), coalesce(by_customer.candidates, 0))
    end as candidates
from first_rung
left join {{ ref('int_emails') }} as emails on first_rung.email = emails.email
left join by_customer on first_rung.customer_id = by_customer.customer_id
