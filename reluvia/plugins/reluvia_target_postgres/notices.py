"""Lines on stderr that the pipeline reads: progress by stream, and sentences for the run record."""

from __future__ import annotations

import json
import sys
from typing import Any


def progress(stream: str, rows: int) -> None:
    """Rows of a stream that are committed since the start of this process."""
    _line({"event": "progress", "stream": stream, "rows": rows})


def misfits(stream: str, field: str, expected: str, count: int) -> None:
    """How often a field held another type than its column."""
    values, are = ("value", "is") if count == 1 else ("values", "are")
    text = f'{stream}: {count} {values} of "{field}" {are} not {expected}; null there, and _extra keeps what came.'
    _line({"event": "notice", "stream": stream, "field": field, "count": count, "text": text})


def say(stream: str, text: str) -> None:
    _line({"event": "notice", "stream": stream, "text": f"{stream}: {text}"})


def failure(text: str) -> None:
    """Why the loader ends: once, at the end."""
    _line({"event": "failure", "text": text})


def _line(event: dict[str, Any]) -> None:
    # One write a line, so that lines of several processes never mix.
    sys.stderr.write(json.dumps(event) + "\n")
    sys.stderr.flush()
