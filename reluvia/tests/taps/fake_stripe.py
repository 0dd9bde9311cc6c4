"""A pretended Stripe: lists newest first, objects by id, events; as strict as the real one about what it knows."""

from __future__ import annotations

import json
from typing import Any

from loopback import Loopback, Reply, Request

KEY = "rk_test_secret"
STREAMS = (
    "balance_transactions charges customers disputes invoices payment_intents prices products refunds subscriptions"
).split()
_ALLOWED = {"limit", "starting_after", "created[gte]", "created[lt]", "expand[]"}


class FakeStripe(Loopback):
    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in (*STREAMS, "events")}
        #: Paths that the key may not read.
        self.denied: set[str] = set()
        self.denied_expansions: set[str] = set()

    def add(self, stream: str, key: str, created: int, **fields: Any) -> dict[str, Any]:
        kind = stream[:-1] if stream != "events" else "event"
        self.objects[stream][key] = {"id": key, "object": kind, "created": created, **fields}
        return self.objects[stream][key]

    def event(self, kind: str, at: int, obj: dict[str, Any]) -> None:
        self.add("events", f"evt_{len(self.objects['events']):06}", at, type=kind, data={"object": dict(obj)})

    def config(self, **more: Any) -> dict[str, Any]:
        return {"api_key": KEY, "base_url": self.url, **more}

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, "Invalid API Key provided: rk_te****")
        if request.headers.get("stripe-version") != "2025-03-31.basil":
            return _error(400, "Invalid Stripe API version")
        _, version, stream, *rest = request.path.split("/")
        if version != "v1" or stream not in self.objects:
            return _error(404, f"Unrecognized request URL ({request.path})")
        if stream in self.denied:
            return _error(403, "The provided key does not have the required permissions for this endpoint")
        if request.query.get("expand[]", "").removeprefix("data.") in self.denied_expansions:
            return _error(403, "This expansion is not permitted")
        if rest:
            obj = self.objects[stream].get(rest[0])
            return _json(obj) if obj else _error(404, f"No such {stream}: '{rest[0]}'")
        return self._list(stream, request.query)

    def _list(self, stream: str, query: dict[str, str]) -> Reply:
        unknown = set(query) - _ALLOWED - ({"status"} if stream == "subscriptions" else set())
        if unknown:
            return _error(400, f"Received unknown parameter: {unknown.pop()}")
        limit = int(query.get("limit", "10"))
        if not 1 <= limit <= 100:
            return _error(400, "This value must be less than or equal to 100")
        low, high = int(query.get("created[gte]", 0)), int(query.get("created[lt]", 2**40))
        found = [obj for obj in self.objects[stream].values() if low <= obj["created"] < high]
        if stream == "subscriptions" and query.get("status") != "all":
            found = [obj for obj in found if obj.get("status") != "canceled"]
        found = [obj for obj in found if not obj.get("deleted")]
        found.sort(key=lambda obj: (-obj["created"], obj["id"]))
        if after := query.get("starting_after"):
            ids = [obj["id"] for obj in found]
            if after not in ids:
                return _error(400, f"No such object: '{after}'")
            found = found[ids.index(after) + 1 :]
        return _json({"object": "list", "data": found[:limit], "has_more": len(found) > limit})


def _json(value: Any) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _error(status: int, message: str) -> Reply:
    body = {"error": {"type": "invalid_request_error", "message": message}}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
