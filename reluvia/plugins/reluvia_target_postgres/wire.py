"""Lines of the Singer protocol into messages whose values stay the bytes that the tap wrote."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader
from singer_sdk.singerlib.exceptions import InvalidInputLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_READ_AT_ONCE = 1 << 18
_NOTHING = msgspec.Raw(b"")


class CutOff(InvalidInputLine):
    """The input ended in the middle of a line; every line before it was whole."""


class Message(msgspec.Struct, gc=False):
    """One message. A record's values are not decoded: numbers keep every digit, objects need no second encoding."""

    type: str
    stream: str = ""
    record: dict[str, msgspec.Raw] | None = None
    schema: msgspec.Raw = _NOTHING
    key_properties: list[str] | None = None
    value: msgspec.Raw = _NOTHING


_decode = msgspec.json.Decoder(Message).decode

# One escape sequence a match, read from left to right, so that `\\u0000` (a backslash, then letters) is left alone:
# a surrogate pair; or group 1, what no Postgres text can hold: NUL and half a pair; or any other escape.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))"
    rb"|.)"
)


def _keep_or_replace(match: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if match[1] else match[0]


def clean(line: bytes) -> bytes:
    """The line with U+FFFD for what Postgres cannot store: NUL, half a surrogate pair, bytes that are no UTF-8.

    At any depth, in object keys as in values. Tabs and returns, which JSON allows between values only, become spaces.
    """
    if b"\\u" in line and (b"\\u0000" in line or b"\\ud" in line or b"\\uD" in line):
        line = _ESCAPES.sub(_keep_or_replace, line)
    if not line.isascii():
        try:
            str(line, "utf-8")
        except UnicodeDecodeError:
            line = line.decode("utf-8", "replace").encode()
    if b"\t" in line:
        line = line.replace(b"\t", b" ")
    if b"\r" in line:
        line = line.replace(b"\r", b" ")
    return line


def read(line: bytes, number: int) -> Message:
    """The message on a line.

    Raises InvalidInputLine with the line's number, never its text: a line can hold anything about a person.
    """
    try:
        return _decode(clean(line))
    except (msgspec.DecodeError, RecursionError) as error:
        if not line.endswith(b"\n"):
            raise CutOff(f"The input ended in the middle of line {number}: the tap was cut off.") from None
        kind = "is no Singer message" if isinstance(error, msgspec.ValidationError) else "is not valid JSON"
        raise InvalidInputLine(f"Line {number} of the input {kind}.") from None


def _lines(source: IO[Any] | None) -> Iterator[bytes]:
    if source is None:
        with open(sys.stdin.fileno(), "rb", buffering=_READ_AT_ONCE, closefd=False) as stdin:
            yield from stdin
    elif isinstance(source, io.TextIOWrapper):
        yield from source.buffer
    else:
        yield from (line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in source)


class RawReader(GenericSingerReader[bytes]):
    """Hands every line to the target's method for its type, as a Message. Empty lines are passed over."""

    @property
    def default_input(self) -> IO[bytes]:
        return sys.stdin.buffer

    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        decoded: dict[str, Any] = msgspec.json.decode(clean(line))
        return decoded

    def process_lines(self, file_input: IO[Any] | None, callbacks: dict[str, Callable[[Any], None]]) -> Counter[str]:
        counter: Counter[str] = Counter()
        handlers = {str(kind.value): handle for kind, handle in callbacks.items()}  # type: ignore[attr-defined]
        for number, line in enumerate(_lines(file_input), start=1):
            if line.isspace():
                continue
            message = read(line, number)
            handle = handlers.get(message.type)
            if handle is None:
                raise InvalidInputLine(f'Line {number} of the input has the unknown type "{message.type[:40]}".')
            handle(message)
            counter[message.type] += 1
        return counter
