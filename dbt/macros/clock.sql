{# The moment of this run, the same in every model of it. PIPELINE_NOW sets another one for rehearsals. #}
{% macro run_clock() -%}
    cast('{{ env_var("PIPELINE_NOW", "") | replace("'", "") or run_started_at.isoformat() }}' as {{ var('timestamp_type') }})
{%- endmacro %}

{# What a snapshot takes for its time. #}
{% macro postgres__snapshot_get_time() -%}
    {{ run_clock() }}
{%- endmacro %}
