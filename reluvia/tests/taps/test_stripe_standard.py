"""tap-stripe against the Singer SDK's own tests for taps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_stripe import STREAMS, FakeStripe
from running import seconds
from singer_sdk.testing import get_tap_test_class
from tap_stripe.tap import TapStripe

fake = FakeStripe()
for stream in STREAMS:
    for number in range(3):
        fake.add(stream, f"{stream}_{number}", seconds("2026-11-20 00:00:00") + number, metadata={"plan": "pro"}, new=1)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with fake:
        yield


TestTapStripe = get_tap_test_class(TapStripe, config=fake.config(start_date="2026-11-01"), parse_env_config=False)
