{# Streams that a mart shows row by row. #}
{% macro shown_streams() -%}
    'charges', 'events', 'profiles', 'sessions', 'subscriptions'
{%- endmacro %}

{# Streams whose rows carry money. #}
{% macro money_streams() -%}
    'charges', 'refunds', 'disputes', 'balance_transactions', 'transactions'
{%- endmacro %}

{# Bytes that the database may hold: PIPELINE_STORAGE_LIMIT (bytes, or 10GB), else the smallest plan's (Heroku Dev Center, "Choosing the Right Heroku Postgres Plan"). #}
{% macro storage_limit() -%}
    pg_size_bytes('{{ env_var("PIPELINE_STORAGE_LIMIT", "") | replace("'", "") or "1GB" }}')
{%- endmacro %}
