"""Rows: what a person finds in a raw table after a load, and after the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reluvia_target_postgres.errors import LoadError
from singer_sdk.singerlib.exceptions import InvalidInputLine
from target_database import BAG, BOOLEAN, INTEGER, TEXT, TIME, UUID, Warehouse, record, schema, state, warehouse

__all__ = ["warehouse"]

CHARGES = schema("charges", id=TEXT, amount=INTEGER, created=TIME, note=TEXT, metadata=BAG, _deleted_at=TIME)


def test_the_last_record_of_a_key_wins(warehouse: Warehouse) -> None:
    warehouse.load(CHARGES, *(record("charges", id=f"ch_{n % 3}", amount=n) for n in range(9)))
    assert warehouse.ask("select id, amount from SCHEMA.charges order by id") == [("ch_0", 6), ("ch_1", 7), ("ch_2", 8)]


def test_two_spellings_of_one_key_are_one_row_and_the_last_wins(warehouse: Warehouse) -> None:
    warehouse.load(
        schema("t", key=["at", "id"], at=TIME, id=UUID, v=INTEGER),
        record("t", at="2026-01-01T12:00:00+02:00", id="0f8fad5b-d9cb-469f-a165-70867728950e", v=1),
        record("t", at="2026-01-01T10:00:00Z", id="0F8FAD5B-D9CB-469F-A165-70867728950E", v=2),
    )
    assert warehouse.ask("select v from SCHEMA.t") == [(2,)]


def test_equal_rows_are_left_alone_and_changed_ones_get_a_new_time(warehouse: Warehouse) -> None:
    rows = [record("charges", id=f"ch_{n}", amount=n, metadata={"b": 1, "a": 2}, odd=n) for n in range(3)]
    warehouse.load(CHARGES, *rows)
    before = dict(warehouse.ask("select id, (xmin::text, ctid::text, _loaded_at)::text from SCHEMA.charges"))
    changed = record("charges", id="ch_1", amount=99, metadata={"a": 2, "b": 1}, odd=1)
    reordered = record("charges", id="ch_2", amount=2, metadata={"a": 2, "b": 1}, odd=2)
    warehouse.load(CHARGES, rows[0], changed, reordered, record("charges", id="ch_3", amount=3))
    after = dict(warehouse.ask("select id, (xmin::text, ctid::text, _loaded_at)::text from SCHEMA.charges"))
    assert {key for key in after if after[key] == before.get(key)} == {"ch_0", "ch_2"}
    assert warehouse.ask("select count(distinct _loaded_at) from SCHEMA.charges") == [(2,)]


def test_what_nobody_declared_lies_in_extra_and_nothing_is_dropped(warehouse: Warehouse) -> None:
    warehouse.load(
        CHARGES,
        record(
            "charges", id="ch_1", amount=1, odd={"x": [1, None]}, none=None, _extra={"aside": 1}, _loaded_at="never"
        ),
        record("charges", id="ch_2", amount=1, _extra=None),
        '{"type":"RECORD","stream":"charges","record":{"id":"ch_3","$odd":123456789012345678901234567890.5}}',
    )
    assert warehouse.ask("select id, _extra from SCHEMA.charges order by id")[:2] == [
        ("ch_1", {"odd": {"x": [1, None]}, "aside": 1, "_loaded_at": "never"}),
        ("ch_2", None),
    ]
    assert warehouse.ask("select _extra->>'$odd' from SCHEMA.charges where id = 'ch_3'") == [
        ("123456789012345678901234567890.5",)
    ]


def test_a_column_that_appears_later_is_added(warehouse: Warehouse) -> None:
    warehouse.load(
        schema("t", id=TEXT),
        record("t", id="a", late=1),
        schema("t", id=TEXT, late=INTEGER),
        record("t", id="b", late=2),
    )
    warehouse.load(schema("t", id=TEXT, late=INTEGER, later=BOOLEAN), record("t", id="c", late=3, later=True))
    assert warehouse.ask("select id, late, later, _extra from SCHEMA.t order by id") == [
        ("a", None, None, {"late": 1}),
        ("b", 2, None, None),
        ("c", 3, True, None),
    ]


def test_a_column_that_a_tap_no_longer_declares_stays_as_it_is(warehouse: Warehouse) -> None:
    warehouse.load(CHARGES, record("charges", id="ch_1", amount=1, note="kept"))
    warehouse.load(schema("charges", id=TEXT, amount=INTEGER), record("charges", id="ch_1", amount=2))
    assert warehouse.ask("select amount, note from SCHEMA.charges") == [(2, "kept")]


def test_a_table_with_another_key_is_refused(warehouse: Warehouse) -> None:
    warehouse.load(schema("t", id=TEXT, other=TEXT))
    with pytest.raises(LoadError, match=r"has the primary key \(id\), but the tap names \(other\)"):
        warehouse.load(schema("t", key=["other"], id=TEXT, other=TEXT))


def test_a_deletion_mark_keeps_the_row_and_empties_what_it_names(warehouse: Warehouse) -> None:
    customers = schema("customers", id=TEXT, email=TEXT, balance=INTEGER, metadata=BAG, _deleted_at=TIME)
    warehouse.load(
        customers,
        record("customers", id="cus_1", email="jane@example.com", balance=7, metadata={"a": 1}, phone="1"),
        record("customers", id="cus_2", email="joe@example.com", balance=8, plan="x"),
    )
    first = "2026-03-01T00:00:00Z"
    marks = [
        record("customers", id="cus_1", email=None, _extra=None, _deleted_at=first),
        record("customers", id="cus_2", _deleted_at=first, deleted=True),
        record("customers", id="cus_3", _deleted_at=first),
    ]
    warehouse.load(customers, *marks)
    when = datetime(2026, 3, 1, tzinfo=UTC)
    expected = [
        ("cus_1", None, 7, {"a": 1}, None, when),
        ("cus_2", "joe@example.com", 8, None, {"plan": "x", "deleted": True}, when),
        ("cus_3", None, None, None, None, when),
    ]
    columns = "select id, email, balance, metadata, _extra, _deleted_at from SCHEMA.customers order by id"
    assert warehouse.ask(columns) == expected
    loaded_at = warehouse.ask("select id, _loaded_at from SCHEMA.customers order by id")
    # Found deleted again a day later: the first time stays, and nothing is written.
    warehouse.load(customers, *({**m, "record": {**m["record"], "_deleted_at": "2026-03-02T00:00:00Z"}} for m in marks))
    assert warehouse.ask(columns) == expected
    assert warehouse.ask("select id, _loaded_at from SCHEMA.customers order by id") == loaded_at


def test_of_a_row_and_a_mark_in_one_window_the_later_counts(warehouse: Warehouse) -> None:
    mark, row = record("charges", id="ch_1", _deleted_at="2026-03-01T00:00:00Z"), record("charges", id="ch_1", amount=5)
    warehouse.load(CHARGES, row, mark)
    assert warehouse.ask("select amount, _deleted_at is null from SCHEMA.charges") == [(5, False)]
    warehouse.load(CHARGES, mark, row)
    assert warehouse.ask("select amount, _deleted_at is null from SCHEMA.charges") == [(5, True)]


def test_a_large_change_leaves_the_table_vacuumed_and_a_small_one_does_not(warehouse: Warehouse) -> None:
    warehouse.load(CHARGES, *(record("charges", id=f"ch_{n}", amount=n) for n in range(1_000)))
    analyzed = "select reltuples::int from pg_class where oid = 'SCHEMA.charges'::regclass"
    assert warehouse.ask(analyzed) == [(1_000,)]
    warehouse.load(CHARGES, *(record("charges", id=f"ch_{n}", amount=-n) for n in range(2_000, 2_050)))
    assert warehouse.ask(analyzed) == [(1_000,)]
    warehouse.load(CHARGES, *(record("charges", id=f"ch_{n}", amount=-n) for n in range(3_000, 3_500)))
    assert warehouse.ask(analyzed) == [(1_550,)]


def test_a_line_that_is_no_json_is_named_by_its_number_only(warehouse: Warehouse) -> None:
    with pytest.raises(InvalidInputLine) as failed:
        warehouse.load(CHARGES, '{"type":"RECORD","stream":"charges","record":{"id":"jane@example.com",}}', state(a=1))
    assert str(failed.value) == "Line 2 of the input is not valid JSON."


def test_a_name_that_postgres_would_cut_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(LoadError, match="longer than the 63 bytes"):
        warehouse.load(schema("t", id=TEXT, **{"x" * 64: TEXT}))


def test_without_a_schema_the_load_does_not_begin(warehouse: Warehouse) -> None:
    with pytest.raises(LoadError, match="No schema to load into"):
        warehouse.target(default_target_schema="")
