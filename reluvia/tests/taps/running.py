"""Runs a tap in this process and reads what it said."""

from __future__ import annotations

import copy
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from singer_kit.clock import parse_time
from singer_sdk import Tap


@dataclass
class Run:
    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]
    error: Exception | None
    slept: list[float] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        """The last state: what the next run gets."""
        return self.states[-1] if self.states else {}

    @property
    def states(self) -> list[dict[str, Any]]:
        return [message["value"] for message in self.messages if message["type"] == "STATE"]

    def rows(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    def table(self, stream: str) -> dict[str, dict[str, Any]]:
        """The last row of each key."""
        return {row.get("id") or row["uuid"]: row for row in self.rows(stream)}

    def notices(self, stream: str | None = None) -> list[str]:
        return [e["text"] for e in self.events if e["event"] == "notice" and e.get("stream") == stream]

    def counts(self, stream: str) -> dict[tuple[str, str], tuple[int, int | None, bool]]:
        """By day and currency, the last one announced."""
        found = {}
        for state in self.states:
            for entry in state["bookmarks"].get(stream, {}).get("counts", []):
                found[entry["day"], entry["currency"]] = (entry["count"], entry["amount"], entry["complete"])
        return found


def run(tap_class: type[Tap], config: dict[str, Any], now: str, state: dict[str, Any] | None = None, **given: Any) -> Run:
    """Syncs every stream at a standing clock; waits are noted instead of slept. `given` sets attributes of the tap."""
    stdout, stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    slept: list[float] = []
    error: Exception | None = None
    with redirect_stdout(stdout), redirect_stderr(stderr):
        tap: Any = tap_class(config=config, state=copy.deepcopy(state or {}))
        tap.now = parse_time(now)
        for name, value in given.items():
            setattr(tap, name, value)
        try:
            tap.http._sleep = slept.append
            if tap.http._pace:
                tap.http._pace._sleep = lambda _: None
            tap.sleep = slept.append
            tap.sync_all()
        except Exception as thrown:
            error = thrown
    stdout.seek(0)
    messages = [json.loads(line) for line in stdout.read().split("\n") if line]
    events = [json.loads(line) for line in stderr.getvalue().splitlines() if line.startswith('{"event"')]
    return Run(messages, events, error, slept)


def seconds(text: str) -> int:
    """A time as Stripe counts it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
