"""tap-stripe itself: its settings, its streams, and what they share."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from singer_sdk import typing as th

from singer_kit.clock import HOUR, Clock, iso, parse_time, run_clock
from singer_kit.errors import NotPermitted, SourceError
from singer_kit.http import Http
from singer_kit.tap import WindowTap
from singer_kit.talk import notice
from tap_stripe.changes import Changes, collect
from tap_stripe.client import StripeClient, stripe_http
from tap_stripe.schemas import SCHEMAS
from tap_stripe.streams import StripeStream, is_silent

DEFAULT_URL = "https://api.stripe.com"


class TapStripe(WindowTap):
    """Reads a Stripe account."""

    name = "tap-stripe"
    _silence_told = False
    config_jsonschema = th.PropertiesList(
        th.Property("api_key", th.StringType, secret=True, description="A secret or restricted key with read access."),
        th.Property("base_url", th.StringType, default=DEFAULT_URL, description="Where paths like /v1/charges begin."),
        th.Property(
            "start_date", th.StringType, description="The first day (UTC) to read; default: the account's beginning."
        ),
    ).to_dict()

    def discover_streams(self) -> list[StripeStream]:
        return [StripeStream(self, name) for name in SCHEMAS]

    @cached_property
    def clock(self) -> Clock:
        try:
            return run_clock()
        except ValueError:
            raise SourceError("PIPELINE_NOW is no time in ISO 8601.") from None

    @cached_property
    def now(self) -> datetime:
        """The moment at which this run began; the next one asks for changes from here on."""
        return self.clock()

    @cached_property
    def http(self) -> Http:
        return stripe_http(self.setting("api_key"), self.setting("base_url") or DEFAULT_URL)

    @cached_property
    def client(self) -> StripeClient:
        return StripeClient(self.http)

    @cached_property
    def start_day(self) -> date | None:
        given = self.setting("start_date")
        try:
            return parse_time(given).date() if given else None
        except ValueError:
            raise SourceError("TAP_STRIPE_START_DATE is no date: it looks like 2025-01-31.") from None

    def tell_silence(self, since: datetime) -> None:
        """Says why everything is read again: once, although every stream finds it out."""
        if not self._silence_told:
            self._silence_told = True
            notice(
                f"The last run that read Stripe to its end began over 30 days ago ({iso(since)}), and Stripe keeps no "
                "events for longer: everything is read again."
            )

    def changes(self) -> Changes | None:
        """What changed since any stream was last read to its end, asked once; None when the key may not read events."""
        return self._changes

    @cached_property
    def _changes(self) -> Changes | None:
        bookmarks = self.state.get("bookmarks", {})
        starts = [parse_time(bookmarks[name]["changes_from"]) for name in bookmarks if "changes_from" in bookmarks[name]]
        # A stream that was silent for longer is read again anyway.
        since = min((start for start in starts if not is_silent(start, self.now)), default=self.now) - HOUR
        try:
            return collect(self.client.pages("/v1/events", [("created[gte]", str(int(since.timestamp())))]))
        except NotPermitted:
            notice(
                "Stripe's key may not read events (403), which say what changed: everything is read again at every "
                "run, which takes long. Give the restricted key read access to Events."
            )
            return None
