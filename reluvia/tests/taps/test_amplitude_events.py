"""tap-amplitude: what becomes of an event."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest
from fake_amplitude import FakeAmplitude, archive
from running import run
from singer_kit.clock import parse_time
from singer_kit.errors import BadBody
from tap_amplitude.archive import files
from tap_amplitude.events import message
from tap_amplitude.schema import RENAMED, SCHEMA
from tap_amplitude.tap import TapAmplitude

NOW = "2026-11-03T05:30:00Z"


def record_of(line: bytes) -> bytes:
    out = message(line, lambda uuid, hour: None)
    assert out.endswith(b"\n")
    assert out.count(b"\n") == 1
    return out


def parsed(line: bytes) -> dict[str, object]:
    whole = json.loads(record_of(line))
    assert (whole["type"], whole["stream"]) == ("RECORD", "events")
    return whole["record"]


def test_gives_every_documented_field_its_column_and_time_a_zone(amplitude: FakeAmplitude) -> None:
    amplitude.add(1, "2026-11-01 10:00:00", paying=True, session_id=1_700_000_000_000, groups={"team": ["a"]})
    (row,) = run(TapAmplitude, amplitude.config(), NOW).rows("events")
    assert row == {
        "uuid": "00000000-0000-4000-8000-000000000001",
        "event_type": "opened",
        "event_time": "2026-11-01T10:00:00.123456Z",
        "server_upload_time": "2026-11-01T10:00:00.500000Z",
        "insert_id": "insert-1",
        "paying": True,
        "session_id": 1_700_000_000_000,
        "groups": {"team": ["a"]},
    }
    assert row.keys() <= SCHEMA["properties"].keys()


def test_drops_nothing_that_is_undeclared_null_and_odd_names_included() -> None:
    line = rb'{"uuid":"u","new":null,"na\"me\u00e9":{"a":[1,2.50]},"insert_id":"mine","_extra":5,"$insert_id":"theirs"}'
    record = parsed(line)
    assert record["insert_id"] == "theirs"
    assert record["_extra"] == {"new": None, 'na"me\u00e9': {"a": [1, 2.5]}, "insert_id": "mine", "_extra": 5}


def test_leaves_every_value_as_it_was_written() -> None:
    number = b"123456789012345678901234567890.12345678901234567890"
    line = b'{"uuid":"u","event_properties":{"n":%s,"e":1E400,"f":1.0,"nul":"a\\u0000b"}}' % number
    out = record_of(line)
    assert b'"n":%s,"e":1E400,"f":1.0,"nul":"a\\u0000b"' % number in out


@pytest.mark.parametrize("place", ["value", "key", "deep", "undeclared", "name"])
def test_takes_half_a_surrogate_pair_through_wherever_it_is(place: str) -> None:
    pieces = {
        "value": rb'"user_id":"a\ud83dz"',
        "key": rb'"user_properties":{"k\udc00":1}',
        "deep": rb'"event_properties":{"a":[{"b":"\uD800\\ud800"}]}',
        "undeclared": rb'"new":"\ud83d"',
        "name": rb'"new\ud83d":"whole \ud83d\ude00"',
    }
    line = b'{"uuid":"u",' + pieces[place] + b"}"
    expected = json.loads(line)
    record = parsed(line)
    extra = record.get("_extra") or {}
    assert {**record, **extra} == expected | ({"_extra": extra} if extra else {})


def test_leaves_a_time_alone_that_is_written_in_another_way() -> None:
    record = parsed(b'{"uuid":"u","event_time":"2026-11-01T10:00:00Z","processed_time":5,"client_event_time":"2026-11-01 10:00:00"}')
    assert record["event_time"] == "2026-11-01T10:00:00Z"
    assert record["processed_time"] == 5
    assert record["client_event_time"] == "2026-11-01T10:00:00Z"


@pytest.mark.parametrize("line", [b"", b"[]", b'{"uuid":1}', b'{"uuid":null}', b'{"uuid":""}', b"{}", b'{"uuid":"u"', b"\xff"])
def test_takes_no_line_for_an_event_that_is_none(line: bytes) -> None:
    with pytest.raises(BadBody):
        message(line, lambda uuid, hour: None)


def test_tells_uuid_and_hour_of_every_event() -> None:
    seen: list[tuple[bytes, bytes]] = []
    message(b'{"uuid":"u","server_upload_time":"2026-11-01 10:11:12.5"}', lambda *what: seen.append(what))
    assert seen == [(b'"u"', b"2026-11-01 10")]


def test_names_in_the_export_that_no_column_can_have_are_columns_under_their_own() -> None:
    assert set(RENAMED.values()) <= set(SCHEMA["properties"])


def test_memory_does_not_grow_with_the_export() -> None:
    hour = parse_time("2026-11-01T10:00:00Z")
    line = json.dumps({"uuid": "u", "event_properties": {"text": "x" * 1_000}}).encode()

    def peak(events: int) -> int:
        whole = io.BytesIO(archive({hour: [line] * events}))
        tracemalloc.start()
        for _, pieces in files(whole):
            for lines in pieces:
                b"".join([message(one, lambda uuid, upload: None) for one in lines])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(60_000) < 1.1 * peak(15_000)
