"""Starts the tap: `python -m tap_amplitude`, with the Singer SDK's options."""

from singer_kit.tap import run
from tap_amplitude.tap import TapAmplitude

if __name__ == "__main__":
    run(TapAmplitude)
