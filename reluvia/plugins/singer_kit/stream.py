"""A stream that is read window by window, and whose state moves only when a window is done."""

from __future__ import annotations

import abc
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel

from singer_kit.talk import Progress
from singer_kit.writer import PieceWriter, to_json

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context


class DayCount(TypedDict):
    """Distinct ids of one day as they came over the wire, before anything was loaded."""

    day: str
    """`2026-11-24`, in UTC"""
    count: int
    amount: int | None
    """minor units, in streams of money; else null"""
    currency: str
    """lower case; empty where nothing is money"""
    complete: bool
    """the day had ended and all of it was read"""


class WindowStream(Stream):
    """Emits records without the SDK's work for each: nothing is conformed, mapped or flushed on the way.

    Values go out as the source sent them; whether they fit a column is the loader's question. A subclass reads in
    `read_windows`, with `emit` for rows and `finish` for a window that is done.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._progress = Progress(self.name)
        self._prefix = b'{"type":"RECORD","stream":' + to_json(self.name) + b',"record":'

    @abc.abstractmethod
    def read_windows(self) -> None:
        """Reads what there is to read, window by window. Raises SourceError."""

    def emit(self, record: dict[str, Any]) -> None:
        """One row."""
        self.emit_lines(self._prefix + to_json(record) + b"}\n", 1)

    def emit_lines(self, lines: bytes, rows: int) -> None:
        """Whole RECORD messages, ready to go."""
        self._check_max_record_limit(self._progress.rows)
        self._writer.write_lines(lines)
        self._progress.add(rows)

    def finish(self, bookmark: dict[str, Any], counts: Iterable[DayCount] = ()) -> None:
        """A window is done: writes STATE with this bookmark, after its rows.

        The counts lie under `bookmarks.<stream>.counts` of this one message only: whoever loads writes them down with
        the rows, and the state that is kept does not grow.
        """
        state = self.stream_state
        state.update(bookmark)
        announced = list(counts)
        if announced:
            state["counts"] = announced
        self._tap.state_writer.write_state(self.tap_state)
        state.pop("counts", None)
        self.state_manager.is_flushed = False

    @property
    def _writer(self) -> PieceWriter:
        writer = self._tap.message_writer
        if not isinstance(writer, PieceWriter):
            raise TypeError("The tap must write with PieceWriter.")
        return writer

    def get_records(self, context: Context | None) -> Iterable[dict[str, Any]]:
        raise NotImplementedError("Rows go out window by window: read_windows.")

    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """None: the bookmark is this stream's own, and no half of one may be kept."""

    def _sync_records(self, context: Context | None = None, *, write_messages: bool = True) -> Iterable[dict[str, Any]]:
        self.stream_state.pop("counts", None)
        try:
            self.read_windows()
        finally:
            self._writer.flush()
            self._progress.tell()
        return ()
