{#
    The list price of one month, in whole minor units: price divided by the months of its interval
    (a day has 12/365.25 of a month, a week 84/365.25, a year 12 months). An interval that is none of these gives null.
#}
{% macro monthly_price(price, billing_interval, billing_interval_count) -%}
    cast(round(
        -- Multiplied first and divided once, so that halves stay halves.
        cast({{ price }} as numeric(38, 10))
        * case {{ billing_interval }} when 'day' then 36525 when 'week' then 36525 when 'month' then 1 when 'year' then 1 end
        / (
            {{ billing_interval_count }}
            * case {{ billing_interval }} when 'day' then 1200 when 'week' then 8400 when 'month' then 1 when 'year' then 12 end
        )
    ) as bigint)
{%- endmacro %}

{# How many decimals an amount in minor units has (Stripe's documentation, "Supported currencies": zero-decimal and three-decimal currencies). #}
{% macro currency_decimals(currency) -%}
    case
        when {{ currency }} in (
            'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'
        ) then 0
        when {{ currency }} in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 3
        else 2
    end
{%- endmacro %}

{# A dispute that takes money: not won, and no inquiry before one (`warning_*`), nor one that was prevented. #}
{% macro is_chargeback(status) -%}
    ({{ status }} not like 'warning%' and {{ status }} not in ('won', 'prevented'))
{%- endmacro %}
