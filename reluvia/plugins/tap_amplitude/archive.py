"""The zip of an export into lines: gzipped files of JSON lines, several for each hour, a piece at a time."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from singer_kit.errors import BadBody

_PIECE = 1 << 20
#: `<project>_2026-11-24_9#0.json.gz`: the hour, of which there may be several files.
_HOUR = re.compile(r"_(\d{4}-\d\d-\d\d)_(\d{1,2})#")


def files(archive: IO[bytes]) -> Iterator[tuple[str, Iterator[list[bytes]]]]:
    """The hour of every file (empty when its name does not say one) and its lines, some at a time; hours in order.

    Raises BadBody, also while lines are read: what was read until then is part of a whole that did not come.
    """
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError):
        raise BadBody("Amplitude's answer is no zip file.") from None
    with opened:
        members = [info for info in opened.infolist() if not info.is_dir()]
        for info in sorted(members, key=lambda member: (_hour(member.filename), member.filename)):
            yield _hour(info.filename), _lines(opened, info)


def _hour(name: str) -> str:
    match = _HOUR.search(name)
    return f"{match[1]}T{match[2]:0>2}" if match else ""


def _lines(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[list[bytes]]:
    try:
        with archive.open(info) as member:
            source: IO[bytes] = gzip.GzipFile(fileobj=member) if info.filename.endswith(".gz") else member  # type: ignore[assignment]
            rest = b""
            while piece := source.read(_PIECE):
                lines = (rest + piece).split(b"\n")
                rest = lines.pop()
                yield lines
            if rest:
                yield [rest]
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise BadBody(f"A file in Amplitude's zip is damaged: {info.filename}.") from None
