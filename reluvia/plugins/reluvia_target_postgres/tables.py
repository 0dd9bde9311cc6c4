"""Raw tables: made when missing, widened when a column appears, and read as they are."""

from __future__ import annotations

import psycopg
from psycopg import sql

from reluvia_target_postgres.columns import EXTRA, LOADED_AT
from reluvia_target_postgres.errors import LoadError

#: Bytes that Postgres keeps of a name (PostgreSQL, Lexical Structure > Identifiers).
_NAME_BYTES = 63

# Widest alignment first, so that no row holds padding between its columns (PostgreSQL, Database Page Layout).
_ALIGNMENT = {"bigint": 0, "timestamp with time zone": 0, "date": 1, "boolean": 2}

_COLUMNS = """
    select attname, format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
"""
_KEY = """
    select attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
    where i.indrelid = to_regclass(%s) and i.indisprimary
"""


def qualified(schema: str, table: str) -> sql.Identifier:
    return sql.Identifier(schema, table)


def lock(cursor: psycopg.Cursor, schema: str, table: str) -> None:
    """Waits until no other loader writes this table; the lock ends with the transaction."""
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"target-postgres {schema}.{table}"])


def prepare(cursor: psycopg.Cursor, schema: str, table: str, wanted: dict[str, str], key: list[str]) -> dict[str, str]:
    """Makes or widens a table until it has every wanted column, `_extra` and `_loaded_at`; returns all its columns.

    `wanted` and the answer map names to Postgres types; a column that exists keeps its type. Nothing is locked or
    written when nothing is missing. Raises LoadError when the table's key is another one.
    """
    too_long = [name for name in (schema, table, *wanted) if len(name.encode()) > _NAME_BYTES]
    if too_long:
        raise LoadError(
            f'{table}: the name "{too_long[0]}" is longer than the {_NAME_BYTES} bytes that Postgres keeps.'
        )
    wanted = {**wanted, EXTRA: "jsonb", LOADED_AT: "timestamp with time zone"}
    name = qualified(schema, table)
    columns = _columns(cursor, name)
    if not wanted.keys() <= columns.keys():
        lock(cursor, "", schema)
        _make_schema(cursor, schema)
        columns = _columns(cursor, name)
        if columns:
            _widen(cursor, name, {column: type_ for column, type_ in wanted.items() if column not in columns})
        else:
            _create(cursor, name, wanted, key)
        columns = _columns(cursor, name)
    _check_key(cursor, name, f"{schema}.{table}", key)
    return columns


def _regclass(cursor: psycopg.Cursor, name: sql.Identifier) -> str:
    return name.as_string(cursor.connection)


def _columns(cursor: psycopg.Cursor, name: sql.Identifier) -> dict[str, str]:
    return dict(cursor.execute(_COLUMNS, [_regclass(cursor, name)]).fetchall())


def _make_schema(cursor: psycopg.Cursor, schema: str) -> None:
    # IF NOT EXISTS asks for the right to create schemas even when there is nothing to do.
    if cursor.execute(
        "select to_regnamespace(%s)", [sql.Identifier(schema).as_string(cursor.connection)]
    ).fetchone() == (None,):
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))


def _definition(column: str, type_: str) -> sql.Composed:
    default = sql.SQL(" not null default now()" if column == LOADED_AT else "")
    return sql.SQL("{} {}{}").format(sql.Identifier(column), sql.SQL(type_), default)


def _create(cursor: psycopg.Cursor, name: sql.Identifier, wanted: dict[str, str], key: list[str]) -> None:
    ordered = [*key, *sorted((c for c in wanted if c not in key), key=lambda c: _ALIGNMENT.get(wanted[c], 9))]
    parts: list[sql.Composable] = [_definition(column, wanted[column]) for column in ordered]
    if key:
        parts.append(sql.SQL("primary key ({})").format(sql.SQL(", ").join(map(sql.Identifier, key))))
    cursor.execute(sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(parts)))


def _widen(cursor: psycopg.Cursor, name: sql.Identifier, missing: dict[str, str]) -> None:
    parts = [sql.SQL("add column {}").format(_definition(column, type_)) for column, type_ in missing.items()]
    cursor.execute(sql.SQL("alter table {} {}").format(name, sql.SQL(", ").join(parts)))


def _check_key(cursor: psycopg.Cursor, name: sql.Identifier, shown: str, key: list[str]) -> None:
    found = {row[0] for row in cursor.execute(_KEY, [_regclass(cursor, name)]).fetchall()}
    if not key or found == set(key):
        return
    wanted = ", ".join(key)
    if not found:
        raise LoadError(f"{shown} has no primary key. Give it one: ALTER TABLE {shown} ADD PRIMARY KEY ({wanted});")
    raise LoadError(
        f"{shown} has the primary key ({', '.join(sorted(found))}), but the tap names ({wanted}). "
        f"Load it anew: DROP TABLE {shown};"
    )


def vacuum_if_changed(connection: psycopg.Connection, schema: str, table: str, changed: int) -> bool:
    """VACUUM (ANALYZE) when more than a tenth of the table changed; whether it was done. Outside a transaction."""
    name = qualified(schema, table)
    row = connection.execute(
        "select greatest(reltuples, 0) from pg_class where oid = to_regclass(%s)", [name.as_string(connection)]
    ).fetchone()
    if row is None or changed <= 0.1 * float(row[0]):
        return False
    connection.execute(sql.SQL("vacuum (analyze) {}").format(name))
    return True
