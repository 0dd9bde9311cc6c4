"""Which objects changed, by Stripe's events: distinct ids for each stream, to be fetched again.

Events are kept for 30 days and show an object in the version of the API at that time (Stripe API reference, Events), so
only the id is taken from them, and the object's last look where it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: `object` of what an event is about, and the stream that it belongs to. Balance transactions have no events.
STREAM_OF = {
    "charge": "charges",
    "customer": "customers",
    "dispute": "disputes",
    "invoice": "invoices",
    "payment_intent": "payment_intents",
    "price": "prices",
    "product": "products",
    "refund": "refunds",
    "subscription": "subscriptions",
}


@dataclass(slots=True)
class Change:
    """The last event about one object, or about one that touches it."""

    at: int
    """second of the event"""
    created: int | None
    """second in which the object was made, where the event shows it"""
    gone: dict[str, Any] | None
    """the object as it was when it was deleted"""


Changes = dict[str, dict[str, Change]]


def collect(pages: Iterable[list[dict[str, Any]]]) -> Changes:
    """Changed objects by stream and id. Pages come newest first, as Stripe lists them."""
    changes: Changes = {stream: {} for stream in STREAM_OF.values()}
    for page in pages:
        for event in page:
            _take(changes, event)
    return changes


def _take(changes: Changes, event: dict[str, Any]) -> None:
    data = event.get("data")
    obj = data.get("object") if isinstance(data, dict) else None
    if not isinstance(obj, dict):
        return
    kind = obj.get("object")
    stream = STREAM_OF.get(kind) if isinstance(kind, str) else None
    key, at = obj.get("id"), _second(event.get("created"))
    if stream is not None and isinstance(key, str) and key:
        is_deletion = str(event.get("type", "")).endswith(".deleted")
        change = Change(at, _second(obj.get("created")) or None, obj if is_deletion else None)
        known = changes[stream].get(key)
        # Deletion is the last thing that happens, whatever second the events name.
        if known is None or (known.gone is None and (change.gone is not None or known.created is None)):
            changes[stream][key] = change
    # A refund or dispute changes its charge, for which there may be no event of its own.
    charge = obj.get("charge") if kind in {"refund", "dispute"} else None
    if isinstance(charge, str) and charge:
        changes["charges"].setdefault(charge, Change(at, None, None))


def _second(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
