"""Which state and which counts are written, when, and beside whom."""

from __future__ import annotations

import json
import os
import threading
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from reluvia_target_postgres import session as session_module
from reluvia_target_postgres import target as target_module
from reluvia_target_postgres.errors import LoadError
from target_database import (
    DEADLINE,
    ROWS,
    Warehouse,
    lines,
    record,
    state,
    warehouse,
    window,
)

__all__ = ["warehouse"]


@pytest.fixture
def every_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window waits for its neighbours."""
    monkeypatch.setattr(target_module, "GROUP_SECONDS", 0)


@pytest.mark.usefixtures("every_window")
def test_every_finished_window_is_emitted_and_a_failure_leaves_the_last_one_standing(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    target = warehouse.target()
    bad = [record("rows", id="3-0", amount=1), record("rows", id="3-1", amount="none"), state(done=3)]
    out: list[str] = []
    with pytest.MonkeyPatch.context() as patch, pytest.raises(LoadError):
        patch.setattr("sys.stdout.write", out.append)
        target.listen(iter(lines(ROWS, *window(1, 3), *window(2, 3), *bad).splitlines(keepends=True)))  # type: ignore[arg-type]
    target.session.close()
    assert [json.loads(text) for text in out] == [{"done": 1}, {"done": 2}]
    assert warehouse.ask("select count(*), max(id) from SCHEMA.rows") == [(6, "2-2")]


def test_tiny_windows_share_a_transaction_and_a_large_one_has_its_own(warehouse: Warehouse) -> None:
    tiny = [message for number in range(50) for message in window(number, 2)]
    loaded = warehouse.load(ROWS, *tiny, *window(50, target_module.GROUP_ROWS), *window(51, 1))
    assert loaded.states == [{"done": 50}, {"done": 51}]
    assert warehouse.ask("select count(distinct _loaded_at) from SCHEMA.rows") == [(2,)]


def test_a_window_larger_than_memory_should_hold_is_written_in_pieces_and_its_state_comes_last(
    warehouse: Warehouse,
) -> None:
    loaded = warehouse.load(ROWS, *window(1, 250), batch_size_rows=100)
    assert loaded.states == [{"done": 1}]
    assert warehouse.ask("select count(*), count(distinct _loaded_at) from SCHEMA.rows") == [(250, 3)]
    bytes_ = warehouse.load(
        ROWS, *(record("rows", id=f"x{n}", text="y" * 1_000) for n in range(100)), batch_size_bytes=20_000
    )
    assert bytes_.events[-1] == {"event": "progress", "stream": "rows", "rows": 100}
    assert warehouse.ask("select count(distinct _loaded_at) from SCHEMA.rows where id like 'x%%'")[0][0] >= 5


@pytest.mark.usefixtures("every_window")
def test_counts_are_written_with_their_rows_once_and_are_no_part_of_the_state(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = uuid4().hex
    monkeypatch.setenv("PIPELINE_RUN_ID", run)
    days = [
        {"day": "2026-01-01", "count": 2, "amount": 30, "currency": "usd", "complete": True},
        {"day": "2026-01-02", "count": 1, "amount": None, "currency": "", "complete": False},
    ]
    later = [{"day": "2026-01-02", "count": 5, "amount": None, "currency": "", "complete": True}]
    loaded = warehouse.load(
        ROWS,
        record("rows", id="a"),
        state(bookmarks={"rows": {"at": 1, "counts": days}, "other": {"x": 1.50}}, more=[1]),
        record("rows", id="b"),
        state(bookmarks={"rows": {"at": 2, "counts": later}}),
    )
    assert loaded.states == [
        {"bookmarks": {"rows": {"at": 1}, "other": {"x": 1.5}}, "more": [1]},
        {"bookmarks": {"rows": {"at": 2}}},
    ]
    source = warehouse.schema.removeprefix("raw_")
    assert warehouse.ask(
        "select source, stream, day, source_count, source_amount, currency, complete from pipeline.stream_counts"
        " where run_id = %s order by day",
        run,
    ) == [
        (source, "rows", date(2026, 1, 1), 2, Decimal(30), "usd", True),
        (source, "rows", date(2026, 1, 2), 5, None, "", True),
    ]
    with_rows = (
        "select count(*) from pipeline.stream_counts c join SCHEMA.rows r on r._loaded_at = c.recorded_at"
        " where run_id = %s"
    )
    assert warehouse.ask(with_rows, run) == [(2,)]


def test_counts_of_another_shape_stop_the_load(warehouse: Warehouse) -> None:
    with pytest.raises(LoadError, match="The tap's counts have another shape"):
        warehouse.load(ROWS, state(bookmarks={"rows": {"counts": [{"day": "2026-01-01", "count": "many"}]}}))


def test_two_loaders_on_one_table_both_finish(warehouse: Warehouse) -> None:
    processes = [warehouse.start(TARGET_POSTGRES_BATCH_SIZE_ROWS="500") for _ in range(2)]
    texts = [lines(ROWS, *window(0, 4_000)), lines(ROWS, *reversed(window(0, 4_000)[:-1]), *window(1, 1_000))]
    results: list[tuple[bytes, bytes]] = []
    threads = [
        threading.Thread(target=lambda p=process, t=text: results.append(p.communicate(t.encode(), timeout=DEADLINE)))
        for process, text in zip(processes, texts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert [process.returncode for process in processes] == [0, 0], results
    assert warehouse.ask("select count(*) from SCHEMA.rows") == [(5_000,)]


def test_a_lock_held_by_somebody_is_waited_for_and_the_batch_tried_again(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.load(ROWS)
    monkeypatch.setattr(session_module, "LOCK_SECONDS", 1)
    target = warehouse.target()
    holder = psycopg.connect(os.environ["TEST_DATABASE_URL"])
    holder.execute(f"lock table {warehouse.schema}.rows in access exclusive mode")  # type: ignore[arg-type]
    naps: list[float] = []

    def release(seconds: float) -> None:
        naps.append(seconds)
        holder.close()

    monkeypatch.setattr(target.session, "_sleep", release)
    loaded = warehouse.load(ROWS, *window(1, 3), target=target)
    assert (len(naps), loaded.states) == (1, [{"done": 1}])


def test_a_lock_that_is_never_given_back_fails_in_words(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse.load(ROWS)
    monkeypatch.setattr(session_module, "LOCK_SECONDS", 1)
    monkeypatch.setattr(session_module, "TRIES", 2)
    target = warehouse.target()
    monkeypatch.setattr(target.session, "_sleep", lambda _: None)
    with psycopg.connect(os.environ["TEST_DATABASE_URL"]) as holder:
        holder.execute(f"lock table {warehouse.schema}.rows in access exclusive mode")  # type: ignore[arg-type]
        with pytest.raises(LoadError, match="another session holds the table"):
            warehouse.load(ROWS, *window(1, 3), target=target)
