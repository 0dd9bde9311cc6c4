{# Three lower-case letters. #}
{% test is_currency(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} is null or length({{ column_name }}) <> 3 or {{ column_name }} <> lower({{ column_name }})
{% endtest %}
