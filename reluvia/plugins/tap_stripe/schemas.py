"""The columns of each Stripe stream, in the version of the API that the client pins.

Names are Stripe's own. Money is integer minor units, times are seconds since 1970 at Stripe and RFC 3339 here.
`object`, which repeats the stream's name, and `client_secret`, with which a payment could be completed, are left out;
everything else that is not declared here lies in `_extra`.
"""

from __future__ import annotations

from typing import Any

from singer_kit.columns import BAG, BOOLEAN, DELETED_AT, INTEGER, KEY_TEXT, NUMBER, TEXT, TIME, table

#: Fields that no table keeps, not even in `_extra`.
DROPPED = frozenset({"object", "client_secret"})


def _schema(*, text: str, integer: str = "", number: str = "", boolean: str = "", time: str, bag: str) -> dict[str, Any]:
    groups = ((text, TEXT), (integer, INTEGER), (number, NUMBER), (boolean, BOOLEAN), (time, TIME), (bag, BAG))
    columns = {name: kind for names, kind in groups for name in names.split()}
    return table("id", KEY_TEXT, {**columns, DELETED_AT: TIME})


SCHEMAS: dict[str, dict[str, Any]] = {
    "charges": _schema(
        text="currency status customer payment_intent payment_method balance_transaction application application_fee "
        "description failure_code failure_message failure_balance_transaction on_behalf_of receipt_email "
        "receipt_number receipt_url review source_transfer statement_descriptor statement_descriptor_suffix "
        "calculated_statement_descriptor transfer transfer_group",
        integer="amount amount_captured amount_refunded application_fee_amount",
        boolean="captured paid refunded disputed livemode",
        time="created",
        bag="billing_details metadata outcome payment_method_details shipping fraud_details radar_options "
        "transfer_data",
    ),
    "customers": _schema(
        text="email name phone description currency default_source invoice_prefix tax_exempt test_clock",
        integer="balance next_invoice_sequence",
        boolean="delinquent livemode",
        time="created",
        bag="address shipping metadata invoice_settings discount",
    ),
    "subscriptions": _schema(
        text="customer status currency collection_method description default_payment_method default_source "
        "latest_invoice pending_setup_intent schedule on_behalf_of application test_clock",
        integer="quantity days_until_due",
        number="application_fee_percent",
        boolean="cancel_at_period_end livemode",
        time="created start_date ended_at canceled_at cancel_at trial_start trial_end billing_cycle_anchor "
        "next_pending_invoice_item_invoice",
        bag="items plan metadata cancellation_details trial_settings payment_settings automatic_tax pause_collection "
        "billing_mode pending_update transfer_data",
    ),
    "invoices": _schema(
        text="number customer customer_email customer_name customer_phone status currency collection_method "
        "billing_reason description default_payment_method hosted_invoice_url invoice_pdf receipt_number "
        "account_country account_name",
        integer="amount_due amount_paid amount_remaining amount_overpaid amount_shipping subtotal "
        "subtotal_excluding_tax total total_excluding_tax starting_balance ending_balance attempt_count "
        "pre_payment_credit_notes_amount post_payment_credit_notes_amount",
        boolean="attempted auto_advance livemode",
        time="created due_date effective_at period_start period_end next_payment_attempt webhooks_delivered_at",
        bag="parent payments lines metadata status_transitions automatic_tax customer_address customer_shipping "
        "payment_settings issuer rendering",
    ),
    "refunds": _schema(
        text="charge payment_intent balance_transaction currency status reason failure_reason "
        "failure_balance_transaction receipt_number source_transfer_reversal transfer_reversal description "
        "instructions_email pending_reason",
        integer="amount",
        time="created",
        bag="metadata destination_details next_action presentment_details",
    ),
    "disputes": _schema(
        text="charge payment_intent currency status reason network_reason_code",
        integer="amount",
        boolean="is_charge_refundable livemode",
        time="created",
        bag="evidence evidence_details metadata payment_method_details",
    ),
    "payment_intents": _schema(
        text="customer currency status capture_method confirmation_method description latest_charge payment_method "
        "receipt_email cancellation_reason setup_future_usage statement_descriptor statement_descriptor_suffix "
        "transfer_group on_behalf_of review application source",
        integer="amount amount_capturable amount_received application_fee_amount",
        boolean="livemode",
        time="created canceled_at",
        bag="metadata amount_details automatic_payment_methods last_payment_error next_action payment_method_options "
        "processing shipping transfer_data",
    ),
    "balance_transactions": _schema(
        text="type source currency status description reporting_category balance_type",
        integer="amount fee net",
        number="exchange_rate",
        time="created available_on",
        bag="",
    ),
    "products": _schema(
        text="name description type unit_label url default_price statement_descriptor tax_code",
        boolean="active livemode shippable",
        time="created updated",
        bag="metadata package_dimensions",
    ),
    "prices": _schema(
        text="product currency type billing_scheme nickname lookup_key tax_behavior tiers_mode unit_amount_decimal",
        integer="unit_amount",
        boolean="active livemode",
        time="created",
        bag="recurring metadata custom_unit_amount transform_quantity",
    ),
}
