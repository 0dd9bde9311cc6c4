"""What can stop a load, in words for the person who reads the log; none of them holds a value of a record."""

from __future__ import annotations

import psycopg


class LoadError(Exception):
    """A load that cannot go on. Its text is the whole message; what was committed before stays."""


class Stopped(BaseException):
    """The process was asked to end by a signal. No Exception, so that nothing on the way takes it for a failure."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class Refused(Exception):
    """Postgres could not read one value of a batch: row and column of the COPY, both counted from 0."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        self.row = row
        self.column = column


def why(error: psycopg.Error) -> str:
    """Postgres's reason without any value: classes 22 and 23 quote the data (PostgreSQL, Appendix A: Error Codes)."""
    state = error.sqlstate
    if state is None:
        return " ".join(str(error).split()) or type(error).__name__
    primary = error.diag.message_primary
    if state[:2] in {"22", "23"} or primary is None:
        return f"SQLSTATE {state}"
    return f"{primary} (SQLSTATE {state})"
