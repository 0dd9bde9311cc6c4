-- depends_on: {{ ref('int_quality_gate') }}
select
    source,
    source_type,
    source_id,
    profile_id,
    method,
    cast(candidates as integer) as candidates
from {{ ref('int_identity_links') }}
