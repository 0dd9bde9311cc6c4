"""Distinct events by the hour of their upload, from which days are counted that were read whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from singer_kit.clock import DAY, iso, parse_time, start_of
from singer_kit.stream import DayCount

Hours = dict[datetime, int]


class HourTally:
    """Counts the events of one window. Only the ids of the hour that is being read are held, as 64 bits each."""

    def __init__(self) -> None:
        self._counts: dict[bytes, int] = {}
        self._ids: dict[bytes, set[int]] = {}

    def see(self, uuid: bytes, hour: bytes) -> None:
        ids = self._ids.get(hour)
        if ids is None:
            ids = self._ids[hour] = set()
        ids.add(hash(uuid))

    def close_hour(self) -> None:
        """The files of an hour are through."""
        for hour, ids in self._ids.items():
            self._counts[hour] = self._counts.get(hour, 0) + len(ids)
        self._ids.clear()

    def hours(self) -> Hours:
        """Events by hour. Those whose hour cannot be read are in none."""
        found: Hours = {}
        for text, count in self._counts.items():
            try:
                hour = parse_time(text.decode().replace(" ", "T") + ":00")
            except ValueError:
                continue
            found[hour] = found.get(hour, 0) + count
        return found


class KnownHours:
    """What is known of the latest hours, kept in the bookmark, so that a day can be read over two runs."""

    def __init__(self, kept: Mapping[str, Any] | None, start: datetime) -> None:
        """`kept` is what `to_state` gave, `start` where reading begins when nothing is known."""
        kept = kept or {}
        self._from = parse_time(kept["from"]) if kept.get("from") else start
        self._hours: Hours = {parse_time(hour): count for hour, count in kept.get("hours", {}).items()}
        # Hours between what is known and what is read now would be missing.
        if start < self._from or (kept.get("to") and start > parse_time(kept["to"])):
            self._from, self._hours = start, {}

    def take(self, start: datetime, end: datetime, hours: Hours) -> list[DayCount]:
        """Replaces the hours of a window by what it showed. Returns the days that it touched."""
        self._hours = {hour: count for hour, count in self._hours.items() if not start <= hour < end}
        self._hours |= {hour: count for hour, count in hours.items() if start <= hour < end}
        sums: dict[date, int] = {}
        for hour, count in self._hours.items():
            sums[hour.date()] = sums.get(hour.date(), 0) + count
        days: list[DayCount] = []
        day = start.date()
        while start_of(day) < end:
            whole = self._from <= start_of(day) and start_of(day) + DAY <= end
            days.append(
                {"day": day.isoformat(), "count": sums.get(day, 0), "amount": None, "currency": "", "complete": whole}
            )
            day += DAY
        return days

    def to_state(self, end: datetime, again: timedelta) -> dict[str, Any]:
        """What the next run needs: the hours of days that it will touch."""
        keep = max(self._from, start_of((end - again).date()))
        hours = {iso(hour): count for hour, count in sorted(self._hours.items()) if hour >= keep}
        return {"from": iso(keep), "to": iso(end), "hours": hours}
