"""target-postgres: reads messages, writes windows, and tells Meltano which state is safe."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Any, ClassVar

import msgspec
import psycopg
from singer_sdk import typing as th
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TargetCapabilities
from singer_sdk.plugin_base import _ConfigInput
from singer_sdk.singerlib.exceptions import InvalidInputLine
from singer_sdk.sql import SQLTarget

from reluvia_target_postgres import notices, tables
from reluvia_target_postgres.counts import Counts
from reluvia_target_postgres.errors import LoadError, Refused, Stopped, why
from reluvia_target_postgres.session import Session
from reluvia_target_postgres.sink import RawSink
from reluvia_target_postgres.wire import CutOff, Message, RawReader

#: Rows and bytes that may wait in memory, over all streams. 4 MiB of rows make the process about 15 MiB larger.
BATCH_ROWS = 10_000
BATCH_BYTES = 4 << 20

# A window that is smaller than this waits for its neighbours, but not longer than the seconds: a transaction and a line
# for Meltano to store cost the same for ten rows as for a thousand.
GROUP_ROWS = 2_000
GROUP_BYTES = 1 << 20
GROUP_SECONDS = 2.0

#: Seconds between two reports of progress.
_TELL_SECONDS = 2.0
_VACUUM_SECONDS = 900
#: Times that one batch is written again after Postgres could not read a value in it.
_MOST_REPAIRS = 1_000

_EXPECTED = (LoadError, InvalidInputLine, RecordsWithoutSchemaException, MissingKeyPropertiesError)


class TargetPostgres(SQLTarget):
    """Loads Singer streams into raw tables of Postgres."""

    name = "target-postgres"
    package_name = "meltanolabs-target-postgres"
    default_sink_class = RawSink
    message_reader_class = RawReader
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STRUCTURED_LOGGING,
        TargetCapabilities.TARGET_SCHEMA,
    ]
    config_jsonschema = th.PropertiesList(
        th.Property("host", th.StringType, required=True, description="Host of the Postgres server."),
        th.Property("port", th.IntegerType, default=5432, description="Port of the Postgres server."),
        th.Property("user", th.StringType, required=True, description="User to log in as."),
        th.Property("password", th.StringType, secret=True, description="Password of the user."),
        th.Property("database", th.StringType, required=True, description="Database to load into."),
        th.Property(
            "sslmode",
            th.StringType,
            default="prefer",
            allowed_values=["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
            description="TLS, in the words of libpq.",
        ),
        th.Property(
            "default_target_schema",
            th.StringType,
            description="Schema of the tables. In Meltano: $MELTANO_EXTRACT__LOAD_SCHEMA, the extractor's load_schema.",
        ),
        th.Property("load_schema", th.StringType, description="The same, when default_target_schema is empty."),
        th.Property("batch_size_rows", th.IntegerType, default=BATCH_ROWS, description="Most rows kept in memory."),
        th.Property(
            "batch_size_bytes", th.IntegerType, default=BATCH_BYTES, description="Most bytes of rows kept in memory."
        ),
    ).to_dict()

    # Read by the signal handler, which the SDK installs before anything else is set.
    _undisturbed_depth = 0
    _stopping: int | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        schema = self.config.get("default_target_schema") or self.config.get("load_schema")
        if not schema:
            raise LoadError("No schema to load into. Set default_target_schema, or load_schema at the extractor.")
        self._config["default_target_schema"] = schema
        self.session = Session(self.config)
        self._counts = Counts(schema)
        self._schemas: dict[str, bytes] = {}
        self._changed: dict[tuple[str, str], int] = {}
        self._rows = 0
        self._bytes = 0
        self._state: str | None = None
        self._emitted: str | None = None
        self._last_flush = self._last_told = time.monotonic()

    def setup_mapper(self) -> None:
        """Streams are loaded as they come: no stream maps, no flattening."""

    # Messages

    def _process_schema_message(self, message: Message) -> None:  # type: ignore[override]
        if not bytes(message.schema):
            raise InvalidInputLine(f'The SCHEMA of "{message.stream}" has no schema.')
        seen = msgspec.json.encode([message.schema, message.key_properties])
        if self._schemas.get(message.stream) == seen:
            return
        schema = msgspec.json.decode(message.schema)
        if not isinstance(schema, dict) or "properties" not in schema:
            raise InvalidInputLine(f'The SCHEMA of "{message.stream}" declares no properties.')
        with self._undisturbed():
            previous = self._sinks_active.get(message.stream)
            if previous is not None:
                self._flush()
                previous.clean_up()
                del self._sinks_active[message.stream]
            self.add_sqlsink(message.stream, schema, message.key_properties)
        self._schemas[message.stream] = seen

    def _process_record_message(self, message: Message) -> None:  # type: ignore[override]
        sink: Any = self._sinks_active.get(message.stream)
        if sink is None:
            raise RecordsWithoutSchemaException(f'A record of "{message.stream}" came before its schema.')
        if message.record is None:
            raise InvalidInputLine(f'A RECORD of "{message.stream}" has no record.')
        self._bytes += sink.take(message.record)
        self._rows += 1
        if self._rows >= self._batch_rows or self._bytes >= self._batch_bytes:
            self._flush()

    @property
    def _batch_rows(self) -> int:
        return int(self.config["batch_size_rows"])

    @property
    def _batch_bytes(self) -> int:
        return int(self.config["batch_size_bytes"])

    def _process_state_message(self, message: Message) -> None:  # type: ignore[override]
        state = bytes(message.value)
        if not state:
            raise InvalidInputLine("A STATE message has no value.")
        self._state = self._counts.take(state).decode()
        large = self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES
        if large or time.monotonic() - self._last_flush >= GROUP_SECONDS:
            self._flush()

    def _process_activate_version_message(self, message: Message) -> None:  # type: ignore[override]
        """Passed over: no row is ever taken away because a run did not see it."""

    def _process_batch_message(self, message: Message) -> None:  # type: ignore[override]
        raise InvalidInputLine("BATCH messages are not taken: send RECORD messages.")

    def process_endofpipe(self) -> None:
        """Writes the rest, says what did not fit, and vacuums what changed by more than a tenth."""
        self._flush()
        self._tell_all()
        self._vacuum()
        self.session.close()

    # Writing

    def _flush(self) -> None:
        """Commits all that waits, and the counts announced, in one transaction; emits the state that is then true."""
        with self._undisturbed():
            if self._rows or self._counts.pending:
                self._commit()
            if self._state is not None and self._state != self._emitted:
                sys.stdout.write(self._state + "\n")
                sys.stdout.flush()
                self._emitted = self._state
            self._last_flush = time.monotonic()
            if self._last_flush - self._last_told >= _TELL_SECONDS:
                self._last_told = self._last_flush
                self._tell_progress()

    def _commit(self) -> None:
        for _ in range(_MOST_REPAIRS):
            try:
                changed = self.session.transaction("The batch was not written", self._write)
                break
            except Refused:
                continue
        else:
            raise LoadError(f"The batch was not written: Postgres refused more than {_MOST_REPAIRS} of its values.")
        self._counts.written()
        for name, sink in self._sinks_active.items():
            fresh = sink.current_size
            sink.mark_drained()
            if fresh:
                place = (sink.schema_name or "public", sink.table_name)  # type: ignore[attr-defined]
                self._changed[place] = self._changed.get(place, 0) + changed.get(name, 0)
        self._rows = self._bytes = 0

    def _write(self, cursor: psycopg.Cursor) -> dict[str, int]:
        changed: dict[str, int] = {}
        # By name, so that two loaders take their tables in the same order.
        for _, sink in sorted(self._sinks_active.items()):
            sink.process_batch({"cursor": cursor, "changed": changed})
        self._counts.write(cursor)
        return changed

    def _tell_progress(self) -> None:
        for name, sink in self._sinks_active.items():
            notices.progress(name, sink.rows_committed)  # type: ignore[attr-defined]

    def _tell_all(self) -> None:
        self._tell_progress()
        for sink in self._sinks_active.values():
            sink.clean_up()

    def _vacuum(self) -> None:
        for (schema, table), changed in self._changed.items():
            try:
                self.session.connection.execute(
                    "select set_config('statement_timeout', %s, false)", [f"{_VACUUM_SECONDS}s"]
                )
                tables.vacuum_if_changed(self.session.connection, schema, table, changed)
            except psycopg.Error as error:
                notices.say(table, f"the table was loaded but not vacuumed: {why(error)}.")
        self._changed.clear()

    # Ends

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """A signal that comes inside is obeyed at the end, so that no statement is left half sent."""
        self._undisturbed_depth += 1
        try:
            yield
        finally:
            self._undisturbed_depth -= 1
        if self._stopping is not None and not self._undisturbed_depth and not self.session.hurry:
            raise Stopped(self._stopping)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """A running transaction is finished first; a second signal changes nothing."""
        if self._stopping is not None:
            return
        self._stopping = signum
        if not self._undisturbed_depth:
            raise Stopped(signum)

    def end_early(self) -> None:
        """Writes what has come in, without waiting for others, so that the last state received is the one emitted."""
        self.session.hurry = True
        self._flush()
        self._tell_all()
        self.session.close()

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Runs the loader. Exit codes: 0 all is loaded, 1 it failed and says why, 128 + n ended by signal n."""
        if about:
            cls.print_about(about_format)
            return
        given = config or _ConfigInput()
        try:
            target = cls(config=given.config, parse_env_config=given.parse_env)
            try:
                target.listen(file_input)
            except (Stopped, CutOff):
                target.end_early()
                raise
        except Stopped as stopped:
            sys.exit(128 + stopped.signum)
        except _EXPECTED as error:
            notices.failure(str(error))
            sys.exit(1)
        except BrokenPipeError:
            # Whoever reads the states has ended and has said why.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
