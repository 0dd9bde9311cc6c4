"""tap-amplitude: which hours are asked for, in which pieces, and what is counted."""

from __future__ import annotations

import errno
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_amplitude import SECRET, FakeAmplitude, archive
from loopback import Reply
from running import run
from singer_kit.errors import SourceError
from tap_amplitude.tap import TapAmplitude

NOW = "2026-11-03T05:30:00Z"


def hours_of(amplitude: FakeAmplitude) -> list[str]:
    """Every hour that was asked for, in order."""
    hours = []
    for start, end in amplitude.windows():
        at = datetime.strptime(start, "%Y%m%dT%H")
        while at <= datetime.strptime(end, "%Y%m%dT%H"):
            hours.append(at.strftime("%m-%dT%H"))
            at += timedelta(hours=1)
    return hours


def test_reads_from_the_start_date_to_the_last_complete_hour_without_gap_or_overlap(amplitude: FakeAmplitude) -> None:
    ran = run(TapAmplitude, amplitude.config(), NOW)
    hours = hours_of(amplitude)
    assert (hours[0], hours[-1]) == ("11-01T00", "11-03T02")
    assert len(hours) == len(set(hours)) == 51
    assert ran.state["bookmarks"]["events"]["exported_to"] == "2026-11-03T03:00:00Z"


@pytest.mark.parametrize(("now", "last"), [("2026-11-03T05:59:59Z", "11-03T02"), ("2026-11-03T06:00:00Z", "11-03T03")])
def test_takes_an_hour_for_complete_three_hours_after_it_began(amplitude: FakeAmplitude, now: str, last: str) -> None:
    run(TapAmplitude, amplitude.config(), now)
    assert hours_of(amplitude)[-1] == last


def test_reads_the_last_twenty_four_exported_hours_again(amplitude: FakeAmplitude) -> None:
    first = run(TapAmplitude, amplitude.config(), NOW)
    amplitude.requests.clear()
    amplitude.add(1, "2026-11-02 04:00:00")
    second = run(TapAmplitude, amplitude.config(), "2026-11-04T05:30:00Z", first.state)
    hours = hours_of(amplitude)
    assert (hours[0], hours[-1]) == ("11-02T03", "11-04T02")
    assert len(second.rows("events")) == 1


def test_asks_for_nothing_before_the_start_date_and_nothing_when_there_is_no_complete_hour(amplitude: FakeAmplitude) -> None:
    first = run(TapAmplitude, amplitude.config(), "2026-11-01T10:00:00Z")
    amplitude.requests.clear()
    run(TapAmplitude, amplitude.config(), "2026-11-01T11:00:00Z", first.state)
    assert hours_of(amplitude)[0] == "11-01T00"
    amplitude.requests.clear()
    assert run(TapAmplitude, amplitude.config(), "2026-11-01T02:00:00Z").error is None
    assert amplitude.requests == []


@pytest.mark.parametrize("status", [400, 504])
@pytest.mark.parametrize("most", [1, 5])
def test_halves_the_window_when_it_is_too_much(amplitude: FakeAmplitude, status: int, most: int) -> None:
    for hour in range(24):
        amplitude.add(hour, f"2026-11-01 {hour:02}:00:00")
    amplitude.most_hours = (most, status)
    ran = run(TapAmplitude, amplitude.config(), "2026-11-02T03:00:00Z")
    assert len(ran.table("events")) == 25 - 1
    assert len(ran.rows("events")) == 24
    assert ran.counts("events")["2026-11-01", ""] == (24, None, True)


def test_says_which_hour_is_too_much_when_a_single_one_is(amplitude: FakeAmplitude) -> None:
    amplitude.most_hours = (0, 504)
    ran = run(TapAmplitude, amplitude.config(), NOW)
    assert str(ran.error) == (
        "Amplitude answered 504 for the events of 2026-11-01T00:00:00Z to 2026-11-01T01:00:00Z. "
        "A single hour cannot be asked for in smaller parts."
    )


def test_takes_404_for_an_empty_window_and_makes_windows_of_quiet_months_larger(amplitude: FakeAmplitude) -> None:
    ran = run(TapAmplitude, amplitude.config(start_date="2020-01-01"), NOW)
    assert ran.error is None
    assert ran.rows("events") == []
    assert len(amplitude.requests) < 100
    assert ran.counts("events")["2024-02-29", ""] == (0, None, True)


def test_asks_again_for_a_200_that_is_no_zip_and_then_fails(amplitude: FakeAmplitude) -> None:
    amplitude.add(1, "2026-11-01 04:00:00")
    amplitude.faults += [("/api/2/export", Reply(200, b"<html>busy</html>"))] * 2
    ran = run(TapAmplitude, amplitude.config(), NOW)
    assert (len(ran.rows("events")), ran.slept) == (1, [5.0, 10.0])
    amplitude.faults += [("/api/2/export", Reply(200, b""))] * 4
    failed = run(TapAmplitude, amplitude.config(), NOW)
    assert isinstance(failed.error, SourceError)
    assert "no zip file. Asked 4 times for 2026-11-01T00:00:00Z to 2026-11-02T00:00:00Z" in str(failed.error)
    assert failed.states == []


