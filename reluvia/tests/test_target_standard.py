"""The SDK's standard tests of a target, and the one of its streams that the suite leaves out."""

from __future__ import annotations

import importlib.resources
import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from reluvia_target_postgres.target import TargetPostgres
from singer_sdk.testing import get_target_test_class, target_test_streams
from target_database import Warehouse, connection_settings, warehouse

__all__ = ["warehouse"]

SCHEMA = f"standard_{uuid4().hex[:12]}"

_Standard = get_target_test_class(TargetPostgres, config={**connection_settings(), "default_target_schema": SCHEMA})


class TestStandardTarget(_Standard):  # type: ignore[misc, valid-type]
    """Every test of singer_sdk.testing for targets."""

    @pytest.fixture(scope="class", autouse=True)
    def no_leftovers(self) -> Iterator[None]:
        yield
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(SCHEMA)))


def test_what_the_standard_streams_load_is_what_is_in_them(warehouse: Warehouse) -> None:
    streams = importlib.resources.files(target_test_streams)
    for name in (
        "encoded_string_data",
        "duplicate_records",
        "schema_updates",
        "special_chars_in_attributes",
        "no_primary_keys",
    ):
        warehouse.load(*(streams / f"{name}.singer").read_text("utf8").splitlines())
    assert [text for (text,) in warehouse.ask("select info from SCHEMA.test_strings order by id")] == [
        "simple string 2837",
        "απλή συμβολοσειρά",
        "简单的字串",
        "chaîne simple",
        'quoted "string"',
        'various " \\ / \n escape sequences',
        "m",
        "ā",
        "ƙ",
        "Double quoting: \\u0000 \\u0041 \\u0001",
        "Control Characters in string: \ufffd A \x01",
    ]
    assert warehouse.ask("select id, metric from SCHEMA.test_duplicate_records order by id") == [(1, 100), (2, 20)]
    assert warehouse.ask("select a6, a4->>'value' from SCHEMA.test_schema_updates where id in (2, 6) order by id") == [
        (None, None),
        (341, "444"),
    ]
    assert warehouse.ask("select d->>'agent:type' from SCHEMA.\"test:SpecialChars!in?attributes\"") == [("desktop",)]
    assert warehouse.ask("select sum(metric) from SCHEMA.test_no_pk") == [(66,)]


def test_of_many_states_the_last_is_always_emitted(warehouse: Warehouse) -> None:
    stream = importlib.resources.files(target_test_streams) / "multiple_state_messages.singer"
    loaded = warehouse.load(*stream.read_text("utf8").splitlines())
    assert loaded.states == [{"test_multiple_state_messages_a": 5, "test_multiple_state_messages_b": 6}]
