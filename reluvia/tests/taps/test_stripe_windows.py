"""tap-stripe: everything from the account's beginning, by days, with counts for each."""

from __future__ import annotations

import pytest
from fake_stripe import STREAMS, FakeStripe
from running import run, seconds
from tap_stripe import streams
from tap_stripe.tap import TapStripe

NOW = "2026-11-24T02:00:00Z"


def fill(stripe: FakeStripe, stream: str, days: int, *, each: int = 1, last: str = "2026-11-24 01:00:00") -> None:
    newest = seconds(last)
    for day in range(days):
        for number in range(each):
            key = f"{stream[:2]}_{day:05}_{number:04}"
            stripe.add(stream, key, newest - day * 86_400 - number, amount=100 + number, currency="usd")


def test_reads_every_object_of_every_stream_once_whatever_its_age(stripe: FakeStripe) -> None:
    for stream in STREAMS:
        stripe.add(stream, f"{stream}_old", seconds("2012-03-04 05:06:07"))
        stripe.add(stream, f"{stream}_new", seconds("2026-11-24 01:59:59"))
    ran = run(TapStripe, stripe.config(), NOW)
    assert ran.error is None
    for stream in STREAMS:
        assert [row["id"] for row in ran.rows(stream)] == [f"{stream}_old", f"{stream}_new"]
    assert ran.table("charges")["charges_old"]["created"] == "2012-03-04T05:06:07Z"


def test_follows_pages_of_a_hundred_and_asks_for_subscriptions_of_every_status(stripe: FakeStripe) -> None:
    fill(stripe, "charges", 2, each=250)
    stripe.add("subscriptions", "sub_gone", seconds("2026-11-20 00:00:00"), status="canceled")
    ran = run(TapStripe, stripe.config(), NOW)
    assert len(ran.rows("charges")) == len(ran.table("charges")) == 500
    assert list(ran.table("subscriptions")) == ["sub_gone"]
    assert all(int(request.query["limit"]) <= 100 for request in stripe.requests)


