"""What taps counted on the wire, by day, out of STATE messages into pipeline.stream_counts."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg

from reluvia_target_postgres.errors import LoadError


class DayCount(msgspec.Struct, frozen=True):
    """One entry of `bookmarks.<stream>.counts`: a day's total as this run knows it; the last one counts."""

    day: str
    count: int
    amount: int | float | None = None
    currency: str | None = None
    complete: bool = False


class _Bookmark(msgspec.Struct):
    counts: list[DayCount] = []


class _State(msgspec.Struct):
    bookmarks: dict[str, _Bookmark] = {}


_decode = msgspec.json.Decoder(_State).decode
_decode_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_bookmarks = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]]).decode

# The table as the pipeline makes it; an extractor that is run alone may come first.
_TABLE = """
    create table if not exists pipeline.stream_counts (
        run_id text not null,
        source text not null,
        stream text not null,
        day date not null,
        source_count bigint not null,
        source_amount numeric,
        currency text not null default '',
        complete boolean not null default false,
        recorded_at timestamptz not null default now(),
        primary key (source, stream, day, currency, run_id)
    )
"""
_INSERT = """
    insert into pipeline.stream_counts (run_id, source, stream, day, source_count, source_amount, currency, complete)
    values (%s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (source, stream, day, currency, run_id) do update set
        source_count = excluded.source_count, source_amount = excluded.source_amount,
        complete = excluded.complete, recorded_at = now()
"""


@dataclass(frozen=True)
class _Place:
    stream: str
    day: str
    currency: str


class Counts:
    """Counts announced and not yet written. Those that have not changed since they were written are not written again."""

    def __init__(self, schema: str) -> None:
        self._source = schema.removeprefix("raw_")
        self._run_id = os.environ.get("PIPELINE_RUN_ID") or f"alone-{uuid.uuid4()}"
        self._pending: dict[_Place, DayCount] = {}
        self._written: dict[_Place, DayCount] = {}
        self._table_seen = False

    def take(self, state: bytes) -> bytes:
        """Takes the counts out of a state and returns the rest: they say nothing about where to go on.

        Raises LoadError for another shape than a list of days.
        """
        if b'"counts"' not in state:
            return state
        try:
            found = _decode(state).bookmarks
            if not any(bookmark.counts for bookmark in found.values()):
                return state
            rest = _decode_raw(state)
            bookmarks = _decode_bookmarks(rest["bookmarks"])
        except msgspec.ValidationError as error:
            raise LoadError(f"The tap's counts have another shape: {error}") from None
        for stream, bookmark in found.items():
            bookmarks[stream].pop("counts", None)
            for count in bookmark.counts:
                place = _Place(stream, count.day, count.currency or "")
                if self._written.get(place) != count:
                    self._pending[place] = count
        return msgspec.json.encode({**rest, "bookmarks": bookmarks})

    @property
    def pending(self) -> bool:
        """Whether there is something to write."""
        return bool(self._pending)

    def write(self, cursor: psycopg.Cursor) -> None:
        """Writes what is pending, in the caller's transaction."""
        if not self._pending:
            return
        if not self._table_seen:
            self._make_table(cursor)
        cursor.executemany(_INSERT, [self._row(place, count) for place, count in self._pending.items()])

    def written(self) -> None:
        """To be called once that transaction is committed."""
        if self._pending:
            self._table_seen = True
            self._written.update(self._pending)
            self._pending.clear()

    def _row(self, place: _Place, count: DayCount) -> tuple[Any, ...]:
        return (
            self._run_id,
            self._source,
            place.stream,
            place.day,
            count.count,
            count.amount,
            place.currency,
            count.complete,
        )

    @staticmethod
    def _make_table(cursor: psycopg.Cursor) -> None:
        if cursor.execute("select to_regclass('pipeline.stream_counts') is null").fetchone() == (True,):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('target-postgres pipeline', 0))")
            if cursor.execute("select to_regnamespace('pipeline') is null").fetchone() == (True,):
                cursor.execute("create schema pipeline")
            cursor.execute(_TABLE)
