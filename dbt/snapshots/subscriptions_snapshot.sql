{#
    What FunnelFox said of every subscription, kept from night to night: it tells only today's state itself.
    A subscription that was touched without a change of these columns is no new version. Never rebuilt, not by --full-refresh either.
#}
{% snapshot subscriptions_snapshot %}
    {{ config(
        unique_key='subscription_id',
        strategy='check',
        check_cols=[
            'profile_id', 'status', 'price', 'price_usd', 'currency', 'billing_interval', 'billing_interval_count',
            'period_ends_at', 'is_sandbox', 'is_preview',
        ],
    ) }}
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
{% endsnapshot %}
