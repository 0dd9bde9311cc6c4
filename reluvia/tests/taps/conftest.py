"""Fixtures of the taps' tests: pretended sources on loopback, and no setting of the machine that runs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[2] / "plugins"), str(Path(__file__).parent)]

from fake_amplitude import FakeAmplitude  # noqa: E402
from fake_stripe import FakeStripe  # noqa: E402


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("TAP_", "PIPELINE_", "STRIPE_", "AMPLITUDE_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def amplitude() -> Iterator[FakeAmplitude]:
    with FakeAmplitude() as fake:
        yield fake
