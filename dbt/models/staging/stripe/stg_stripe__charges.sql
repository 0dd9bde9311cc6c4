select
    id as charge_id,
    created as created_at,
    {{ utc_day('created') }} as created_on,
    {{ trimmed('customer') }} as customer_id,
    payment_intent as payment_intent_id,
    balance_transaction as balance_transaction_id,
    lower(currency) as currency,
    status,
    coalesce(amount, 0) as amount,
    -- Accounts of very old charges tell only whether they were captured.
    coalesce(amount_captured, case when captured and status = 'succeeded' then amount end, 0) as amount_captured,
    coalesce(amount_refunded, 0) as amount_refunded,
    coalesce(livemode, true) as is_live,
    {{ email_address(json_text('billing_details', 'email')) }} as billing_email,
    {{ email_address('receipt_email') }} as receipt_email
from {{ source('raw_stripe', 'charges') }}
