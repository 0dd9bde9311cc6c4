{# How long a statement of the build waits for a reader's lock, and with it every later reader: then it fails, and the model is tried again by `dbt retry`. #}
{% macro give_up_on_locks() -%}
    set lock_timeout = '{{ env_var("DBT_LOCK_TIMEOUT", "10s") | replace("'", "") }}'
{%- endmacro %}
