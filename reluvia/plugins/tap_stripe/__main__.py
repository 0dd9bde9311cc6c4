"""Starts the tap: `python -m tap_stripe`, with the Singer SDK's options."""

from singer_kit.tap import run
from tap_stripe.tap import TapStripe

if __name__ == "__main__":
    run(TapStripe)
