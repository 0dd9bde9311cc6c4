{# Days and months are UTC, whatever the session's time zone is. #}
{% macro utc_day(moment) -%}
    {{ return(adapter.dispatch('utc_day', 'reluvia')(moment)) }}
{%- endmacro %}

{# Spark's session runs in UTC. #}
{% macro default__utc_day(moment) -%}
    cast({{ moment }} as date)
{%- endmacro %}

{% macro postgres__utc_day(moment) -%}
    cast(({{ moment }} at time zone 'UTC') as date)
{%- endmacro %}

{# The first day of the month of a day. #}
{% macro month_of(day) -%}
    {{ return(adapter.dispatch('month_of', 'reluvia')(day)) }}
{%- endmacro %}

{% macro default__month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# A date would be cast to a moment of the session's time zone first; a timestamp has none. #}
{% macro postgres__month_of(day) -%}
    cast(date_trunc('month', cast({{ day }} as timestamp)) as date)
{%- endmacro %}

{# The moment at which a day begins in UTC. #}
{% macro start_of(day) -%}
    {{ return(adapter.dispatch('start_of', 'reluvia')(day)) }}
{%- endmacro %}

{% macro default__start_of(day) -%}
    cast({{ day }} as timestamp)
{%- endmacro %}

{% macro postgres__start_of(day) -%}
    (cast({{ day }} as timestamp) at time zone 'UTC')
{%- endmacro %}

{# `days` days after a day. #}
{% macro days_after(day, days) -%}
    {{ return(adapter.dispatch('days_after', 'reluvia')(day, days)) }}
{%- endmacro %}

{% macro default__days_after(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}

{% macro postgres__days_after(day, days) -%}
    ({{ day }} + {{ days }})
{%- endmacro %}

{# One row a month, its first day as `month`, from the month of one day to that of another. #}
{% macro months_from(first_day, last_day) -%}
    {{ return(adapter.dispatch('months_from', 'reluvia')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__months_from(first_day, last_day) -%}
    select explode(sequence({{ month_of(first_day) }}, {{ month_of(last_day) }}, interval 1 month)) as month
{%- endmacro %}

{% macro postgres__months_from(first_day, last_day) -%}
    select cast(s.month as date) as month
    from generate_series(
        cast({{ month_of(first_day) }} as timestamp), cast({{ month_of(last_day) }} as timestamp), interval '1 month'
    ) as s (month)
{%- endmacro %}

{# Whole seconds from one moment to another. #}
{% macro seconds_between(first_moment, last_moment) -%}
    {{ return(adapter.dispatch('seconds_between', 'reluvia')(first_moment, last_moment)) }}
{%- endmacro %}

{% macro default__seconds_between(first_moment, last_moment) -%}
    (unix_timestamp({{ last_moment }}) - unix_timestamp({{ first_moment }}))
{%- endmacro %}

{% macro postgres__seconds_between(first_moment, last_moment) -%}
    cast(extract(epoch from {{ last_moment }} - {{ first_moment }}) as bigint)
{%- endmacro %}

{# Whole days from one day to another. #}
{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between', 'reluvia')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    datediff({{ last_day }}, {{ first_day }})
{%- endmacro %}

{% macro postgres__days_between(first_day, last_day) -%}
    ({{ last_day }} - {{ first_day }})
{%- endmacro %}
