"""Rows into a table: COPY into a temporary table, then one INSERT that leaves equal rows alone."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

import psycopg
from psycopg import sql

from reluvia_target_postgres.columns import DELETED_AT, EXTRA, LOADED_AT, SPELT_ONE_WAY
from reluvia_target_postgres.errors import Refused
from reluvia_target_postgres.tables import qualified

_ROWS_A_WRITE = 200

# "COPY load_1, line 3, column amount: …" in the context of an error, below what the type's own reader says.
_AT = re.compile(r"^COPY .*?, line (\d+), column (.*)$", re.MULTILINE)

_UNREADABLE = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)


class Merge:
    """The statements that write some columns of one table, built once.

    `mark` writes what a deletion mark names and leaves the other columns of a row as they are.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        schema: str,
        table: str,
        staging: str,
        columns: dict[str, str],
        key: list[str],
        *,
        mark: bool = False,
    ) -> None:
        self._columns = tuple(columns)
        target, temporary = qualified(schema, table), qualified("pg_temp", staging)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        keys = sql.SQL(", ").join(map(sql.Identifier, key))
        self.copy = sql.SQL("copy {} ({}) from stdin").format(temporary, names).as_string(connection)
        once: sql.Composable = sql.SQL("")
        last: sql.Composable = sql.SQL("")
        if any(columns[name] not in SPELT_ONE_WAY for name in key):
            # 10:00Z and 12:00+02:00 are one key: the later row, which lies further back in a table just filled, wins.
            once = sql.SQL("distinct on ({}) ").format(keys)
            last = sql.SQL(" order by {}, ctid desc").format(keys)
        self.insert = (
            sql.SQL("insert into {} as t ({}, {}) select {}{}, now() from {}{}{}")
            .format(
                target,
                names,
                sql.Identifier(LOADED_AT),
                once,
                names,
                temporary,
                last,
                self._on_conflict(keys, [name for name in columns if name not in key], mark) if key else sql.SQL(""),
            )
            .as_string(connection)
        )
        self.empty = sql.SQL("delete from {}").format(temporary).as_string(connection)

    @staticmethod
    def _on_conflict(keys: sql.Composable, others: list[str], mark: bool) -> sql.Composable:
        if not others:
            return sql.SQL(" on conflict ({}) do nothing").format(keys)
        after = [(name, _after(name, mark)) for name in others]
        return sql.SQL(
            " on conflict ({}) do update set {}, {} = excluded.{} where row({}) is distinct from row({})"
        ).format(
            keys,
            sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in after),
            sql.Identifier(LOADED_AT),
            sql.Identifier(LOADED_AT),
            sql.SQL(", ").join(sql.Identifier("t", name) for name in others),
            sql.SQL(", ").join(value for _, value in after),
        )

    def run(self, cursor: psycopg.Cursor, rows: Collection[bytes]) -> int:
        """Writes rows in COPY's text format, one a key; returns how many were inserted or changed.

        The staging table has to be empty; the end of the transaction empties it again. Raises Refused for a value that
        Postgres cannot read.
        """
        try:
            with cursor.copy(self.copy) as copy:
                remaining = iter(rows)
                while block := b"".join(islice(remaining, _ROWS_A_WRITE)):
                    copy.write(block)
        except _UNREADABLE as error:
            where = self._where(error)
            if where is None:
                raise
            raise where from None
        cursor.execute(self.insert)
        return cursor.rowcount

    def _where(self, error: psycopg.Error) -> Refused | None:
        found = _AT.search(error.diag.context or "")
        if found is None:
            return None
        rest = found[2]
        for index, name in enumerate(self._columns):
            if rest == name or rest.startswith(f"{name}: "):
                return Refused(int(found[1]) - 1, index)
        return None


def _after(name: str, mark: bool) -> sql.Composable:
    """A column's value after the merge. The first mark of a deletion counts; what else it says is added to `_extra`."""
    new, old = sql.Identifier("excluded", name), sql.Identifier("t", name)
    if mark and name == DELETED_AT:
        return sql.SQL("coalesce({}, {})").format(old, new)
    if mark and name == EXTRA:
        return sql.SQL("case when {} is not null then coalesce({}, '{{}}') || {} end").format(new, old, new)
    return new
