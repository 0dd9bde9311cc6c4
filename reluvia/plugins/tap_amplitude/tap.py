"""tap-amplitude itself: its settings and its one stream."""

from __future__ import annotations

import time
from datetime import datetime
from functools import cached_property

from singer_sdk import typing as th

from singer_kit.clock import floor_hour, parse_time, run_clock
from singer_kit.errors import SourceError
from singer_kit.http import Http, Sleep
from singer_kit.tap import WindowTap
from tap_amplitude.client import HOSTS, amplitude_http
from tap_amplitude.streams import EventStream


class TapAmplitude(WindowTap):
    """Reads the events of an Amplitude project."""

    name = "tap-amplitude"
    config_jsonschema = th.PropertiesList(
        th.Property("api_key", th.StringType, secret=True, description="The project's API key."),
        th.Property("secret_key", th.StringType, secret=True, description="The project's secret key."),
        th.Property("region", th.StringType, default="us", description="us or eu, where the project's data lies."),
        th.Property("base_url", th.StringType, description="Where /api/2/export begins; default: by region."),
        th.Property("start_date", th.StringType, description="The first day (UTC) of uploads to read."),
    ).to_dict()

    #: Between tries for a window that came broken.
    sleep: Sleep = staticmethod(time.sleep)

    def discover_streams(self) -> list[EventStream]:
        return [EventStream(self)]

    @cached_property
    def now(self) -> datetime:
        try:
            return run_clock()()
        except ValueError:
            raise SourceError("PIPELINE_NOW is no time in ISO 8601.") from None

    @cached_property
    def start(self) -> datetime:
        given = self.setting("start_date")
        if not given:
            raise SourceError("The first day of Amplitude's history is not set: PIPELINE_START_DATE.")
        try:
            return floor_hour(parse_time(given))
        except ValueError:
            raise SourceError("PIPELINE_START_DATE is no date: it looks like 2026-01-31.") from None

    @cached_property
    def http(self) -> Http:
        region = self.setting("region").lower() or "us"
        if region not in HOSTS:
            raise SourceError(f'TAP_AMPLITUDE_REGION "{region}" is not known: it is us or eu.')
        base_url = self.setting("base_url") or HOSTS[region]
        return amplitude_http(self.setting("api_key"), self.setting("secret_key"), base_url)
