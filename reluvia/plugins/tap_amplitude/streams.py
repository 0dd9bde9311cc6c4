"""The stream of events: windows of hours, small enough for Amplitude and the disk, up to the last complete hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING

from singer_kit.clock import HOUR, floor_hour, iso, parse_time
from singer_kit.errors import BadBody, SourceError, TooLarge
from singer_kit.stream import WindowStream
from tap_amplitude.archive import files
from tap_amplitude.client import export
from tap_amplitude.events import message
from tap_amplitude.schema import SCHEMA
from tap_amplitude.tally import HourTally, KnownHours

if TYPE_CHECKING:
    from tap_amplitude.tap import TapAmplitude

#: An hour is complete about two hours after it has ended (Amplitude, Export API): the last one that is safe began
#: three hours ago or earlier.
SAFE = timedelta(hours=3)
#: Read again at every run, for what arrives late.
AGAIN = timedelta(hours=24)
FIRST_SPAN, LONGEST_SPAN = 24, 24 * 30
#: Windows grow while their zip is smaller than this: quiet months take few requests.
SMALL = 4 << 20
#: How often the same window is asked for when what comes is no export.
TRIES = 4


class EventStream(WindowStream):
    """Events. Bookmark: `exported_to`, the hour up to which, without it, all is read; `known`, counts of late hours."""

    name = "events"
    primary_keys = ("uuid",)
    replication_key = "server_upload_time"
    schema = SCHEMA
    _tap: TapAmplitude

    def read_windows(self) -> None:
        first = self._tap.start
        state = self.stream_state
        end = floor_hour(self._tap.now - SAFE) + HOUR
        at = first
        if state.get("exported_to"):
            at = max(first, parse_time(state["exported_to"]) - AGAIN)
        known = KnownHours(state.get("known"), at)
        span = FIRST_SPAN
        while at < end:
            # Whole days where it can be: a day is counted once all of it is read.
            until = min(at + timedelta(hours=span), end)
            if span >= 24 and until < end:
                until = until.replace(hour=0)
            try:
                size, tally = self._read_window(at, until)
            except TooLarge:
                span = int((until - at) / HOUR) // 2
                continue
            counts = known.take(at, until, tally.hours())
            self.finish({"exported_to": iso(until), "known": known.to_state(until, AGAIN)}, counts)
            at = until
            span = min(LONGEST_SPAN, span * 2) if span < FIRST_SPAN or size < SMALL else span

    def _read_window(self, start: datetime, end: datetime) -> tuple[int, HourTally]:
        """Size of the zip in bytes and what it held. Rows that a broken try left behind are loaded again by the next."""
        for attempt in range(1, TRIES + 1):
            try:
                with export(self._tap.http, start, end) as archive:
                    return (0, HourTally()) if archive is None else (_size(archive), self._read_archive(archive))
            except TooLarge as error:
                if end - start > HOUR:
                    raise
                if attempt == TRIES:
                    raise SourceError(f"{error} A single hour cannot be asked for in smaller parts.") from None
                self._tap.sleep(float(5 * 2 ** (attempt - 1)))
            except BadBody as error:
                if attempt == TRIES:
                    raise SourceError(
                        f"{error} Asked {TRIES} times for {iso(start)} to {iso(end)}, nothing better came."
                    ) from None
                self._tap.sleep(float(5 * 2 ** (attempt - 1)))
        raise AssertionError("unreachable")

    def _read_archive(self, archive: IO[bytes]) -> HourTally:
        tally = HourTally()
        see = tally.see
        before = ""
        for hour, pieces in files(archive):
            if hour != before:
                tally.close_hour()
                before = hour
            for lines in pieces:
                messages = [message(line, see) for line in lines if line and not line.isspace()]
                if messages:
                    self.emit_lines(b"".join(messages), len(messages))
        tally.close_hour()
        return tally


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size
