-- Bytes and rows of every schema now, as Postgres's catalogue knows them; `system` is what belongs to no schema of ours.
with relations as (
    select
        n.nspname as schema_name,
        sum(pg_total_relation_size(c.oid)) as bytes,
        sum(coalesce(s.n_live_tup, 0)) as row_count
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    left join pg_catalog.pg_stat_all_tables as s on c.oid = s.relid
    where
        c.relkind in ('r', 'm')
        and n.nspname not like 'pg\_%'
        and n.nspname <> 'information_schema'
    group by n.nspname
)

select
    cast(schema_name as text) as schema_name,
    cast(bytes as bigint) as bytes,
    cast(row_count as bigint) as row_count
from relations
union all
select
    'system' as schema_name,
    cast(pg_database_size(current_database()) - coalesce(sum(bytes), 0) as bigint) as bytes,
    0 as row_count
from relations
