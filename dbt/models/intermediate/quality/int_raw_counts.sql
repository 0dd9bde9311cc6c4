-- Rows and money of the raw tables by stream and day, and how much of it the marts leave out.
with listed_profiles as (
    select
        listed.created_on,
        row_number() over (partition by listed.profile_id order by listed.created_at, listed.listed_id) = 1
        and profiles.profile_id is not null as is_shown
    from {{ ref('stg_funnelfox__profiles') }} as listed
    left join {{ ref('int_profiles') }} as profiles on listed.profile_id = profiles.profile_id
),

counts as (
    select
        'stripe' as source,
        'charges' as stream,
        created_on as day,
        count(*) as raw_count,
        cast(0 as bigint) as excluded_count,
        cast(sum(amount) as bigint) as raw_amount,
        cast(0 as bigint) as excluded_amount
    from {{ ref('stg_stripe__charges') }}
    group by created_on
    {% for stream in ['refunds', 'disputes', 'balance_transactions'] %}
        union all
        select
            'stripe' as source,
            '{{ stream }}' as stream,
            created_on as day,
            count(*) as raw_count,
            cast(null as bigint) as excluded_count,
            cast(sum(amount) as bigint) as raw_amount,
            cast(null as bigint) as excluded_amount
        from {{ ref('stg_stripe__' ~ stream) }}
        group by created_on
    {% endfor %}
    union all
    select
        'stripe' as source,
        'customers' as stream,
        created_on as day,
        count(*) as raw_count,
        cast(null as bigint) as excluded_count,
        cast(null as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from {{ ref('stg_stripe__customers') }}
    where not is_deleted
    group by created_on
    union all
    select
        'amplitude' as source,
        'events' as stream,
        uploaded_on as day,
        count(*) as raw_count,
        cast(0 as bigint) as excluded_count,
        cast(null as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from {{ ref('stg_amplitude__events') }}
    group by uploaded_on
    union all
    select
        'funnelfox' as source,
        'profiles' as stream,
        created_on as day,
        count(*) as raw_count,
        count(case when not is_shown then 1 end) as excluded_count,
        cast(null as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from listed_profiles
    group by created_on
    union all
    select
        'funnelfox' as source,
        'sessions' as stream,
        sessions.created_on as day,
        count(*) as raw_count,
        count(case when shown.session_id is null then 1 end) as excluded_count,
        cast(null as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from {{ ref('stg_funnelfox__sessions') }} as sessions
    left join {{ ref('int_sessions') }} as shown on sessions.session_id = shown.session_id
    group by sessions.created_on
    union all
    select
        'funnelfox' as source,
        'subscriptions' as stream,
        subscriptions.created_on as day,
        count(*) as raw_count,
        count(case when shown.subscription_id is null then 1 end) as excluded_count,
        cast(null as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from {{ ref('stg_funnelfox__subscriptions') }} as subscriptions
    left join {{ ref('int_subscriptions') }} as shown on subscriptions.subscription_id = shown.subscription_id
    group by subscriptions.created_on
    union all
    select
        'funnelfox' as source,
        'transactions' as stream,
        created_on as day,
        count(*) as raw_count,
        cast(null as bigint) as excluded_count,
        cast(sum(price) as bigint) as raw_amount,
        cast(null as bigint) as excluded_amount
    from {{ ref('stg_funnelfox__transactions') }}
    group by created_on
)

select * from counts
-- A row without a date cannot be compared with anything.
where day is not null
