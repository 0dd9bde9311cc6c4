"""tap-amplitude against the Singer SDK's own tests for taps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_amplitude import FakeAmplitude
from singer_sdk.testing import get_tap_test_class
from tap_amplitude.tap import TapAmplitude

fake = FakeAmplitude()
for number in range(5):
    fake.add(number, "2026-11-02 03:00:00", event_properties={"screen": "home"}, session_id=17, paying=True)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with fake:
        yield


TestTapAmplitude = get_tap_test_class(TapAmplitude, config=fake.config(), parse_env_config=False)
