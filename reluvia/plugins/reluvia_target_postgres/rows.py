"""One record, its values still bytes of JSON, into one line of COPY; what fits no column into `_extra`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import msgspec
from singer_sdk.exceptions import MissingKeyPropertiesError

from reluvia_target_postgres import encoders
from reluvia_target_postgres.columns import DELETED_AT, EXTRA, Role, expected
from reluvia_target_postgres.errors import LoadError

Record = dict[str, msgspec.Raw]

_NULL_JSON = b"null"
#: Ids of the sources; anything else could be somebody's name or address and is not shown.
_IS_ID = re.compile(rb"[A-Za-z0-9_:.-]{1,80}").fullmatch

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_string = msgspec.json.encode


@dataclass(frozen=True)
class Column:
    """One column of a table that a stream writes."""

    name: str
    pg_type: str
    encode: encoders.Encoder
    role: Role | None


class RowWriter:
    """Turns the records of one stream into rows. The key's columns come first, `_extra` last."""

    def __init__(self, stream: str, key: list[Column], others: list[Column]) -> None:
        self._stream = stream
        self._key = key
        self._others = others
        self._by_name = {column.name: column for column in (*key, *others)}
        self._slots = {column.name: (index, column.encode) for index, column in enumerate(others, start=len(key))}
        self._blank = [encoders.NULL] * (len(self._by_name) + 1)
        #: How often a field held another type than its column.
        self.misfits: Counter[str] = Counter()

    @property
    def names(self) -> list[str]:
        """The columns of a full row, in the order in which they are written."""
        return [*self._by_name, EXTRA]

    def is_mark(self, record: Record) -> bool:
        """Whether a record says that its object was deleted."""
        raw = record.get(DELETED_AT)
        return raw is not None and DELETED_AT in self._by_name and bytes(raw) != _NULL_JSON

    def key(self, record: Record) -> list[bytes]:
        """Takes the key out of a record. Raises MissingKeyPropertiesError, LoadError."""
        fields = []
        for column in self._key:
            raw = record.pop(column.name, None)
            if raw is None:
                raise MissingKeyPropertiesError(f'{self._stream}: a record has no "{column.name}", which is its key.')
            value = bytes(raw)
            field = column.encode(value) if value != _NULL_JSON else None
            if field is None:
                raise LoadError(
                    f'{self._stream}: the key "{column.name}" of a record is {encoders.kind(value)}, '
                    f"not {expected(column.pg_type)}."
                )
            fields.append(field)
        return fields

    def row(self, key: list[bytes], record: Record) -> bytes:
        """A line with every column; what belongs to none, or does not fit its own, goes to `_extra`."""
        fields = self._blank.copy()
        fields[: len(key)] = key
        slots = self._slots
        undeclared: dict[str, bytes] | None = None
        for name, raw in record.items():
            value = bytes(raw)
            if value == _NULL_JSON:
                continue
            slot = slots.get(name)
            if slot is not None:
                field = slot[1](value)
                if field is not None:
                    fields[slot[0]] = field
                    continue
                self._misfit(self._by_name[name], key, value)
            if undeclared is None:
                undeclared = {}
            undeclared[name] = value
        if undeclared is not None:
            fields[-1] = self._extra(undeclared)
        return b"\t".join(fields) + b"\n"

    def mark(self, key: list[bytes], record: Record) -> tuple[tuple[str, ...], bytes]:
        """The columns that a deletion mark names and a line with them. `_extra` is named when something goes there."""
        empties_extra = EXTRA in record and bytes(record[EXTRA]) == _NULL_JSON
        names = [column.name for column in self._others if column.name in record]
        fields = self.row(key, record)[:-1].split(b"\t")
        named = dict(zip(self.names, fields, strict=True))
        if empties_extra or named[EXTRA] != encoders.NULL:
            names.append(EXTRA)
        names = [*(column.name for column in self._key), *names]
        return tuple(names), b"\t".join(named[name] for name in names) + b"\n"

    def without(self, row: bytes, names: tuple[str, ...], index: int) -> bytes:
        """A row that Postgres will take after it refused the field at `index`: null there, and text in `_extra`.

        Raises LoadError when the field is a key, money or a time.
        """
        fields = row[:-1].split(b"\t")
        extra = names.index(EXTRA)
        members = _members(encoders.unescape(fields[extra])) if fields[extra] != encoders.NULL else {}
        if index == extra:
            members = _as_strings(members)
        else:
            column = self._by_name[names[index]]
            value = encoders.unescape(fields[index])
            was_bare = column.pg_type.startswith(("bigint", "integer", "smallint", "numeric", "double", "json"))
            self._misfit(column, fields[: len(self._key)], value if was_bare else _string(value.decode()))
            members[column.name] = msgspec.Raw(_string(value.decode()))
            fields[index] = encoders.NULL
        fields[extra] = encoders.escape(_object(members))
        return b"\t".join(fields) + b"\n"

    def _misfit(self, column: Column, key: list[bytes], value: bytes) -> None:
        if column.role is None:
            self.misfits[column.name] += 1
            return
        shown = ", ".join(
            f"{name.name}={field.decode() if _IS_ID(field) else '(not shown)'}"
            for name, field in zip(self._key, key, strict=True)
        )
        kind = encoders.kind(value)
        what = f"{kind} that is not {expected(column.pg_type)}" if kind in {"a text", "a number"} else kind
        raise LoadError(
            f'{self._stream}: the {column.role} field "{column.name}" of {shown or "a record"} holds {what}; '
            f"the column takes {expected(column.pg_type)}. Nothing of this batch was written."
        )

    @staticmethod
    def _extra(undeclared: dict[str, bytes]) -> bytes:
        # What the tap itself has put aside lies beside what it did not declare.
        aside = undeclared.get(EXTRA, b"")
        if aside[:1] == b"{":
            del undeclared[EXTRA]
            undeclared = {**{name: bytes(value) for name, value in _members(aside).items()}, **undeclared}
        return encoders.escape(_object(undeclared)) if undeclared else encoders.NULL


def _object(members: dict[str, bytes] | Record) -> bytes:
    return b"{" + b",".join(_string(name) + b":" + bytes(value) for name, value in members.items()) + b"}"


_TOO_MUCH = re.compile(rb"[eE][+-]?\d{4,}")


def _as_strings(members: Record) -> Record:
    """Members with the text that came in place of what jsonb cannot read: numbers beyond `numeric`, endless nesting."""
    kept = {name: bytes(value) for name, value in members.items()}
    open_ = {name: value for name, value in kept.items() if value[:1] != b'"'}
    bad = {name for name, value in open_.items() if _TOO_MUCH.search(value)} or set(open_)
    return {name: msgspec.Raw(_string(value.decode()) if name in bad else value) for name, value in kept.items()}
