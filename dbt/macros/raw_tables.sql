{#
    Makes what is missing of the raw tables, so that a source without a single row, or one that was never loaded, builds.
    The shapes are the sources' own declarations: columns with a data_type, `meta.key`, `meta.brin`.
    A loader that comes later finds its table and adds the columns that only it knows.
#}
{% macro ensure_raw_tables() %}
    {% if execute and flags.WHICH in ['build', 'run', 'test', 'snapshot', 'retry', 'seed', 'source', 'freshness'] %}
        {% for source in graph.sources.values() if source.config.meta.get('key') %}
            {% do ensure_raw_table(source) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro ensure_raw_table(source) %}
    {% set table = api.Relation.create(database=target.database, schema=source.schema, identifier=source.identifier) %}
    {% set existing = adapter.get_relation(target.database, source.schema, source.identifier) %}
    {% set has = adapter.get_columns_in_relation(existing) | map(attribute='name') | list if existing else [] %}
    {% set key = source.config.meta['key'] %}
    {% set missing = [] %}
    {% for column in source.columns.values() if column.name not in has %}
        {% do missing.append(column) %}
    {% endfor %}
    {% if not existing %}
        {% call statement('make_raw_table') %}
            create schema if not exists {{ source.schema }};
            create table if not exists {{ table }} (
                {% for column in source.columns.values() -%}
                    {{ adapter.quote(column.name) }} {{ column.data_type }},
                {% endfor -%}
                primary key ({{ key | map('string') | join(', ') }})
            )
        {% endcall %}
    {% elif missing %}
        {% call statement('complete_raw_table') %}
            set lock_timeout = '10s';
            alter table {{ table }}
            {% for column in missing -%}
                add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }}{{ ',' if not loop.last }}
            {% endfor -%}
        {% endcall %}
    {% endif %}
    {% if source.config.meta.get('brin') %}
        {% call statement('index_raw_table') %}
            create index if not exists {{ source.identifier }}_{{ source.config.meta['brin'] }}_brin
            on {{ table }} using brin ({{ source.config.meta['brin'] }})
        {% endcall %}
    {% endif %}
{% endmacro %}
