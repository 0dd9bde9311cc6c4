"""One stream into one table: rows wait here, one a key, until the target writes a window in one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from reluvia_target_postgres import notices, tables
from reluvia_target_postgres.columns import EXTRA, LOADED_AT, RawConnector, encoder_for, expected, role_of
from reluvia_target_postgres.errors import LoadError, Refused
from reluvia_target_postgres.merge import Merge
from reluvia_target_postgres.parent import PostgresSink
from reluvia_target_postgres.rows import Column, Record, RowWriter

if TYPE_CHECKING:
    from reluvia_target_postgres.target import TargetPostgres

_staging_numbers = itertools.count(1)


class RawSink(PostgresSink):
    """A raw table: typed columns for what is declared, `_extra` for the rest, `_loaded_at` for a row's last change."""

    connector_class = RawConnector

    def __init__(self, target: TargetPostgres, *args: Any, **kwargs: Any) -> None:
        self._session = target.session
        super().__init__(target, *args, **kwargs)

    # What the SDK would do to every record and this loader does not: metadata, validation, metrics.
    @property
    def include_sdc_metadata_properties(self) -> bool:
        return False

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        return None

    @property
    def key_properties(self) -> Sequence[str]:
        return list(self._key_properties)

    def setup(self) -> None:
        """Makes the table, or what it lacks, and decides by its columns how each field is written."""
        self.append_only = not self.key_properties
        key = list(self.key_properties)
        properties: dict[str, dict[str, Any]] = {
            name: schema for name, schema in self.schema["properties"].items() if name not in {EXTRA, LOADED_AT}
        }
        undeclared = [name for name in key if name not in properties]
        if undeclared:
            raise LoadError(f'{self.stream_name}: the key "{undeclared[0]}" is not among the declared properties.')
        wanted = {name: RawConnector.ddl_type(schema) for name, schema in properties.items()}
        schema_name, table_name = self.schema_name or "public", self.table_name
        found = self._session.transaction(
            f"{self.stream_name}: the table cannot be made ready",
            lambda cursor: tables.prepare(cursor, schema_name, table_name, wanted, key),
        )
        self._place = (schema_name, table_name)
        self._types = {name: found[name] for name in (*key, *(n for n in properties if n not in key), EXTRA)}
        columns = [self._column(name, found[name], properties[name], key) for name in self._types if name != EXTRA]
        self.writer = RowWriter(self.stream_name, columns[: len(key)], columns[len(key) :])
        self._staging = f"load_{next(_staging_numbers)}"
        self._staged = False
        self._merges: dict[tuple[str, ...], Merge] = {}
        self._rows: dict[Any, bytes] = {}
        self._marks: dict[tuple[str, ...], dict[Any, bytes]] = {}
        self.rows_committed = 0
        self.rows_changed = 0

    def _column(self, name: str, pg_type: str, schema: dict[str, Any], key: list[str]) -> Column:
        encode = encoder_for(pg_type, schema)
        if encode is None:
            table = ".".join(self._place)
            raise LoadError(
                f'{self.stream_name}: the column "{name}" of {table} is {pg_type}, which this loader does not write. '
                f'Change it: ALTER TABLE {table} ALTER COLUMN "{name}" TYPE {RawConnector.ddl_type(schema)};'
            )
        return Column(name, pg_type, encode, role_of(name, pg_type, key))

    def take(self, record: Record) -> int:
        """Keeps a record until `process_batch`; returns its size in bytes. Of several with one key the last counts."""
        writer = self.writer
        fields = writer.key(record)
        key: Any = fields[0] if len(fields) == 1 else tuple(fields) or self._batch_records_read
        self._batch_records_read += 1
        if writer.is_mark(record):
            names, row = writer.mark(fields, record)
            self._marks.setdefault(names, {})[key] = row
            return len(row)
        if self._marks:
            for marked in self._marks.values():
                marked.pop(key, None)
        self._rows[key] = row = writer.row(fields, record)
        return len(row)

    def process_batch(self, context: dict[str, Any]) -> None:
        """Writes what is kept, in the transaction of `context["cursor"]`; adds to `context["changed"]` rows a stream.

        May be called again after a rollback. Raises Refused after it has mended the row that Postgres refused.
        """
        groups = [(tuple(self.writer.names), self._rows), *self._marks.items()]
        groups = [group for group in groups if group[1]]
        if not groups:
            return
        cursor: psycopg.Cursor = context["cursor"]
        tables.lock(cursor, *self._place)
        changed = 0
        for number, (names, rows) in enumerate(groups):
            merge = self._merge(cursor, names)
            if number:
                cursor.execute(merge.empty)
            try:
                changed += merge.run(cursor, rows.values())
            except Refused as refused:
                self._mend(names, rows, refused)
                raise
        context["changed"][self.stream_name] = changed

    def _merge(self, cursor: psycopg.Cursor, names: tuple[str, ...]) -> Merge:
        if not self._staged:
            everything = sql.SQL(", ").join(map(sql.Identifier, self._types))
            cursor.execute(
                sql.SQL(
                    "create temporary table if not exists {} on commit delete rows as select {} from {} with no data"
                ).format(sql.Identifier(self._staging), everything, tables.qualified(*self._place))
            )
        merge = self._merges.get(names)
        if merge is None:
            full = names == tuple(self.writer.names)
            merge = Merge(
                cursor.connection,
                *self._place,
                self._staging,
                {name: self._types[name] for name in names},
                list(self.key_properties),
                mark=not full,
            )
            self._merges[names] = merge
        return merge

    def _mend(self, names: tuple[str, ...], rows: dict[Any, bytes], refused: Refused) -> None:
        key = list(rows)[refused.row]
        row = rows[key]
        if EXTRA not in names:
            # A mark that had nothing for `_extra` until now.
            del rows[key]
            names, row = (*names, EXTRA), row[:-1] + rb"	\N" + b"\n"
            rows = self._marks.setdefault(names, {})
        rows[key] = self.writer.without(row, names, refused.column)

    def mark_drained(self) -> None:
        """Forgets what is now committed."""
        self.rows_committed += self._batch_records_read
        # A rollback before this moment took the staging table with it.
        self._staged = self._staged or bool(self._rows or self._marks)
        self._batch_records_read = 0
        self._rows = {}
        self._marks = {}

    def clean_up(self) -> None:
        """Says how many values did not fit, once."""
        for field, count in self.writer.misfits.items():
            notices.misfits(self.stream_name, field, expected(self._types[field]), count)
        self.writer.misfits.clear()
