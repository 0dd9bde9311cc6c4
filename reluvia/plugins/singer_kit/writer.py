"""Writes Singer messages in large pieces: the SDK's own writer flushes after every record."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import simplejson
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.encoding.simple import Message, RecordMessage

_encoder = msgspec.json.Encoder(decimal_format="number")
_PIECE = 1 << 17


def to_json(value: Any) -> bytes:
    """One line's worth of JSON. Half a surrogate pair, which no UTF-8 can hold, stays the escape that it came as."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return simplejson.dumps(value, use_decimal=True, separators=(",", ":")).encode("ascii")


class PieceWriter(GenericSingerWriter[bytes, Message]):
    """Records wait until there are 128 KiB of them; any other message takes them along and goes out at once."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []
        self._size = 0

    def serialize_message(self, message: Message) -> bytes:
        return to_json(message.to_dict()) + b"\n"

    def write_message(self, message: Message) -> None:
        self.write_lines(self.format_message(message))
        if not isinstance(message, RecordMessage):
            self.flush()

    def write_lines(self, lines: bytes) -> None:
        """Whole lines of messages, ready to go."""
        self._waiting.append(lines)
        self._size += len(lines)
        if self._size >= _PIECE:
            self.flush()

    def flush(self) -> None:
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        if waiting:
            sys.stdout.buffer.write(waiting)
        sys.stdout.flush()
