"""What a tap tells the run that started it: progress, sentences for the run record, and why it failed.

Each is one line of JSON on stderr, where Meltano passes it on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def _say(**fields: Any) -> None:
    sys.stderr.write(json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def notice(text: str, stream: str | None = None) -> None:
    """A sentence that belongs into the run record. It must hold no secret and nothing personal."""
    _say(event="notice", stream=stream, text=text)


def failure(text: str) -> None:
    """Why the tap ends: once, at the end."""
    _say(event="failure", text=text)


class Progress:
    """Rows of one stream so far, told at most every two seconds and at the end."""

    def __init__(self, stream: str, *, every: float = 2.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rows = 0
        self._stream = stream
        self._every = every
        self._monotonic = monotonic
        self._told = monotonic()
        self._told_rows = -1

    def add(self, rows: int) -> None:
        self.rows += rows
        now = self._monotonic()
        if now - self._told >= self._every:
            self._told = now
            self.tell()

    def tell(self) -> None:
        if self.rows != self._told_rows:
            self._told_rows = self.rows
            _say(event="progress", stream=self._stream, rows=self.rows)
