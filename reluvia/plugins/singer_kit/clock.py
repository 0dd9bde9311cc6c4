"""The clock of the run, and times as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

Clock = Callable[[], datetime]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def run_clock(env: Mapping[str, str] = os.environ) -> Clock:
    """The real clock, or one that stands at PIPELINE_NOW (a time in ISO 8601; without an offset it is UTC).

    Raises ValueError when PIPELINE_NOW is set and is no time.
    """
    given = env.get("PIPELINE_NOW", "").strip()
    if not given:
        return lambda: datetime.now(UTC)
    fixed = parse_time(given)
    return lambda: fixed


def parse_time(text: str) -> datetime:
    """A date or a time in ISO 8601, in UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(text.strip())
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def iso(moment: datetime) -> str:
    """`2026-11-24T02:00:00Z`; fractions of a second only when there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def epoch_iso(seconds: float) -> str:
    """Seconds since 1970 as text. Raises ValueError or OverflowError for what is no moment."""
    return iso(datetime.fromtimestamp(seconds, UTC))


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def floor_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
