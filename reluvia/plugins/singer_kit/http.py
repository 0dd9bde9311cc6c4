"""Polite HTTP: a pace, a deadline for each request, and patience with sources that are busy or broken for a moment."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from singer_kit.errors import SourceError

Monotonic = Callable[[], float]
Sleep = Callable[[float], None]

#: Answers worth asking again for (RFC 9110, 15.5.9, 15.6; RFC 6585, 429).
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
_TRIES = 8
_LONGEST_PAUSE = 300.0


class Pace:
    """At most so many calls a second, from however many threads."""

    def __init__(self, per_second: float, *, monotonic: Monotonic = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._interval = 1 / per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    response: requests.Response

    @property
    def body(self) -> bytes:
        return self.response.content


class Http:
    """GET requests to one host.

    `source` names the host in messages, `auth` puts the key on the request, `timeout` is (connect, read) in seconds.
    `patient` names the status codes that are asked again; the others are the caller's to judge.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        auth: Callable[[requests.PreparedRequest], requests.PreparedRequest],
        headers: dict[str, str] | None = None,
        timeout: tuple[float, float] = (15.0, 90.0),
        pace: Pace | None = None,
        patient: frozenset[int] = _BUSY,
        sleep: Sleep = time.sleep,
        dice: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.source = source
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._pace = pace
        self._patient = patient
        self._sleep = sleep
        self._dice = dice
        self._now = now
        self._session = requests.Session()
        # As a callable, so that no ~/.netrc puts another password in its place.
        self._session.auth = auth
        self._session.headers.update({"User-Agent": "reluvia-dwh", **(headers or {})})

    @contextmanager
    def get(self, path: str, params: list[tuple[str, str]] | None = None, *, stream: bool = False) -> Iterator[Answer]:
        """The answer to one GET, asked again while the source is busy; closed at the end.

        Raises SourceError when it stays busy or cannot be reached. With `stream` the body is the caller's to read, and
        so are errors on the way.
        """
        response = self._ask(path, params, stream)
        try:
            yield Answer(response.status_code, response.headers, response)
        finally:
            response.close()

    def _ask(self, path: str, params: list[tuple[str, str]] | None, stream: bool) -> requests.Response:
        problem = ""
        for attempt in range(1, _TRIES + 1):
            if self._pace:
                self._pace.wait()
            asked: float | None = None
            try:
                response = self._session.get(
                    self.base_url + path, params=params, timeout=self._timeout, stream=stream, allow_redirects=False
                )
            except requests.RequestException as error:
                problem = _reason(error)
            else:
                if response.status_code not in self._patient:
                    return response
                problem = f"answered {response.status_code}"
                asked = self._retry_after(response)
                response.close()
            if attempt < _TRIES:
                self._sleep(self._pause(attempt) if asked is None else asked)
        raise SourceError(f"{self.source} {problem} at {path}, {_TRIES} times in a row.")

    def _pause(self, attempt: int) -> float:
        full = min(60.0, 2.0 ** (attempt - 1))
        return full / 2 + self._dice() * full / 2

    def _retry_after(self, response: requests.Response) -> float | None:
        """Seconds, or a date (RFC 9110, 10.2.3), within reason."""
        given = response.headers.get("Retry-After", "").strip()
        if not given:
            return None
        try:
            seconds = float(given)
        except ValueError:
            try:
                seconds = (email.utils.parsedate_to_datetime(given) - self._now()).total_seconds()
            except (ValueError, TypeError):
                return None
        return min(max(seconds, 0.0), _LONGEST_PAUSE) if seconds == seconds else None


def _reason(error: requests.RequestException) -> str:
    """What happened, without the address, in whose query there could be anything."""
    if isinstance(error, requests.exceptions.SSLError):
        return "could not be trusted (TLS)"
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "could not be reached"
    return f"could not be asked ({type(error).__name__})"
