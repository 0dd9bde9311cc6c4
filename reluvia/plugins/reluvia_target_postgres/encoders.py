"""A JSON value, as the bytes on the wire, into a field of COPY's text format; None where it does not fit the column.

Every encoder takes bytes that are valid JSON and not `null` (COPY's text format: PostgreSQL, COPY > File Formats).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import msgspec

Encoder = Callable[[bytes], "bytes | None"]

NULL = rb"\N"

_QUOTE = 0x22
_NUMBER_STARTS = b"-0123456789"
_BIGINT = range(-(2**63), 2**63)
#: What `numeric` can hold before and after the point (PostgreSQL, Numeric Types).
_NUMERIC_BEFORE, _NUMERIC_AFTER = 131_072, 16_383

# Only what reads as a time by itself: Postgres would also take "now", "infinity", and days before or after months.
_DAY = rb"\d{4}-\d\d-\d\d"
_is_moment = re.compile(
    rb'"' + _DAY + rb'(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:[Zz]|[+-]\d\d(?::?\d\d)?))?)?"'
).fullmatch
_is_day = re.compile(rb'"' + _DAY + rb'"').fullmatch
_is_uuid = re.compile(rb'"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"').fullmatch
_unquote = msgspec.json.Decoder(str).decode


def escape(value: bytes) -> bytes:
    """A field of COPY's text format from any text."""
    return value.replace(b"\\", rb"\\").replace(b"\n", rb"\n").replace(b"\r", rb"\r").replace(b"\t", rb"\t")


def unescape(field: bytes) -> bytes:
    """The text that `escape` was given."""
    return re.sub(
        rb"\\(.)", lambda match: {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(match[1], match[1]), field, flags=re.DOTALL
    )


def text(raw: bytes) -> bytes | None:
    if raw[0] != _QUOTE:
        return None
    if b"\\" not in raw:
        return raw[1:-1]
    return escape(_unquote(raw).encode())


def scalar_text(raw: bytes) -> bytes | None:
    """For a column of several declared types: a number or truth value as it was written."""
    if raw[0] == _QUOTE:
        return text(raw)
    return None if raw[0] in b"{[" else raw


def jsonb(raw: bytes) -> bytes | None:
    return raw.replace(b"\\", rb"\\") if b"\\" in raw else raw


def boolean(raw: bytes) -> bytes | None:
    return raw if raw in {b"true", b"false"} else None


def bigint(raw: bytes) -> bytes | None:
    """Whole numbers of 64 bits, `1.0` and `1e3` among them (JSON Schema: an integer is a number without fraction)."""
    if len(raw) < 19 and raw.isdigit():
        return raw
    value = _number(raw)
    if value is None:
        return None
    if not value:
        return b"0"
    if value.adjusted() > 19 or value != value.to_integral_value():
        return None
    whole = int(value)
    return b"%d" % whole if whole in _BIGINT else None


def numeric(raw: bytes) -> bytes | None:
    """The number with every digit it was written with."""
    if raw[0] not in _NUMBER_STARTS:
        return None
    if b"e" in raw or b"E" in raw:
        value = _number(raw)
        if value is None:
            return None
        exponent = value.as_tuple().exponent
        if value.adjusted() >= _NUMERIC_BEFORE or not isinstance(exponent, int) or exponent < -_NUMERIC_AFTER:
            return None
    return raw


def timestamptz(raw: bytes) -> bytes | None:
    """A time with its offset; one without is UTC, which is the session's time zone."""
    return raw[1:-1] if _is_moment(raw) else None


def date(raw: bytes) -> bytes | None:
    return raw[1:-1] if _is_day(raw) else None


def uuid(raw: bytes) -> bytes | None:
    return raw[1:-1].lower() if _is_uuid(raw) else None


def _number(raw: bytes) -> Decimal | None:
    """The exact number; None for what is none, or has an exponent beyond anything that can be stored."""
    if raw[0] not in _NUMBER_STARTS:
        return None
    try:
        return Decimal(raw.decode())
    except InvalidOperation:
        return None


def kind(raw: bytes) -> str:
    """What a JSON value is, in words, without the value."""
    first = raw[:1]
    if first == b'"':
        return "a text"
    return {b"{": "an object", b"[": "a list", b"t": "true or false", b"f": "true or false", b"n": "null"}.get(
        first, "a number"
    )
