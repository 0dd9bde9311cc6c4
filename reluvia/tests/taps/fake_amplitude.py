"""A pretended Amplitude: exports of whole hours as a zip of gzipped JSON lines, several files an hour."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from loopback import Loopback, Reply, Request

KEY, SECRET = "amp-key", "amp-secret"
HOUR = timedelta(hours=1)


class FakeAmplitude(Loopback):
    def __init__(self) -> None:
        super().__init__()
        #: Lines by the hour of their upload.
        self.lines: dict[datetime, list[bytes]] = defaultdict(list)
        #: Windows of more hours are refused with this status.
        self.most_hours: tuple[int, int] | None = None

    def add(self, number: int, uploaded: str, **fields: Any) -> dict[str, Any]:
        """An event, uploaded at a time such as `2026-11-01 10:00:00`."""
        event = {
            "uuid": f"00000000-0000-4000-8000-{number:012x}",
            "event_type": "opened",
            "event_time": f"{uploaded}.123456",
            "server_upload_time": f"{uploaded}.500000",
            "$insert_id": f"insert-{number}",
            "user_id": None,
            **fields,
        }
        self.add_line(uploaded, json.dumps(event).encode())
        return event

    def add_line(self, uploaded: str, line: bytes) -> None:
        hour = datetime.fromisoformat(uploaded).replace(tzinfo=UTC, minute=0, second=0)
        self.lines[hour].append(line)

    def config(self, **more: Any) -> dict[str, Any]:
        return {"api_key": KEY, "secret_key": SECRET, "base_url": self.url, "start_date": "2026-11-01", **more}

    def windows(self) -> list[tuple[str, str]]:
        return [(request.query["start"], request.query["end"]) for request in self.requests]

    def answer(self, request: Request) -> Reply:
        expected = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return Reply(401)
        if request.path != "/api/2/export" or set(request.query) != {"start", "end"}:
            return Reply(400)
        start, end = (
            datetime.strptime(request.query[name], "%Y%m%dT%H").replace(tzinfo=UTC) for name in ("start", "end")
        )
        hours = int((end - start) / HOUR) + 1
        if hours < 1 or hours > 365 * 24:
            return Reply(400)
        if self.most_hours and hours > self.most_hours[0]:
            return Reply(self.most_hours[1])
        wanted = sorted(hour for hour in self.lines if start <= hour <= end and self.lines[hour])
        return Reply(200, archive({hour: self.lines[hour] for hour in wanted})) if wanted else Reply(404)


def archive(hours: dict[datetime, list[bytes]]) -> bytes:
    """The zip; an hour's lines lie in two files, and files are in no order."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for hour in sorted(hours, reverse=True):
            for part in (1, 0):
                lines = hours[hour][part::2]
                if lines:
                    name = f"187520/187520_{hour:%Y-%m-%d}_{hour.hour}#{part}.json.gz"
                    packed.writestr(name, gzip.compress(b"\n".join(lines) + b"\n", 1))
    return body.getvalue()
