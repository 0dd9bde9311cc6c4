{# Without blanks around it; null when nothing is left. #}
{% macro trimmed(value) -%}
    {{ return(adapter.dispatch('trimmed', 'reluvia')(value)) }}
{%- endmacro %}

{% macro default__trimmed(value) -%}
    nullif(regexp_replace({{ value }}, '^\\s+|\\s+$', ''), '')
{%- endmacro %}

{# Every blank that Unicode knows; a regular expression takes ten times as long. #}
{% macro postgres__trimmed(value) -%}
    nullif(btrim({{ value }}, E' \t\n\r\f\u000b\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'), '')
{%- endmacro %}

{# The id without FunnelFox's optional prefix, without blanks; null when nothing is left. #}
{% macro bare_id(value) -%}
    nullif(case when {{ value }} like '%pro%' then regexp_replace({{ trimmed(value) }}, '^pro_', '') else {{ trimmed(value) }} end, '')
{%- endmacro %}

{# Lower case, without blanks; null when nothing is left. #}
{% macro email_address(value) -%}
    lower({{ trimmed(value) }})
{%- endmacro %}

{# What marts may show of an identifier: the md5 of one that is an e-mail address, since marts hold none. #}
{% macro shown_id(value) -%}
    case when {{ value }} like '%@%' then md5({{ value }}) else {{ value }} end
{%- endmacro %}

{# A field of a JSON object as text. #}
{% macro json_text(document, field) -%}
    {{ return(adapter.dispatch('json_text', 'reluvia')(document, field)) }}
{%- endmacro %}

{% macro default__json_text(document, field) -%}
    get_json_object({{ document }}, '$.{{ field }}')
{%- endmacro %}

{% macro postgres__json_text(document, field) -%}
    ({{ document }} ->> '{{ field }}')
{%- endmacro %}

{# Eight bytes that stand for a combination of texts. Nulls count; two of a million combinations are the same with a chance of 3 in 10^8. #}
{% macro combination_id(values) -%}
    {{ return(adapter.dispatch('combination_id', 'reluvia')(values)) }}
{%- endmacro %}

{% macro default__combination_id(values) -%}
    xxhash64({% for value in values %}coalesce(concat('=', {{ value }}), '-'){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# Each value once: Postgres works an expression out anew wherever it is named. #}
{% macro postgres__combination_id(values) -%}
    cast(cast('x' || left(md5(
        {% for value in values %}quote_nullable({{ value }}){{ ' || ' if not loop.last }}{% endfor %}
    ), 16) as bit(64)) as bigint)
{%- endmacro %}
