"""tap-stripe: busy servers, keys that may not read, and lists that make no sense."""

from __future__ import annotations

import json

import pytest
from fake_stripe import KEY, STREAMS, FakeStripe
from loopback import Reply
from running import run, seconds
from singer_kit.errors import SourceError
from tap_stripe.tap import TapStripe

NOW = "2026-11-24T02:00:00Z"
RECENT = seconds("2026-11-20 00:00:00")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_waits_and_asks_again_when_stripe_is_busy(stripe: FakeStripe, status: int) -> None:
    stripe.add("charges", "ch_1", RECENT)
    stripe.faults += [("/v1/charges", Reply(status)), ("/v1/charges", Reply(status))]
    ran = run(TapStripe, stripe.config(), NOW)
    assert list(ran.table("charges")) == ["ch_1"]
    assert len(ran.slept) == 2
    assert 0.5 <= ran.slept[0] <= 1.0 <= ran.slept[1] <= 2.0


def test_waits_as_long_as_stripe_says_in_seconds_or_until_a_date(stripe: FakeStripe) -> None:
    stripe.faults += [
        ("/v1/charges", Reply(429, headers={"Retry-After": "7"})),
        ("/v1/charges", Reply(503, headers={"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"})),
        ("/v1/charges", Reply(503, headers={"Retry-After": "soon"})),
    ]
    slept = run(TapStripe, stripe.config(), NOW).slept
    assert slept[0] == 7
    assert slept[1] == 300
    assert 2 <= slept[2] <= 4


def test_gives_up_in_words_that_name_the_page_when_stripe_stays_away(stripe: FakeStripe) -> None:
    stripe.faults += [("/v1/charges", Reply(500))] * 20
    ran = run(TapStripe, stripe.config(), NOW)
    assert isinstance(ran.error, SourceError)
    assert str(ran.error) == "Stripe answered 500 at /v1/charges, 8 times in a row."


def test_asks_again_when_the_connection_breaks(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", RECENT)
    body = json.dumps({"data": [], "has_more": False}).encode()
    stripe.faults.append(("/v1/charges", Reply(200, body, cut=5)))
    ran = run(TapStripe, stripe.config(), NOW)
    assert list(ran.table("charges")) == ["ch_1"]
    assert len(ran.slept) == 1


@pytest.mark.parametrize("stream", [name for name in STREAMS if name != "charges"])
def test_skips_what_a_restricted_key_may_not_read_and_says_so(stripe: FakeStripe, stream: str) -> None:
    for name in STREAMS:
        stripe.add(name, f"{name}_1", RECENT)
    stripe.denied.add(stream)
    ran = run(TapStripe, stripe.config(), NOW)
    assert ran.error is None
    assert {name for name in STREAMS if ran.rows(name)} == set(STREAMS) - {stream}
    (text,) = ran.notices(stream)
    assert f"may not read {stream} (403)" in text
    assert KEY not in str(ran.events)
    # Once the permission is there, nothing is missing.
    stripe.denied.clear()
    assert list(run(TapStripe, stripe.config(), "2026-11-25T02:00:00Z", ran.state).table(stream)) == [f"{stream}_1"]


def test_fails_when_charges_may_not_be_read(stripe: FakeStripe) -> None:
    stripe.denied.add("charges")
    ran = run(TapStripe, stripe.config(), NOW)
    assert isinstance(ran.error, SourceError)
    assert "may not read charges (403)" in str(ran.error)


def test_fails_with_a_wrong_key_without_repeating_it(stripe: FakeStripe) -> None:
    ran = run(TapStripe, stripe.config(api_key="rk_live_wrong"), NOW)
    assert str(ran.error).startswith("Stripe does not accept TAP_STRIPE_API_KEY (401)")
    assert "rk_" not in str(ran.error)


@pytest.mark.parametrize("key", ["", "  ", None])
def test_fails_in_words_without_a_key(stripe: FakeStripe, key: str | None) -> None:
    assert "TAP_STRIPE_API_KEY is not set" in str(run(TapStripe, stripe.config(api_key=key), NOW).error)


def test_reads_everything_again_when_the_key_may_not_read_events_but_ends_a_long_load_first(stripe: FakeStripe) -> None:
    for day in range(60):
        stripe.add("charges", f"ch_{day:02}", RECENT - day * 86_400)
    stripe.denied.add("events")
    first = run(TapStripe, stripe.config(), NOW)
    second = run(TapStripe, stripe.config(), "2026-11-25T02:00:00Z", first.state)
    assert len(second.table("charges")) == 60
    assert "may not read events (403)" in second.notices()[0]
    marks = {"read_to": "2026-11-01", "changes_from": "2026-11-23T02:00:00Z"}
    unfinished = run(TapStripe, stripe.config(), NOW, {"bookmarks": {"charges": marks}})
    assert min(row["created"] for row in unfinished.rows("charges")).startswith("2026-11-01")


def test_reads_invoices_without_their_payments_when_those_may_not_be_read(stripe: FakeStripe) -> None:
    stripe.add("invoices", "in_1", RECENT)
    stripe.denied_expansions.add("payments")
    ran = run(TapStripe, stripe.config(), NOW)
    assert list(ran.table("invoices")) == ["in_1"]
    assert "may not read the payments of invoices" in ran.notices("invoices")[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"data": [], "has_more": true}', "says that there is more at /v1/charges"),
        (b'{"data": {}}', "is no list"),
        (b"<html>", "is no JSON"),
        (b"[1]", "is no object"),
        (b'{"data": [{"id": "ch_1"}], "has_more": false}', "without id or time"),
    ],
)
def test_fails_on_answers_that_make_no_sense(stripe: FakeStripe, body: bytes, words: str) -> None:
    # The first looks only whether there is anything before a day.
    stripe.faults += [("/v1/charges", Reply(200, body))] * 60
    assert words in str(run(TapStripe, stripe.config(start_date="2026-11-20"), NOW).error)


def test_repeats_stripes_words_for_a_refused_request(stripe: FakeStripe) -> None:
    stripe.faults.append(("/v1/charges", Reply(400, b'{"error": {"message": "Received unknown parameter: limit."}}')))
    error = str(run(TapStripe, stripe.config(), NOW).error)
    assert error == "Stripe answered 400 at /v1/charges: Received unknown parameter: limit."
