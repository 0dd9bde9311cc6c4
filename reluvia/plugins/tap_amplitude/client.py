"""Amplitude's Export API: the events of some hours, in a temporary file.

Rules: Amplitude, Export API: hours are inclusive and in UTC, by `server_upload_time`; 404 is no data; 400 is over 4 GB;
504 is too much to prepare in time.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

import requests
import urllib3

from singer_kit.clock import HOUR, iso
from singer_kit.errors import BadBody, SourceError, TooLarge
from singer_kit.http import Http

PATH = "/api/2/export"
_TOO_LARGE = frozenset({400, 413, 504})
_PIECE = 1 << 18

HOSTS = {"us": "https://amplitude.com", "eu": "https://analytics.eu.amplitude.com"}


def amplitude_http(api_key: str, secret_key: str, base_url: str) -> Http:
    """The connection. Raises SourceError when a key is missing."""
    for name, value in (("TAP_AMPLITUDE_API_KEY", api_key), ("TAP_AMPLITUDE_SECRET_KEY", secret_key)):
        if not value:
            raise SourceError(f"An Amplitude key is missing: {name} is not set.")
    # An export is prepared before its first byte comes.
    return Http(
        "Amplitude",
        base_url,
        auth=requests.auth.HTTPBasicAuth(api_key, secret_key),
        timeout=(15.0, 600.0),
        patient=frozenset({408, 425, 429, 500, 502, 503, 520, 522, 524}),
    )


@contextmanager
def export(http: Http, start: datetime, end: datetime) -> Iterator[IO[bytes] | None]:
    """The zip of the hours from `start` up to, without, `end`, in a file that is gone afterwards; None: no events.

    Raises TooLarge when fewer hours should be asked for, BadBody when asking again may help, SourceError.
    """
    hours = f"{iso(start)} to {iso(end)}"
    params = [("start", start.strftime("%Y%m%dT%H")), ("end", (end - HOUR).strftime("%Y%m%dT%H"))]
    with http.get(PATH, params, stream=True) as answer:
        status = answer.status
        if status == 404:
            yield None
            return
        if status in _TOO_LARGE:
            raise TooLarge(f"Amplitude answered {status} for the events of {hours}.")
        if status in {401, 403}:
            raise SourceError(
                f"Amplitude does not accept the keys ({status}): TAP_AMPLITUDE_API_KEY or TAP_AMPLITUDE_SECRET_KEY is "
                "wrong, or the project is in the other region (TAP_AMPLITUDE_REGION)."
            )
        if status != 200:
            raise SourceError(f"Amplitude answered {status} for the events of {hours}.")
        with _temporary(hours) as file:
            _receive(answer.response, file, hours)
            # The connection is not needed while the file is read.
            answer.response.close()
            yield file


@contextmanager
def _temporary(hours: str) -> Iterator[IO[bytes]]:
    try:
        file = tempfile.TemporaryFile(prefix="amplitude-")
    except OSError as error:
        raise SourceError(f"No temporary file could be made for the events of {hours}: {error.strerror}.") from None
    with file:
        yield file


def _receive(response: requests.Response, file: IO[bytes], hours: str) -> None:
    size = 0
    try:
        for piece in response.raw.stream(_PIECE, decode_content=True):
            size += len(piece)
            file.write(piece)
        file.flush()
    except (urllib3.exceptions.HTTPError, requests.RequestException, ConnectionError, TimeoutError):
        raise BadBody(f"Amplitude's answer for the events of {hours} broke off after {size:,} bytes.") from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise TooLarge(f"The temporary disk is full: the export of {hours} does not fit ({size:,} bytes came).") from None
        raise
    file.seek(0)
