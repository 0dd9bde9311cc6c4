"""Values: what becomes of each kind in its column, and of what fits none."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID as Uuid

import pytest
from reluvia_target_postgres.errors import LoadError
from reluvia_target_postgres.wire import clean
from target_database import BAG, BOOLEAN, INTEGER, NUMBER, TEXT, TIME, UUID, Warehouse, record, schema, warehouse

__all__ = ["warehouse"]

CHARGES = schema("charges", id=TEXT, amount=INTEGER, created=TIME, note=TEXT, metadata=BAG, _deleted_at=TIME)


def test_every_declared_type_becomes_the_column_that_keeps_it(warehouse: Warehouse) -> None:
    warehouse.load(
        schema(
            "t",
            id=UUID,
            n=NUMBER,
            i=INTEGER,
            b=BOOLEAN,
            at=TIME,
            day={"type": "string", "format": "date"},
            s=TEXT,
            bag=BAG,
            many={"type": "array", "items": {"type": "string"}},
            either={"type": ["string", "integer", "null"]},
        ),
        record(
            "t",
            id="0F8FAD5B-D9CB-469F-A165-70867728950E",
            n=1.50,
            i=1e3,
            b=True,
            at="2026-01-01T12:00:00+02:00",
            day="2026-02-03",
            s="x",
            bag={"a": [1]},
            many=["x", "y"],
            either=7,
        ),
    )
    assert warehouse.types("t") == {
        "id": "uuid",
        "n": "numeric",
        "i": "bigint",
        "b": "boolean",
        "at": "timestamp with time zone",
        "day": "date",
        "s": "text",
        "bag": "jsonb",
        "many": "jsonb",
        "either": "text",
        "_extra": "jsonb",
        "_loaded_at": "timestamp with time zone",
    }
    assert warehouse.ask("select id, n, i, b, at, s, bag, many, either, _extra from SCHEMA.t") == [
        (
            Uuid("0f8fad5b-d9cb-469f-a165-70867728950e"),
            Decimal("1.5"),
            1000,
            True,
            datetime(2026, 1, 1, 10, tzinfo=UTC),
            "x",
            {"a": [1]},
            ["x", "y"],
            "7",
            None,
        )
    ]
    key = warehouse.ask(
        "select pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid = 'SCHEMA.t'::regclass"
    )
    assert key == [("PRIMARY KEY (id)",)]


def test_a_time_without_a_zone_is_utc_whatever_the_server_thinks(warehouse: Warehouse) -> None:
    (database,) = warehouse.ask("select current_database()")[0]
    warehouse.do(f"alter database {database} set timezone = 'America/New_York'")
    try:
        warehouse.load(schema("t", id=TEXT, at=TIME), record("t", id="a", at="2026-01-01 12:00:00.000001"))
    finally:
        warehouse.do(f"alter database {database} reset timezone")
    assert warehouse.ask("select at at time zone 'UTC' from SCHEMA.t") == [(datetime(2026, 1, 1, 12, 0, 0, 1),)]


def test_numbers_keep_every_digit(warehouse: Warehouse) -> None:
    warehouse.load(
        schema("t", id={"type": "integer"}, n=NUMBER, bag=BAG),
        '{"type":"RECORD","stream":"t","record":{"id":9007199254740993,"n":0.1000000000000000055511151231257827,'
        '"bag":{"big":12345678901234567890123,"small":-1e-30}}}',
    )
    assert warehouse.ask("select id, n::text, bag->>'big', bag->>'small' from SCHEMA.t") == [
        (
            9007199254740993,
            "0.1000000000000000055511151231257827",
            "12345678901234567890123",
            "-0.000000000000000000000000000001",
        )
    ]


def test_nul_and_half_surrogates_become_a_mark_at_any_depth_and_escaped_ones_stay(warehouse: Warehouse) -> None:
    warehouse.load(
        schema("t", id=TEXT, s=TEXT, bag=BAG),
        r'{"type":"RECORD","stream":"t","record":{"id":"a","s":"x\u0000y \\u0000 \ud83d\ude00 \ud83d! \\\u0000",'
        r'"bag":{"k\u0000":["\\u0000",{"\udc00":"\u0000"}]},"odd\u0000":1}}',
        r'{"type":"RECORD","stream":"t","record":{"id":"b","s":"\\N","bag":{"t":"a\tb\\nc\n"}}}',
    )
    assert warehouse.ask("select s, bag, _extra from SCHEMA.t order by id") == [
        (
            "x\ufffdy \\u0000 \U0001f600 \ufffd! \\\ufffd",
            {"k\ufffd": ["\\u0000", {"\ufffd": "\ufffd"}]},
            {"odd\ufffd": 1},
        ),
        ("\\N", {"t": "a\tb\\nc\n"}, None),
    ]


def test_any_text_comes_back_as_it_went_in(warehouse: Warehouse) -> None:
    chance = random.Random(20260101)
    alphabet = [
        '"',
        "\\",
        "\\u0000",
        "\n",
        "\t",
        "\r",
        "\b",
        "a",
        "é",
        "\u2028",
        "\U0001f600",
        "N",
        "\\N",
        "\\.",
        "",
        "\x7f",
        "{",
        "\x01",
    ]

    def text() -> str:
        return "".join(chance.choice(alphabet) for _ in range(chance.randrange(12)))

    sent = {str(n): (text(), {text(): [text(), {text(): text()}]}) for n in range(400)}
    # Half of them with every character beyond ASCII escaped, half as UTF-8.
    warehouse.load(
        schema("t", id=TEXT, s=TEXT, bag=BAG),
        *(
            json.dumps(record("t", id=key, s=s, bag=bag), ensure_ascii=int(key) % 2 == 0)
            for key, (s, bag) in sent.items()
        ),
    )
    assert {key: (s, bag) for key, s, bag in warehouse.ask("select id, s, bag from SCHEMA.t")} == sent


def test_cleaning_replaces_exactly_what_postgres_cannot_store() -> None:
    chance = random.Random(7)
    pieces = ["\\\\", '\\"', "\\u0000", "\\ud83d", "\\ude00", "\\u0041", "u0000", "ud83d", "x", "é", "\\n"]
    for _ in range(3_000):
        line = '"' + "".join(chance.choice(pieces) for _ in range(chance.randrange(8))) + '"'
        expected = "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in json.loads(line))
        assert json.loads(clean(line.encode())) == expected, line


def test_bytes_that_are_no_utf8_do_not_stop_a_load(warehouse: Warehouse) -> None:
    assert clean(b'{"a":"\xff\xed\xa0\x80"}').decode() == '{"a":"\ufffd\ufffd\ufffd\ufffd"}'


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("amount", "12.5", "a text"),
        ("amount", 1.5, "a number"),
        ("amount", 2**63, "a number"),
        ("created", 1700000000, "a number"),
        ("created", "tomorrow", "a text"),
        ("created", "2026-02-30T00:00:00Z", "a text"),
        ("created", {"secret": "x"}, "an object"),
    ],
)
def test_a_misfit_in_money_or_a_time_stops_the_load_and_names_it_without_its_value(
    warehouse: Warehouse, field: str, value: object, kind: str
) -> None:
    with pytest.raises(LoadError) as failed:
        warehouse.load(CHARGES, record("charges", id="ch_0"), record("charges", **{"id": "ch_1", field: value}))
    text = str(failed.value)
    assert text.startswith("charges: the ") and f'"{field}"' in text and "id=ch_1" in text and kind in text
    assert "secret" not in text and "tomorrow" not in text and "12.5" not in text
    assert warehouse.ask("select * from SCHEMA.charges") == []


@pytest.mark.parametrize("value", [5, None, {"a": 1}, ["a"]])
def test_a_key_of_another_type_stops_the_load(warehouse: Warehouse, value: object) -> None:
    with pytest.raises(LoadError, match=r'charges: the key "id" of a record is .*, not a text'):
        warehouse.load(CHARGES, record("charges", id=value, amount=1))


def test_a_key_that_may_be_personal_is_not_shown(warehouse: Warehouse) -> None:
    with pytest.raises(LoadError) as failed:
        warehouse.load(CHARGES, record("charges", id="jane@example.com", amount="x"))
    assert "jane" not in str(failed.value) and "(not shown)" in str(failed.value)


def test_a_misfit_elsewhere_is_null_in_its_column_kept_in_extra_and_counted_once(warehouse: Warehouse) -> None:
    loaded = warehouse.load(
        schema("t", id=TEXT, s=TEXT, b=BOOLEAN, n=INTEGER, u={"type": ["string", "null"], "format": "uuid"}),
        record("t", id="a", s=5, b="yes", n=12345678901234567890123, u="not-a-uuid", y=1),
        record("t", id="b", s=["x"], b=True, n=3),
        record("t", id="c", s="fine"),
    )
    assert warehouse.ask("select id, s, b, n, u, _extra from SCHEMA.t order by id") == [
        ("a", None, None, None, None, {"s": 5, "b": "yes", "n": 12345678901234567890123, "u": "not-a-uuid", "y": 1}),
        ("b", None, True, 3, None, {"s": ["x"]}),
        ("c", "fine", None, None, None, None),
    ]
    assert warehouse.ask("select _extra->>'n' from SCHEMA.t where id = 'a'") == [("12345678901234567890123",)]
    assert {(n["stream"], n["field"], n["count"]) for n in loaded.notices} == {
        ("t", "s", 2),
        ("t", "b", 1),
        ("t", "n", 1),
        ("t", "u", 1),
    }
    assert all("12345" not in n["text"] and "yes" not in n["text"] for n in loaded.notices)


def test_json_that_only_postgres_refuses_is_kept_as_text(warehouse: Warehouse) -> None:
    loaded = warehouse.load(
        schema("t", id=TEXT, bag=BAG, n=NUMBER),
        '{"type":"RECORD","stream":"t","record":{"id":"a","bag":{"n":1e999999},"n":1e999999,"z":-1e999999,"ok":[1]}}',
        record("t", id="b", bag={"n": 1}),
    )
    assert warehouse.ask("select id, bag, n, _extra from SCHEMA.t order by id") == [
        ("a", None, None, {"bag": '{"n":1e999999}', "n": "1e999999", "z": "-1e999999", "ok": [1]}),
        ("b", {"n": 1}, None, None),
    ]
    assert [n["field"] for n in loaded.notices] == ["n", "bag"]


def test_the_type_of_a_column_that_is_there_counts(warehouse: Warehouse) -> None:
    warehouse.do("create schema SCHEMA")
    warehouse.do("create table SCHEMA.t (id text primary key, small smallint, short varchar(3), s text)")
    loaded = warehouse.load(
        schema("t", id=TEXT, small=INTEGER, short=TEXT, s=INTEGER),
        record("t", id="a", small=1, short="abc"),
        record("t", id="b", small=70_000, short="abcd", s=4),
    )
    assert warehouse.ask("select id, small, short, s, _extra from SCHEMA.t order by id") == [
        ("a", 1, "abc", None, None),
        ("b", None, None, "4", {"small": "70000", "short": "abcd"}),
    ]
    assert {n["field"] for n in loaded.notices} == {"small", "short"}


def test_a_column_that_would_lose_the_zone_is_refused_with_the_statement_that_mends_it(warehouse: Warehouse) -> None:
    warehouse.do("create schema SCHEMA")
    warehouse.do("create table SCHEMA.t (id text primary key, at timestamp)")
    with pytest.raises(LoadError, match='ALTER COLUMN "at" TYPE timestamp with time zone'):
        warehouse.load(schema("t", id=TEXT, at=TIME))
