"""What the loader's tests share: a schema of their own in a real Postgres, and ways to run the loader on it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from reluvia_target_postgres.target import TargetPostgres

DEADLINE = 60


def connection_settings() -> dict[str, Any]:
    """The loader's settings for the database of TEST_DATABASE_URL."""
    url = urlsplit(os.environ["TEST_DATABASE_URL"])
    return {
        "host": url.hostname,
        "port": url.port,
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "database": url.path[1:],
        "sslmode": "disable",
    }


@dataclass
class Loaded:
    """What one run of the loader said."""

    states: list[Any] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""

    @property
    def notices(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == "notice"]


def events_in(stderr: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.splitlines() if line.startswith('{"event"')]


class Warehouse:
    """A schema in the test database, and the loader pointed at it."""

    def __init__(self) -> None:
        self.schema = f"raw_{uuid4().hex[:12]}"
        self.connection = psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True)
        self.connection.execute("set time zone 'UTC'")

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.replace("SCHEMA", self.schema), values or None).fetchall()  # type: ignore[arg-type]

    def do(self, statement: str) -> None:
        self.connection.execute(statement.replace("SCHEMA", self.schema))  # type: ignore[arg-type]

    def types(self, table: str) -> dict[str, str]:
        query = (
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0"
        )
        return dict(self.connection.execute(query, [f"{self.schema}.{table}"]).fetchall())

    def target(self, **config: Any) -> TargetPostgres:
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            return TargetPostgres(config={**connection_settings(), "default_target_schema": self.schema, **config})
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def load(self, *messages: dict[str, Any] | str, target: TargetPostgres | None = None, **config: Any) -> Loaded:
        """Runs the loader in this process on messages, or on lines as they are."""
        loader = target or self.target(**config)
        out, err = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(err):
                loader.listen(io.StringIO(lines(*messages)))
        finally:
            loader.session.close()
        states = [json.loads(line) for line in out.getvalue().splitlines()]
        return Loaded(states, events_in(err.getvalue()), err.getvalue())

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """The loader as a process of its own, as Meltano starts it."""
        settings = {f"TARGET_POSTGRES_{name.upper()}": str(value) for name, value in connection_settings().items()}
        return subprocess.Popen(
            [sys.executable, "-m", "reluvia_target_postgres", "--config", "ENV"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **settings, "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": self.schema, **environment},
        )

    def close(self) -> None:
        self.connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(self.schema)))
        self.connection.close()


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    made = Warehouse()
    yield made
    made.close()


def lines(*messages: dict[str, Any] | str) -> str:
    return "".join((m if isinstance(m, str) else json.dumps(m)) + "\n" for m in messages)


def schema(stream: str, key: list[str] | None = None, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties},
        "key_properties": ["id"] if key is None else key,
    }


def record(stream: str, **values: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": stream, "record": values}


def state(**value: Any) -> dict[str, Any]:
    return {"type": "STATE", "value": value}


TEXT: dict[str, Any] = {"type": ["string", "null"]}
INTEGER: dict[str, Any] = {"type": ["integer", "null"]}
NUMBER: dict[str, Any] = {"type": ["number", "null"]}
BOOLEAN: dict[str, Any] = {"type": ["boolean", "null"]}
TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
BAG: dict[str, Any] = {"type": ["object", "null"], "additionalProperties": True}


ROWS = schema("rows", id=TEXT, amount=INTEGER)


def window(number: int, size: int) -> list[dict[str, Any]]:
    return [*(record("rows", id=f"{number}-{n}", amount=n) for n in range(size)), state(done=number)]
