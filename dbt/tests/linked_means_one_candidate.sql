-- A profile and the rung that found it come together, and with exactly one candidate.
select *
from {{ ref('int_identity_links') }}
where
    (profile_id is null) <> (method is null)
    or (profile_id is not null and candidates <> 1)