def test_needs_few_requests_to_find_the_beginning_of_an_old_account(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", seconds("2019-06-01 00:00:00"))
    run(TapStripe, stripe.config(), NOW)
    looks = [request for request in stripe.asked("/v1/charges") if request.query["limit"] == "1"]
    assert len(looks) <= 10
    assert len(stripe.asked("/v1/charges")) < 30


def test_starts_at_the_start_date_when_there_is_one(stripe: FakeStripe) -> None:
    fill(stripe, "charges", 400)
    ran = run(TapStripe, stripe.config(start_date="2026-11-01"), NOW)
    assert len(ran.rows("charges")) == 24
    assert run(TapStripe, stripe.config(start_date=""), NOW).counts("charges").keys() > ran.counts("charges").keys()


def test_writes_state_after_each_window_and_goes_on_there_after_being_cut_off(stripe: FakeStripe) -> None:
    fill(stripe, "charges", 900)
    whole = run(TapStripe, stripe.config(), NOW)
    reads = [state["bookmarks"]["charges"]["read_to"] for state in whole.states if "charges" in state["bookmarks"]]
    assert reads == sorted(reads)
    assert len(set(reads)) > 3
    cut = next(state for state in whole.states if state["bookmarks"].get("charges", {}).get("read_to", "") > "2025-12-01")
    again = run(TapStripe, stripe.config(), NOW, cut)
    before = {row["id"] for row in whole.rows("charges") if row["created"] < cut["bookmarks"]["charges"]["read_to"]}
    assert before.isdisjoint(again.table("charges"))
    assert before | set(again.table("charges")) == set(whole.table("charges"))


def test_makes_windows_small_where_there_is_much(stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ROWS_A_WINDOW", 500)
    fill(stripe, "charges", 40, each=70)
    ran = run(TapStripe, stripe.config(), NOW)
    sizes = [
        sum(entry["count"] for entry in state["bookmarks"]["charges"].get("counts", []))
        for state in ran.states
        if "charges" in state["bookmarks"]
    ]
    most = sizes.index(max(sizes))
    assert sizes[most] <= 4 * 500
    assert max(sizes[most + 1 :]) <= 500
    assert len(ran.table("charges")) == 2_800


def test_reads_a_second_run_from_the_first_day_that_was_not_whole(stripe: FakeStripe) -> None:
    fill(stripe, "charges", 100)
    first = run(TapStripe, stripe.config(), NOW)
    assert first.state["bookmarks"]["charges"]["read_to"] == "2026-11-24"
    stripe.add("charges", "ch_late", seconds("2026-11-24 20:00:00"))
    second = run(TapStripe, stripe.config(), "2026-11-25T02:00:00Z", first.state)
    assert set(second.table("charges")) == {"ch_00000_0000", "ch_late"}


def test_does_not_call_a_day_whole_in_the_hour_after_it(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", seconds("2026-11-23 23:59:59"), amount=5, currency="usd")
    ran = run(TapStripe, stripe.config(), "2026-11-24T00:30:00Z")
    assert ran.state["bookmarks"]["charges"]["read_to"] == "2026-11-23"
    assert ran.counts("charges")["2026-11-23", "usd"] == (1, 5, False)


def test_counts_ids_and_money_by_day_and_currency_and_says_which_days_are_whole(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", seconds("2026-11-22 00:00:00"), amount=100, currency="usd")
    stripe.add("charges", "ch_2", seconds("2026-11-22 23:59:59"), amount=50, currency="usd")
    stripe.add("charges", "ch_3", seconds("2026-11-22 12:00:00"), amount=7, currency="jpy")
    stripe.add("charges", "ch_4", seconds("2026-11-24 01:00:00"), amount=1, currency="usd")
    stripe.add("customers", "cus_1", seconds("2026-11-22 12:00:00"), currency="usd")
    ran = run(TapStripe, stripe.config(), NOW)
    counts = ran.counts("charges")
    assert counts["2026-11-22", "usd"] == (2, 150, True)
    assert counts["2026-11-22", "jpy"] == (1, 7, True)
    assert counts["2026-11-23", ""] == (0, 0, True)
    assert counts["2026-11-24", "usd"] == (1, 1, False)
    assert ran.counts("customers")["2026-11-22", ""] == (1, None, True)


def test_keeps_counts_out_of_the_state_that_stays(stripe: FakeStripe) -> None:
    fill(stripe, "charges", 30)
    fill(stripe, "refunds", 30)
    ran = run(TapStripe, stripe.config(), NOW)
    assert not any("counts" in bookmark for bookmark in ran.state["bookmarks"].values())
    assert all(sum("counts" in mark for mark in state["bookmarks"].values()) <= 1 for state in ran.states)


def test_reads_balance_transactions_of_the_last_fourteen_days_again(stripe: FakeStripe) -> None:
    fill(stripe, "balance_transactions", 60)
    first = run(TapStripe, stripe.config(), NOW)
    second = run(TapStripe, stripe.config(), "2026-11-25T02:00:00Z", first.state)
    assert min(row["created"] for row in second.rows("balance_transactions")).startswith("2026-11-10")
    assert len(second.rows("balance_transactions")) == 15
    third = run(TapStripe, stripe.config(), "2026-11-26T02:00:00Z", second.state)
    assert min(row["created"] for row in third.rows("balance_transactions")).startswith("2026-11-11")


def test_puts_undeclared_fields_aside_and_drops_what_could_complete_a_payment(stripe: FakeStripe) -> None:
    created = seconds("2026-11-20 00:00:00")
    stripe.add("payment_intents", "pi_1", created, client_secret="pi_1_secret_x", brand_new={"a": [1.5]}, status="succeeded")
    stripe.add("charges", "ch_1", created, amount="12", metadata={"nul": "a\0b", "half": "\ud83d"}, status=None)
    ran = run(TapStripe, stripe.config(), NOW)
    row = ran.table("payment_intents")["pi_1"]
    assert row["_extra"] == {"brand_new": {"a": [1.5]}}
    assert "secret" not in str(ran.messages)
    charge = ran.table("charges")["ch_1"]
    assert charge["metadata"] == {"nul": "a\0b", "half": "\ud83d"}
    assert charge["amount"] == "12"
    assert charge["_extra"] is None


def test_reads_an_account_in_which_nothing_has_happened(stripe: FakeStripe) -> None:
    ran = run(TapStripe, stripe.config(), NOW)
    assert ran.error is None
    assert {m["stream"] for m in ran.messages if m["type"] == "SCHEMA"} == set(STREAMS)
    assert ran.state["bookmarks"]["charges"]["read_to"] == "2026-11-24"
