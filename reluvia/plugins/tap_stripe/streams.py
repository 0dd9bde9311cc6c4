"""Streams of Stripe: what was made since, by days of `created`; and what changed since, by events."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from singer_kit.clock import DAY, HOUR, iso, parse_time, start_of
from singer_kit.errors import NotFound, NotPermitted, SourceError
from singer_kit.stream import WindowStream
from singer_kit.talk import notice
from tap_stripe.changes import Change
from tap_stripe.client import Params
from tap_stripe.rows import deleted_row, row_of
from tap_stripe.schemas import SCHEMAS
from tap_stripe.tally import Tally, is_whole

if TYPE_CHECKING:
    from tap_stripe.tap import TapStripe

#: Stripe's own beginning: no account is older.
FIRST_DAY = date(2011, 1, 1)
#: How far back events reach (Stripe API reference, Events).
EVENTS_KEPT = timedelta(days=30)
#: Read again every time: balance transactions become available days after they were made, and have no events.
BALANCE_DAYS = 14
#: A window is meant to hold about so many objects: what a killed run reads again.
ROWS_A_WINDOW = 5_000
SHORTEST, FIRST_SPAN, LONGEST = 1, 7, 366
#: Objects fetched again at the same time; the pace of all requests is the connection's.
AT_ONCE = 4

LABELS = {
    "balance_transactions": "Balance transactions",
    "charges": "Charges",
    "customers": "Customers",
    "disputes": "Disputes",
    "invoices": "Invoices",
    "payment_intents": "PaymentIntents",
    "prices": "Prices",
    "products": "Products",
    "refunds": "Refunds",
    "subscriptions": "Subscriptions",
}

_PARAMS: dict[str, Params] = {"subscriptions": [("status", "all")]}
_EXPANDED = {"invoices": "payments"}


class StripeStream(WindowStream):
    """One kind of object.

    Bookmark: `read_to`, the first day that is not yet whole, and `changes_from`, the moment from which on changes are
    still to be asked for.
    """

    primary_keys = ("id",)
    replication_key = "created"
    _tap: TapStripe

    def __init__(self, tap: TapStripe, name: str) -> None:
        super().__init__(tap=tap, schema=SCHEMAS[name], name=name)
        self._path = f"/v1/{name}"
        self._expanded = _EXPANDED.get(name)

    def read_windows(self) -> None:
        try:
            self._read(self._tap.now)
        except NotPermitted:
            if self.name == "charges":
                raise SourceError(
                    "Stripe's key may not read charges (403). Give the restricted key read access to Charges, or use "
                    "another one as TAP_STRIPE_API_KEY."
                ) from None
            notice(
                f"Stripe's key may not read {self.name} (403): they were skipped. Give the restricted key read access "
                f"to {LABELS[self.name]}.",
                self.name,
            )

    def _read(self, now: datetime) -> None:
        state = self.stream_state
        read_to = parse_time(state["read_to"]).date() if state.get("read_to") else None
        changes_from = parse_time(state["changes_from"]) if state.get("changes_from") else None
        if read_to and changes_from:
            if is_silent(changes_from, now):
                self._tap.tell_silence(changes_from)
                read_to = changes_from = None
            elif self.name == "balance_transactions":
                read_to, changes_from = read_to - timedelta(days=BALANCE_DAYS), now
            elif (changes := self._tap.changes()) is None:
                # What was begun is brought to its end first, or a long load would never reach it.
                if read_to >= changes_from.date() - DAY:
                    read_to = changes_from = None
            else:
                self._read_changes(changes[self.name], read_to)
                self.finish({"changes_from": iso(now)})
                changes_from = now
        self._read_days(read_to or self._first_day(now), now, changes_from or now)

    def _read_days(self, day: date, now: datetime, changes_from: datetime) -> None:
        """Everything made since a day, in windows of whole days, oldest window first."""
        span = FIRST_SPAN
        while day <= now.date():
            end = min(day + timedelta(days=span), now.date() + DAY)
            tally = self._read_window(start_of(day), min(start_of(end), now + timedelta(seconds=1)))
            whole = end
            while whole > day and not is_whole(whole - DAY, now):
                whole -= DAY
            bookmark = {"read_to": whole.isoformat(), "changes_from": iso(changes_from)}
            self.finish(bookmark, tally.counts(day, end, now))
            day = end
            span = min(LONGEST, 4 * span, max(SHORTEST, span * ROWS_A_WINDOW // max(1, len(tally))))

    def _read_window(self, start: datetime, end: datetime) -> Tally:
        tally = Tally(self.name)
        created = [("created[gte]", _seconds(start)), ("created[lt]", _seconds(end))]
        for page in self._pages(created):
            for obj in page:
                if not isinstance(obj.get("id"), str) or not isinstance(obj.get("created"), int):
                    raise SourceError(f"Stripe sent one of its {self.name} without id or time at {self._path}.")
                if tally.is_new(obj):
                    self.emit(row_of(self.name, obj))
        return tally

    def _pages(self, params: Params) -> Iterator[list[dict[str, Any]]]:
        params = [*_PARAMS.get(self.name, []), *params]
        if self._expanded:
            try:
                yield from self._tap.client.pages(self._path, [*params, ("expand[]", f"data.{self._expanded}")])
                return
            except NotPermitted:
                self._without_expanded()
        yield from self._tap.client.pages(self._path, params)

    def _first_day(self, now: datetime) -> date:
        """The day of the oldest object, or somewhat before: found by halving, in about eight requests."""
        low = self._tap.start_day or FIRST_DAY
        high = now.date() + DAY
        while (high - low).days > 31:
            middle = low + (high - low) // 2
            if self._tap.client.any_before(self._path, _PARAMS.get(self.name, []), int(start_of(middle).timestamp())):
                high = middle
            else:
                low = middle
        return low

    def _read_changes(self, changes: dict[str, Change], read_to: date) -> None:
        """Fetches changed objects again. One that this run's windows will show anyway is left to them."""
        border = int(start_of(read_to).timestamp())
        wanted = (
            (key, change)
            for key, change in changes.items()
            if change.created is None or change.created < border or change.gone is not None
        )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while group := list(islice(wanted, 50 * AT_ONCE)):
                for row in pool.map(lambda item: self._again(*item, border), group):
                    self.emit(row)

    def _again(self, key: str, change: Change, border: int) -> dict[str, Any]:
        try:
            obj = self._one(f"{self._path}/{key}")
        except NotFound:
            obj = {"deleted": True}
        if obj.get("deleted") is not True:
            return row_of(self.name, obj)
        # Made and deleted since the last run: no row of it exists, so the event's look at it becomes one.
        is_unknown = change.created is not None and change.created >= border
        return deleted_row(self.name, key, change.gone if is_unknown else None, change.at)

    def _one(self, path: str) -> dict[str, Any]:
        if self._expanded:
            try:
                return self._tap.client.one(path, [("expand[]", self._expanded)])
            except NotPermitted:
                self._without_expanded()
        return self._tap.client.one(path, [])

    def _without_expanded(self) -> None:
        """Asks for the rest alone from now on. When that is refused as well, the whole stream may not be read."""
        if self._expanded:
            notice(
                f"Stripe's key may not read the {self._expanded} of {self.name} (403): these stay empty.",
                self.name,
            )
        self._expanded = None


def is_silent(changes_from: datetime, now: datetime) -> bool:
    """Whether Stripe may have forgotten what changed since then."""
    return now - changes_from > EVENTS_KEPT - HOUR


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
