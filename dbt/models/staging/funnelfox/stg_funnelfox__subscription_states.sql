-- What is kept of subscriptions from night to night: what decides whether and how much they count. No e-mail.
select
    subscription_id,
    profile_id,
    status,
    price,
    price_usd,
    currency,
    billing_interval,
    billing_interval_count,
    period_ends_at,
    is_sandbox,
    is_preview,
    created_at,
    updated_at
from {{ ref('stg_funnelfox__subscriptions') }}
