"""What both taps do around their streams: settings that are empty count as not set, and they end in words."""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Any

from singer_sdk import Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities

from singer_kit.errors import SourceError
from singer_kit.talk import failure
from singer_kit.writer import PieceWriter


class WindowTap(Tap):
    """A tap of streams that are read window by window."""

    message_writer_class = PieceWriter
    capabilities = [  # noqa: RUF012
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds none: rows are not mapped, flattened or batched, so there is nothing to set."""

    def setting(self, name: str) -> str:
        """A setting's text, trimmed; empty when it is not set."""
        value: Any = self.config.get(name)
        return str(value).strip() if value is not None else ""

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """Ends at once. Every finished window has its STATE already, and half a one must not get any."""
        os._exit(128 + signum)


def run(tap: type[Tap]) -> None:
    """The command line of a tap. A failure that has words ends in one line of them and exit code 1."""
    try:
        tap.cli()
    except SourceError as error:
        failure(str(error))
    except BrokenPipeError:
        # The loader has ended and has said why.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        failure(f"{tap.name} met an error of the machine: {error.strerror or type(error).__name__}.")
    else:
        return
    sys.exit(1)