def damaged(whole: bytes) -> bytes:
    """The same zip with one byte of a file turned."""
    middle = len(whole) // 4
    return whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]


@pytest.mark.parametrize("kind", ["cut", "damaged", "no JSON", "no uuid"])
def test_never_passes_over_an_export_that_is_broken_inside(amplitude: FakeAmplitude, kind: str) -> None:
    for number in range(200):
        amplitude.add(number, "2026-11-01 04:00:00", event_properties={"n": "x" * number})
    whole = archive(dict(amplitude.lines))
    hour = datetime(2026, 11, 1, 4, tzinfo=UTC)
    replies = {
        "cut": Reply(200, whole, cut=len(whole) // 2),
        "damaged": Reply(200, damaged(whole)),
        "no JSON": Reply(200, archive({hour: [b'{"uuid": "1"']})),
        "no uuid": Reply(200, archive({hour: [b'{"event_type": "x"}']})),
    }
    amplitude.faults.append(("/api/2/export", replies[kind]))
    ran = run(TapAmplitude, amplitude.config(), NOW)
    assert ran.error is None
    assert len(ran.table("events")) == 200
    assert ran.slept == [5.0]
    assert ran.counts("events")["2026-11-01", ""] == (200, None, True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_waits_when_amplitude_is_busy(amplitude: FakeAmplitude, status: int) -> None:
    amplitude.faults.append(("/api/2/export", Reply(status, headers={"Retry-After": "3"})))
    ran = run(TapAmplitude, amplitude.config(), NOW)
    assert (ran.error, ran.slept) == (None, [3.0])


def test_fails_with_wrong_keys_and_names_region_and_variables(amplitude: FakeAmplitude) -> None:
    error = str(run(TapAmplitude, amplitude.config(secret_key="nonsense"), NOW).error)
    assert "does not accept the keys (401)" in error
    assert "TAP_AMPLITUDE_REGION" in error
    assert "nonsense" not in error
    assert SECRET not in error


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("api_key", "", "TAP_AMPLITUDE_API_KEY is not set"),
        ("secret_key", " ", "TAP_AMPLITUDE_SECRET_KEY is not set"),
        ("region", "mars", 'TAP_AMPLITUDE_REGION "mars" is not known'),
        ("start_date", "", "PIPELINE_START_DATE"),
        ("start_date", "yesterday", "PIPELINE_START_DATE is no date"),
    ],
)
def test_names_the_setting_that_is_wrong(amplitude: FakeAmplitude, setting: str, value: str, words: str) -> None:
    assert words in str(run(TapAmplitude, amplitude.config(**{setting: value}), NOW).error)


def test_chooses_the_host_by_region() -> None:
    hosts = {region: TapAmplitude(config={"api_key": "k", "secret_key": "s", "region": region}).http.base_url for region in ("us", "eu", "")}
    assert hosts == {"us": "https://amplitude.com", "eu": "https://analytics.eu.amplitude.com", "": "https://amplitude.com"}


def test_counts_a_day_whole_although_it_was_read_in_two_runs(amplitude: FakeAmplitude) -> None:
    for hour in range(24):
        amplitude.add(hour, f"2026-11-02 {hour:02}:30:00")
    first = run(TapAmplitude, amplitude.config(), "2026-11-02T15:00:00Z")
    assert first.counts("events")["2026-11-02", ""] == (13, None, False)
    second = run(TapAmplitude, amplitude.config(), "2026-11-03T15:00:00Z", first.state)
    assert second.counts("events")["2026-11-02", ""] == (24, None, True)
    # The next run reads this day only from noon on, and still knows all of it.
    amplitude.add(99, "2026-11-02 20:00:00")
    third = run(TapAmplitude, amplitude.config(), "2026-11-03T16:00:00Z", second.state)
    assert third.counts("events")["2026-11-02", ""] == (25, None, True)


def test_counts_distinct_events_and_keeps_little_in_the_state(amplitude: FakeAmplitude) -> None:
    for number in (1, 2, 2, 2, 3):
        amplitude.add(number, "2026-11-01 04:00:00")
    ran = run(TapAmplitude, amplitude.config(), "2026-11-20T05:30:00Z")
    assert ran.counts("events")["2026-11-01", ""] == (3, None, True)
    bookmark = ran.state["bookmarks"]["events"]
    assert "counts" not in bookmark
    assert len(str(bookmark)) < 2_000


def test_says_so_when_the_temporary_disk_is_full_and_tries_smaller_windows_first(
    amplitude: FakeAmplitude, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(24):
        amplitude.add(hour, f"2026-11-01 {hour:02}:00:00", event_properties={"x": "y" * 50})
    room = {"bytes": 3_000}
    real = tempfile.TemporaryFile

    class Small:
        def __init__(self, file: Any) -> None:
            self._file = file
            self._size = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def __enter__(self) -> Small:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def write(self, piece: bytes) -> int:
            self._size += len(piece)
            if self._size > room["bytes"]:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self._file.write(piece)

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **kwargs: Small(real(**kwargs)))
    assert len(run(TapAmplitude, amplitude.config(), NOW).table("events")) == 24
    room["bytes"] = 10
    assert "The temporary disk is full" in str(run(TapAmplitude, amplitude.config(), NOW).error)
