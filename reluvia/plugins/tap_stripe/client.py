"""Stripe's API as this tap needs it: lists page by page, one object, the events of the last 30 days.

Rules: Stripe API reference, Pagination, Errors, Rate limits, Versioning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import requests

from singer_kit.errors import BadBody, NotFound, NotPermitted, SourceError
from singer_kit.http import Answer, Http, Pace

#: What every request asks for; columns are this version's fields.
STRIPE_VERSION = "2025-03-31.basil"
#: Stripe allows 25 a second and endpoint, in live and in test mode.
REQUESTS_A_SECOND = 20.0
PAGE = 100

Object = dict[str, Any]
Params = list[tuple[str, str]]

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def stripe_http(api_key: str, base_url: str, pace: Pace | None = None) -> Http:
    """The connection. Raises SourceError when there is no key."""
    key = api_key.strip()
    if not key:
        raise SourceError("There is no Stripe key: TAP_STRIPE_API_KEY is not set.")
    if not key.isascii() or not key.isprintable():
        raise SourceError("TAP_STRIPE_API_KEY is no Stripe key: it holds characters that no key has.")

    def auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {key}"
        return request

    headers = {"Stripe-Version": STRIPE_VERSION, "Accept": "application/json"}
    return Http("Stripe", base_url, auth=auth, headers=headers, pace=pace or Pace(REQUESTS_A_SECOND))


class StripeClient:
    def __init__(self, http: Http) -> None:
        self._http = http

    def pages(self, path: str, params: Params) -> Iterator[list[Object]]:
        """Every page of a list, newest objects first.

        Raises NotPermitted (403), SourceError; also when a list says that there is more and does not go on.
        """
        last: str | None = None
        while True:
            page = self._get(path, [*params, ("limit", str(PAGE)), *([("starting_after", last)] if last else [])])
            objects = page.get("data")
            if not isinstance(objects, list):
                raise SourceError(f"Stripe's answer at {path} is no list.")
            if objects:
                yield objects
            if not page.get("has_more"):
                return
            before, last = last, objects[-1].get("id") if objects else None
            if not last or last == before:
                raise SourceError(f"Stripe says that there is more at {path} and does not send it.")

    def any_before(self, path: str, params: Params, moment: int) -> bool:
        """Whether a list holds anything made before this second."""
        return bool(self._get(path, [*params, ("created[lt]", str(moment)), ("limit", "1")]).get("data"))

    def one(self, path: str, params: Params) -> Object:
        """One object. Raises NotFound (404) and as `pages`."""
        return self._get(path, params)

    def _get(self, path: str, params: Params) -> Object:
        with self._http.get(path, params) as answer:
            _raise_for(answer, path)
            value = _parse(answer.body, path)
        if not isinstance(value, dict):
            raise SourceError(f"Stripe's answer at {path} is no object.")
        return value


def _parse(body: bytes, path: str) -> Any:
    try:
        return _decode(body)
    except msgspec.DecodeError:
        # Half a surrogate pair is valid JSON, which only the slower reader takes.
        try:
            return json.loads(body, parse_float=Decimal)
        except ValueError:
            raise BadBody(f"Stripe's answer at {path} is no JSON.") from None


def _raise_for(answer: Answer, path: str) -> None:
    status = answer.status
    if status == 200:
        return
    if status == 401:
        raise SourceError("Stripe does not accept TAP_STRIPE_API_KEY (401): it is wrong, expired or revoked.")
    if status == 403:
        raise NotPermitted(f"Stripe's key may not read {path} (403).")
    if status == 404:
        raise NotFound(f"Stripe knows no {path} (404).")
    raise SourceError(f"Stripe answered {status} at {path}{_said(answer.body)}.")


def _said(body: bytes) -> str:
    """Stripe's words for a refused request; its parameters are this tap's own, so they hold nothing secret."""
    try:
        error = json.loads(body)["error"]
        said = error.get("message") or error.get("code") or error.get("type")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return f": {str(said).rstrip('.')[:300]}" if said else ""
