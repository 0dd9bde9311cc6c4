"""The one connection of a load: opened late, with a deadline on every wait, and transactions that are tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg

from reluvia_target_postgres.errors import LoadError, Refused, why

T = TypeVar("T")

CONNECT_SECONDS = 15
LOCK_SECONDS = 10
STATEMENT_SECONDS = 300
#: Times a transaction is begun when another session holds what it needs: about a minute in all.
TRIES = 6

_AGAIN = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Session:
    """Runs work in transactions. Statements see UTC, and wait for a lock no longer than `LOCK_SECONDS`."""

    def __init__(
        self,
        config: Mapping[str, Any],
        sleep: Callable[[float], None] = time.sleep,
        connect: Callable[..., psycopg.Connection] = psycopg.connect,
    ) -> None:
        self._config = config
        self._sleep = sleep
        self._open = connect
        self._connection: psycopg.Connection | None = None
        #: Set when the process is to end soon: nothing is tried again.
        self.hurry = False

    @property
    def connection(self) -> psycopg.Connection:
        """The connection, opened at the first use. Raises LoadError."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection:
        config = self._config
        try:
            return self._open(
                host=config["host"],
                port=config.get("port", 5432),
                user=config["user"],
                password=config.get("password"),
                dbname=config["database"],
                sslmode=config.get("sslmode", "prefer"),
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="target-postgres",
                client_encoding="UTF8",
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
                tcp_user_timeout=60_000,
                options=f"-c timezone=UTC -c lock_timeout={LOCK_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
                " -c idle_in_transaction_session_timeout=60s -c client_min_messages=warning",
            )
        except psycopg.Error as error:
            reason = " ".join(str(error).split())
            for secret in (config.get("password"), config["user"]):
                reason = reason.replace(str(secret), "•••") if secret else reason
            raise LoadError(f"Postgres does not take the connection: {reason}") from None

    def transaction(self, what: str, work: Callable[[psycopg.Cursor], T]) -> T:
        """Does `work` in a transaction and commits it. When another session holds a lock, rolls back and does it again.

        `what` says in an error what could not be done. Raises LoadError; passes Refused on, after the rollback.
        """
        for attempt in range(1, TRIES + 1):
            try:
                with self.connection.transaction(), self.connection.cursor() as cursor:
                    return work(cursor)
            except _AGAIN as error:
                if attempt == TRIES or self.hurry:
                    raise LoadError(
                        f"{what}: another session holds the table ({why(error)}). Run it again later."
                    ) from None
                self._sleep(0.2 * 2**attempt)
            except Refused:
                raise
            except psycopg.Error as error:
                raise LoadError(f"{what}: {why(error)}") from None
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
