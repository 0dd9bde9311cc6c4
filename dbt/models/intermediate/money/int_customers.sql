-- Profiles that paid, by the currencies they paid in; the cohort is the month of the first captured charge in any of them.
with firsts as (
    select
        profile_id,
        currency,
        min(created_at) as first_captured_at,
        count(*) as captured_charges
    from {{ ref('int_charges') }}
    where profile_id is not null and captured > 0
    group by profile_id, currency
)

select
    profile_id,
    currency,
    first_captured_at,
    captured_charges,
    {{ month_of(utc_day('min(first_captured_at) over (partition by profile_id)')) }} as cohort_month
from firsts
