-- Subscriptions as they are today, tests left out, with what they are worth a month.
select
    subscriptions.subscription_id,
    subscriptions.profile_id,
    subscriptions.psp_id,
    subscriptions.status,
    subscriptions.renews,
    subscriptions.product_id,
    subscriptions.product_name,
    subscriptions.payment_provider,
    subscriptions.funnel_id,
    subscriptions.funnel_version,
    subscriptions.currency,
    subscriptions.price,
    subscriptions.price_usd,
    subscriptions.billing_interval,
    subscriptions.billing_interval_count,
    coalesce(
        {{ monthly_price('subscriptions.price', 'subscriptions.billing_interval', 'subscriptions.billing_interval_count') }}, 0
    ) as monthly_price,
    subscriptions.created_at,
    subscriptions.created_on,
    subscriptions.updated_at,
    subscriptions.period_starts_at,
    subscriptions.period_ends_at,
    subscriptions.status = 'active'
    or (
        subscriptions.status = 'cancelled' and coalesce(subscriptions.period_ends_at > {{ run_clock() }}, false)
    ) as is_counted
from {{ ref('stg_funnelfox__subscriptions') }} as subscriptions
left join {{ ref('int_profiles') }} as profiles on subscriptions.profile_id = profiles.profile_id
where
    not subscriptions.is_sandbox
    and not subscriptions.is_preview
    and (subscriptions.profile_id is null or profiles.profile_id is not null)
