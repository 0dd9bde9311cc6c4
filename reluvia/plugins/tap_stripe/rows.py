"""A Stripe object into a row: times as text, what nobody declared in `_extra`, deletion as a mark."""

from __future__ import annotations

from typing import Any

from singer_kit.clock import epoch_iso
from singer_kit.columns import DELETED_AT, EXTRA
from tap_stripe.schemas import DROPPED, SCHEMAS

#: What says who somebody is. Emptied once Stripe has deleted the customer.
PERSONAL = frozenset(
    {
        "address",
        "description",
        "email",
        "invoice_settings",
        "metadata",
        "name",
        "phone",
        "shipping",
        EXTRA,
    }
)

_DECLARED = {name: frozenset(schema["properties"]) for name, schema in SCHEMAS.items()}
_TIMES = {
    name: frozenset(column for column, kind in schema["properties"].items() if kind.get("format") == "date-time")
    for name, schema in SCHEMAS.items()
}


def row_of(stream: str, obj: dict[str, Any]) -> dict[str, Any]:
    """The row of an object that is there. A value of an unexpected type goes along as it is."""
    declared, times = _DECLARED[stream], _TIMES[stream]
    row: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in obj.items():
        if name in DROPPED:
            continue
        if name not in declared or name in {EXTRA, DELETED_AT}:
            if value is not None:
                extra[name] = value
        elif name in times:
            row[name] = _time(value)
        else:
            row[name] = value
    row[EXTRA] = extra or None
    row[DELETED_AT] = None
    return row


def deleted_row(stream: str, key: str, last: dict[str, Any] | None, at: int) -> dict[str, Any]:
    """The mark of an object that Stripe no longer has: the loader writes only the columns that it names.

    `last` is the object as it was, where no row holds it yet; `at` is the second of the last event about it. A customer
    loses what says who that was.
    """
    row = row_of(stream, last) if last else {}
    if stream == "customers":
        row |= dict.fromkeys(PERSONAL)
    return {**row, "id": key, DELETED_AT: epoch_iso(at)}


def _time(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    try:
        return epoch_iso(value)
    except (ValueError, OverflowError, OSError):
        return value
