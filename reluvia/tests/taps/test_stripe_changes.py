"""tap-stripe: what changed after it was read, and what is gone."""

from __future__ import annotations

import threading

import pytest
from fake_stripe import FakeStripe
from running import run, seconds
from singer_kit.http import Pace
from tap_stripe.tap import TapStripe

FIRST, SECOND = "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"
OLD = seconds("2026-06-01 00:00:00")


def test_asks_for_no_events_on_the_first_run(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", OLD)
    run(TapStripe, stripe.config(), FIRST)
    assert stripe.asked("/v1/events") == []


def test_fetches_changed_objects_again_once_each_as_they_are_now(stripe: FakeStripe) -> None:
    charge = stripe.add("charges", "ch_1", OLD, amount_refunded=0)
    stripe.add("charges", "ch_2", OLD + 1)
    first = run(TapStripe, stripe.config(), FIRST)
    for at in range(5):
        stripe.event("charge.updated", seconds("2026-11-24 10:00:00") + at, {**charge, "amount_refunded": at})
    charge["amount_refunded"] = 500
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    assert [(row["id"], row["amount_refunded"]) for row in second.rows("charges")] == [("ch_1", 500)]
    assert len(stripe.asked("/v1/charges/ch_1")) == 1
    assert len(stripe.asked("/v1/events")) == 1


def test_asks_for_events_since_the_last_run_began_less_an_hour(stripe: FakeStripe) -> None:
    first = run(TapStripe, stripe.config(), FIRST)
    run(TapStripe, stripe.config(), SECOND, first.state)
    assert stripe.asked("/v1/events")[0].query["created[gte]"] == str(seconds("2026-11-24 01:00:00"))


def test_fetches_the_charge_of_a_refund_or_dispute_again(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", OLD, disputed=False)
    first = run(TapStripe, stripe.config(), FIRST)
    dispute = stripe.add("disputes", "dp_1", seconds("2026-11-24 10:00:00"), charge="ch_1")
    stripe.event("charge.dispute.created", seconds("2026-11-24 10:00:00"), dispute)
    stripe.objects["charges"]["ch_1"]["disputed"] = True
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    assert second.table("charges")["ch_1"]["disputed"] is True
    assert list(second.table("disputes")) == ["dp_1"]


def test_leaves_new_objects_to_the_list_that_shows_them_anyway(stripe: FakeStripe) -> None:
    first = run(TapStripe, stripe.config(), FIRST)
    for number in range(30):
        charge = stripe.add("charges", f"ch_{number}", seconds("2026-11-24 12:00:00") + number)
        stripe.event("charge.succeeded", charge["created"], charge)
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    assert len(second.rows("charges")) == 30
    assert not [request for request in stripe.requests if request.path.startswith("/v1/charges/")]


def test_stays_below_twenty_five_requests_a_second() -> None:
    clock = {"now": 100.0}
    lock = threading.Lock()
    at: list[float] = []

    def sleep(length: float) -> None:
        with lock:
            clock["now"] += length

    pace = Pace(20, monotonic=lambda: clock["now"], sleep=sleep)
    for _ in range(200):
        pace.wait()
        at.append(clock["now"])
    assert max(sum(start <= moment < start + 1 for moment in at) for start in at) <= 21
    assert at[-1] - at[0] == pytest.approx(199 / 20, rel=0.01)


def test_every_request_of_the_tap_takes_its_turn(stripe: FakeStripe) -> None:
    charges = [stripe.add("charges", f"ch_{number}", OLD + number) for number in range(90)]
    first = run(TapStripe, stripe.config(), FIRST)
    for charge in charges:
        stripe.event("charge.updated", seconds("2026-11-24 10:00:00"), charge)
    waited: list[None] = []

    class Counting(Pace):
        def wait(self) -> None:
            waited.append(None)

    before = len(stripe.requests)
    tap = TapStripe(config=stripe.config())
    tap.http._pace = Counting(20)
    second = run(TapStripe, stripe.config(), SECOND, first.state, http=tap.http)
    assert len(second.table("charges")) == 90
    assert len(waited) == len(stripe.requests) - before


def test_reads_everything_again_after_more_than_thirty_days_of_silence(stripe: FakeStripe) -> None:
    stripe.add("charges", "ch_1", OLD, status="succeeded")
    stripe.add("balance_transactions", "txn_1", OLD)
    first = run(TapStripe, stripe.config(), FIRST)
    within = run(TapStripe, stripe.config(), "2026-12-24T00:00:00Z", first.state)
    assert within.rows("charges") == []
    after = run(TapStripe, stripe.config(), "2026-12-24T03:00:00Z", first.state)
    assert list(after.table("charges")) == ["ch_1"]
    assert list(after.table("balance_transactions")) == ["txn_1"]
    (text,) = after.notices()
    assert "over 30 days ago (2026-11-24T02:00:00Z)" in text


def test_marks_a_deleted_customer_and_empties_what_says_who_it_was(stripe: FakeStripe) -> None:
    customer = stripe.add("customers", "cus_1", OLD, email="a@b.c", name="Ann", currency="usd")
    first = run(TapStripe, stripe.config(), FIRST)
    stripe.event("customer.deleted", seconds("2026-11-24 10:00:00"), customer)
    stripe.objects["customers"]["cus_1"] = {"id": "cus_1", "object": "customer", "created": OLD, "deleted": True}
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    (row,) = second.rows("customers")
    assert row["_deleted_at"] == "2026-11-24T10:00:00Z"
    assert {"email", "name", "phone", "address", "metadata", "_extra"} <= row.keys()
    assert [value for name, value in row.items() if name not in {"id", "_deleted_at"}] == [None] * (len(row) - 2)
    assert "currency" not in row


def test_marks_what_is_not_found_any_more_and_names_no_other_column(stripe: FakeStripe) -> None:
    product = stripe.add("products", "prod_1", OLD, name="Pro")
    first = run(TapStripe, stripe.config(), FIRST)
    stripe.event("product.deleted", seconds("2026-11-24 10:00:00"), product)
    del stripe.objects["products"]["prod_1"]
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    assert second.rows("products") == [{"id": "prod_1", "_deleted_at": "2026-11-24T10:00:00Z"}]


def test_gives_a_row_to_what_was_made_and_deleted_between_two_runs(stripe: FakeStripe) -> None:
    first = run(TapStripe, stripe.config(), FIRST)
    invoice = {"id": "in_1", "object": "invoice", "created": seconds("2026-11-24 09:00:00"), "status": "draft"}
    stripe.event("invoice.created", seconds("2026-11-24 09:00:00"), invoice)
    stripe.event("invoice.deleted", seconds("2026-11-24 10:00:00"), invoice)
    second = run(TapStripe, stripe.config(), SECOND, first.state)
    (row,) = second.rows("invoices")
    assert (row["status"], row["created"], row["_deleted_at"]) == ("draft", "2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z")


def test_a_cancelled_subscription_is_no_deleted_one(stripe: FakeStripe) -> None:
    subscription = stripe.add("subscriptions", "sub_1", OLD, status="active")
    first = run(TapStripe, stripe.config(), FIRST)
    subscription["status"] = "canceled"
    stripe.event("customer.subscription.deleted", seconds("2026-11-24 10:00:00"), subscription)
    (row,) = run(TapStripe, stripe.config(), SECOND, first.state).rows("subscriptions")
    assert (row["status"], row["_deleted_at"]) == ("canceled", None)
