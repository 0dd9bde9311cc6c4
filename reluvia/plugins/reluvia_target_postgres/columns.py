"""Columns of a raw table: their Postgres types from JSON Schema, what writes them, and what a misfit means."""

from __future__ import annotations

import re
from typing import Any, Literal

from sqlalchemy.dialects.postgresql import BIGINT, BOOLEAN, DATE, JSONB, NUMERIC, TEXT, TIMESTAMP, UUID, dialect
from sqlalchemy.types import TypeEngine

from reluvia_target_postgres import encoders
from reluvia_target_postgres.parent import PostgresConnector

EXTRA = "_extra"
LOADED_AT = "_loaded_at"
DELETED_AT = "_deleted_at"

#: A misfit in one of these stops the load; elsewhere the column is null and the value lies in `_extra`.
Role = Literal["key", "money", "time"]

#: Names of amounts and of what an amount is counted in.
_MONEY = re.compile(r"(?:^|_)(?:amount|balance|cost|fee|fees|net|price|revenue|subtotal|tax|total)(?:_|$)")

_ENCODERS: dict[str, encoders.Encoder] = {
    "text": encoders.text,
    "character varying": encoders.text,
    "bigint": encoders.bigint,
    "integer": encoders.bigint,
    "smallint": encoders.bigint,
    "numeric": encoders.numeric,
    "double precision": encoders.numeric,
    "boolean": encoders.boolean,
    "timestamp with time zone": encoders.timestamptz,
    "date": encoders.date,
    "uuid": encoders.uuid,
    "jsonb": encoders.jsonb,
}

#: Types whose equal values always have equal COPY fields here, so that repeated keys are seen without asking Postgres.
SPELT_ONE_WAY = frozenset({"text", "uuid", "bigint", "boolean", "date"})

_FITS = {
    "bigint": "a whole number of 64 bits",
    "integer": "a whole number of 32 bits",
    "numeric": "a number",
    "boolean": "true or false",
    "timestamp with time zone": "a date and time",
    "date": "a date",
    "uuid": "a UUID",
    "jsonb": "JSON that Postgres can hold",
}

_dialect = dialect()  # type: ignore[no-untyped-call]


class RawConnector(PostgresConnector):
    """Only decides types: exact numbers, times with their zone, uuid, and jsonb for whatever has members.

    The connection is the loader's own, so that one transaction can hold every stream of a window.
    """

    def get_sqlalchemy_url(self, config: Any) -> str:
        return "postgresql+psycopg://"

    def to_sql_type(self, jsonschema_type: dict[str, Any]) -> TypeEngine[Any]:
        return _sql_type(jsonschema_type)

    @classmethod
    def ddl_type(cls, jsonschema_type: dict[str, Any]) -> str:
        """The type as CREATE TABLE takes it."""
        compiled: str = _sql_type(jsonschema_type).compile(dialect=_dialect)
        return compiled.lower()


def _sql_type(jsonschema_type: dict[str, Any]) -> TypeEngine[Any]:
    types = _types(jsonschema_type)
    if types == {"string"}:
        format_ = _format(jsonschema_type)
        if format_ == "date-time":
            return TIMESTAMP(timezone=True)
        by_format: dict[str, TypeEngine[Any]] = {"date": DATE(), "uuid": UUID()}
        return by_format.get(format_ or "", TEXT())
    if types == {"integer"}:
        return BIGINT()
    if types and types <= {"integer", "number"}:
        return NUMERIC()
    if types == {"boolean"}:
        return BOOLEAN()
    return JSONB() if not types or types & {"object", "array"} else TEXT()


def _branches(schema: dict[str, Any]) -> list[dict[str, Any]]:
    branches = [branch for word in ("anyOf", "oneOf") for branch in schema.get(word, ()) if isinstance(branch, dict)]
    return [schema, *branches]


def _types(schema: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for branch in _branches(schema):
        declared = branch.get("type", ())
        found.update([declared] if isinstance(declared, str) else declared)
    return found - {"null"}


def _format(schema: dict[str, Any]) -> str | None:
    # A plain string beside a format can be any text.
    strings = [
        branch.get("format") for branch in _branches(schema) if "string" in _types({"type": branch.get("type", ())})
    ]
    return strings[0] if len(set(strings)) == 1 else None


def encoder_for(pg_type: str, schema: dict[str, Any]) -> encoders.Encoder | None:
    """What writes a column of this type, or None for a type that this loader does not write.

    The table's own type counts, whatever the tap says today.
    """
    encoder = _ENCODERS.get(pg_type.split("(", 1)[0])
    if encoder is encoders.text and _types(schema) - {"string"}:
        return encoders.scalar_text
    return encoder


def role_of(name: str, pg_type: str, key: list[str]) -> Role | None:
    if name in key:
        return "key"
    if pg_type.startswith(("timestamp", "date")):
        return "time"
    counted = pg_type.startswith(("bigint", "integer", "numeric")) and _MONEY.search(name)
    return "money" if counted or name == "currency" or name.endswith("amount_decimal") else None


def expected(pg_type: str) -> str:
    """What a column takes, in words."""
    return _FITS.get(pg_type, "a text")
