"""What came over the wire, by the day on which it was made: distinct ids and, for money, sums by currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from singer_kit.clock import DAY, HOUR, start_of
from singer_kit.stream import DayCount

#: The field of a stream that is summed up: one that never changes once the object is there.
AMOUNT_OF = {
    "charges": "amount",
    "refunds": "amount",
    "disputes": "amount",
    "balance_transactions": "amount",
}


class Tally:
    """Counts the objects of one window of whole days."""

    def __init__(self, stream: str) -> None:
        self._amount = AMOUNT_OF.get(stream)
        self._seen: set[str] = set()
        self._days: dict[tuple[date, str], list[int]] = {}

    def is_new(self, obj: dict[str, Any]) -> bool:
        """Counts an object; false when the window has shown it before."""
        key = obj["id"]
        if key in self._seen:
            return False
        self._seen.add(key)
        day = datetime.fromtimestamp(obj["created"], UTC).date()
        currency = str(obj.get("currency") or "") if self._amount else ""
        entry = self._days.setdefault((day, currency), [0, 0])
        entry[0] += 1
        amount = obj.get(self._amount) if self._amount else None
        if isinstance(amount, int) and not isinstance(amount, bool):
            entry[1] += amount
        return True

    def __len__(self) -> int:
        return len(self._seen)

    def counts(self, start: date, end: date, now: datetime) -> list[DayCount]:
        """An entry for every day and currency from `start` up to, without, `end`; one of zero for an empty day.

        A day is whole once it has been over for an hour.
        """
        found: dict[date, list[DayCount]] = {}
        for (day, currency), (count, amount) in self._days.items():
            found.setdefault(day, []).append(
                {
                    "day": day.isoformat(),
                    "count": count,
                    "amount": amount if self._amount else None,
                    "currency": currency,
                    "complete": is_whole(day, now),
                }
            )
        days: list[DayCount] = []
        day = start
        while day < end:
            empty: DayCount = {
                "day": day.isoformat(),
                "count": 0,
                "amount": 0 if self._amount else None,
                "currency": "",
                "complete": is_whole(day, now),
            }
            days += sorted(found.get(day, [empty]), key=lambda entry: entry["currency"])
            day += DAY
        return days


def is_whole(day: date, now: datetime) -> bool:
    """Whether nothing can be made on this day any more, as far as lists show it."""
    return start_of(day) + DAY + HOUR <= now
