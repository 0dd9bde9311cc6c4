"""An event of the export into a RECORD message, as bytes: values are not decoded, so each stays as Amplitude wrote it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import msgspec

from singer_kit.columns import EXTRA
from singer_kit.errors import BadBody
from singer_kit.writer import to_json
from tap_amplitude.schema import RENAMED, SCHEMA, TIME_COLUMNS

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

_COLUMN_OF = {name: name for name in SCHEMA["properties"] if name not in RENAMED.values() and name != EXTRA} | RENAMED
#: A field's name in the export: what goes before its value in the message, and whether it is a time.
_FIELDS = {name: (b',"%s":' % column.encode(), column in TIME_COLUMNS) for name, column in _COLUMN_OF.items()}

_HEAD = b'{"type":"RECORD","stream":"events","record":{"uuid":'
_TAIL = b"}}\n"
_EXTRA_HEAD = b',"%s":{' % EXTRA.encode()

# msgspec takes no half of a surrogate pair, which JSON allows as an escape. It is taken through as a word of its own
# that no event holds.
_MARK = secrets.token_hex(12).encode()
_HALVES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
_MARKED = re.compile(_MARK + rb"([0-9a-fA-F]{4})")

Seen = Callable[[bytes, bytes], object]


def message(line: bytes, seen: Seen) -> bytes:
    """The message of an event; `seen` is told its uuid and the hour of its upload (`2026-11-24 09`).

    Fields that are null are left out, unless nobody declared them. Raises BadBody for a line that is no event.
    """
    try:
        fields = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _message_with_halves(line, seen)
    return _build(fields, seen)


def _build(fields: dict[str, msgspec.Raw], seen: Seen) -> bytes:
    uuid = bytes(fields.pop("uuid", b"null"))
    if len(uuid) < 3 or uuid[:1] != b'"':
        raise BadBody("Amplitude sent an event without uuid.")
    parts = [_HEAD, uuid]
    extra: list[bytes] = []
    for name, raw in fields.items():
        value = bytes(raw)
        known = _FIELDS.get(name)
        if known is None:
            extra.append(to_json(name) + b":" + value)
        elif value != b"null":
            head, is_time = known
            parts.append(head)
            # The export's times have no zone and are UTC.
            if is_time and value[11:12] == b" " and value[-2:-1].isdigit() and b"+" not in value:
                parts.append(value[:11] + b"T" + value[12:-1] + b'Z"')
            else:
                parts.append(value)
    if extra:
        parts += (_EXTRA_HEAD, b",".join(extra), b"}")
    parts.append(_TAIL)
    uploaded = fields.get("server_upload_time")
    seen(uuid, bytes(uploaded)[1:14] if uploaded is not None else b"")
    return b"".join(parts)


def _message_with_halves(line: bytes, seen: Seen) -> bytes:
    marked = _HALVES.sub(lambda match: _MARK + match[1] if match[1] else match[0], line)
    try:
        fields = _decode(marked)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadBody("Amplitude sent a line that is no JSON object.") from None
    return _MARKED.sub(rb"\\u\1", _build(fields, seen))
