"""How a run ends: by signals, kills and lost connections, and what it leaves for the next one."""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import os
import random
import signal
import subprocess
import termios
import threading
import time
from typing import Any

import psycopg
import pytest
from reluvia_target_postgres import target as target_module
from reluvia_target_postgres.errors import LoadError
from target_database import (
    DEADLINE,
    ROWS,
    TEXT,
    Warehouse,
    connection_settings,
    events_in,
    lines,
    record,
    schema,
    warehouse,
    window,
)

__all__ = ["warehouse"]


def _unread(pipe: Any) -> int:
    size = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]


def _until(condition: Any) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "deadline"
        time.sleep(0.01)


def _waits_for_input(process: subprocess.Popen[bytes]) -> bool:
    with open(f"/proc/{process.pid}/stat") as stat:
        asleep = stat.read().rsplit(")", 1)[1].split()[0] == "S"
    return asleep and _unread(process.stdin) == 0


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="reads /proc")
def test_a_signal_writes_what_came_in_emits_its_state_and_ends_with_143(warehouse: Warehouse) -> None:
    process = warehouse.start()
    assert process.stdin and process.stdout
    process.stdin.write(lines(ROWS, *window(1, target_module.GROUP_ROWS)).encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"done": 1}
    process.stdin.write(lines(*window(2, 10), record("rows", id="3-0")).encode())
    process.stdin.flush()
    _until(lambda: _waits_for_input(process))
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 143
    assert json.loads(out) == {"done": 2}
    assert warehouse.ask("select count(*) from SCHEMA.rows where id like '2-%%'") == [(10,)]


def test_a_signal_inside_a_transaction_lets_it_finish(warehouse: Warehouse) -> None:
    warehouse.load(ROWS)
    process = warehouse.start()
    assert process.stdin
    with psycopg.connect(os.environ["TEST_DATABASE_URL"]) as holder:
        holder.execute(f"lock table {warehouse.schema}.rows in access exclusive mode")  # type: ignore[arg-type]
        process.stdin.write(lines(ROWS, *window(1, target_module.GROUP_ROWS)).encode())
        process.stdin.flush()
        waiting = (
            "select count(*) from pg_stat_activity"
            " where application_name = 'target-postgres' and wait_event_type = 'Lock'"
        )
        _until(lambda: warehouse.ask(waiting) == [(1,)])
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=DEADLINE)
    assert (process.returncode, json.loads(out)) == (143, {"done": 1})
    assert warehouse.ask("select count(*) from SCHEMA.rows") == [(target_module.GROUP_ROWS,)]


def test_input_that_is_cut_off_keeps_every_whole_window(warehouse: Warehouse) -> None:
    process = warehouse.start()
    text = lines(ROWS, *window(1, 5)) + '{"type":"RECORD","stream":"rows","record":{"id":"jane@exam'
    out, err = process.communicate(text.encode(), timeout=DEADLINE)
    assert (process.returncode, json.loads(out)) == (1, {"done": 1})
    assert events_in(err.decode())[-1] == {
        "event": "failure",
        "text": "The input ended in the middle of line 8: the tap was cut off.",
    }
    assert "jane" not in err.decode()
    assert warehouse.ask("select count(*) from SCHEMA.rows") == [(5,)]


def _feed(process: subprocess.Popen[bytes], text: bytes) -> threading.Thread:
    """Writes all of it from a thread of its own; a reader that is gone is no error."""

    def write() -> None:
        assert process.stdin
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(text)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_killed_at_any_moment_no_emitted_state_is_ahead_of_the_rows_and_the_next_run_ends_the_same(
    warehouse: Warehouse,
) -> None:
    windows = [window(number, 700) for number in range(90)]
    everything = sorted(message["record"]["id"] for each in windows for message in each[:-1])
    chance = random.Random(11)
    done, killed = -1, 0
    for _ in range(5):
        process = warehouse.start()
        assert process.stdout and process.stderr
        thread = _feed(process, lines(ROWS, *(message for each in windows[done + 1 :] for message in each)).encode())
        states = [process.stdout.readline()]
        time.sleep(chance.random() * 0.25)
        process.kill()
        states += process.stdout.readlines()
        process.stderr.close()
        process.stdout.close()
        killed += process.wait(DEADLINE) == -signal.SIGKILL
        thread.join(DEADLINE)
        done = max([done, *(json.loads(line)["done"] for line in states if line.endswith(b"\n"))])
        found = {id_ for (id_,) in warehouse.ask("select id from SCHEMA.rows")}
        assert all(message["record"]["id"] in found for each in windows[: done + 1] for message in each[:-1])
    assert killed >= 3
    warehouse.load(ROWS, *(message for each in windows[done + 1 :] for message in each))
    assert sorted(id_ for (id_,) in warehouse.ask("select id from SCHEMA.rows")) == everything


def test_a_database_that_goes_away_in_the_middle_fails_in_words(warehouse: Warehouse) -> None:
    process = warehouse.start()
    assert process.stdin and process.stdout
    process.stdin.write(lines(ROWS, *window(1, target_module.GROUP_ROWS)).encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"done": 1}
    warehouse.ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'target-postgres'")
    out, err = process.communicate(lines(*window(2, 10)).encode(), timeout=DEADLINE)
    assert (process.returncode, out) == (1, b"")
    assert events_in(err.decode())[-1]["text"].startswith("The batch was not written: ")
    assert "Traceback" not in err.decode()


def test_a_database_that_only_reads_is_named_by_its_error(warehouse: Warehouse) -> None:
    warehouse.load(ROWS)
    (database,) = warehouse.ask("select current_database()")[0]
    warehouse.do(f"alter database {database} set default_transaction_read_only = on")
    try:
        with pytest.raises(LoadError, match=r"cannot execute .* in a read-only transaction \(SQLSTATE 25006\)"):
            warehouse.load(ROWS, *window(1, 3))
    finally:
        warehouse.do("set default_transaction_read_only = off")
        warehouse.do(f"alter database {database} reset default_transaction_read_only")


@pytest.mark.parametrize("wrong", [{"password": "wrong-secret"}, {"sslmode": "require"}, {"port": 1}])
def test_a_connection_that_is_refused_says_why_without_the_login(warehouse: Warehouse, wrong: dict[str, Any]) -> None:
    with pytest.raises(LoadError, match="Postgres does not take the connection") as failed:
        warehouse.load(ROWS, **wrong)
    settings = {**connection_settings(), **wrong}
    assert settings["password"] not in str(failed.value) and settings["user"] not in str(failed.value)


def test_one_connection_is_all_that_is_used(warehouse: Warehouse) -> None:
    process = warehouse.start()
    assert process.stdin and process.stdout
    others = [schema(f"rows{n}", id=TEXT) for n in range(4)]
    process.stdin.write(
        lines(
            ROWS, *others, *(record(f"rows{n}", id="a") for n in range(4)), *window(1, target_module.GROUP_ROWS)
        ).encode()
    )
    process.stdin.flush()
    process.stdout.readline()
    assert warehouse.ask("select count(*) from pg_stat_activity where application_name = 'target-postgres'") == [(1,)]
    process.communicate(timeout=DEADLINE)
    assert process.returncode == 0


def _most_memory(process: subprocess.Popen[bytes]) -> int:
    """Peak of a running process's resident memory, in MB."""
    with open(f"/proc/{process.pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1_024


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="reads /proc")
def test_memory_does_not_grow_with_the_number_or_the_size_of_rows(warehouse: Warehouse) -> None:
    peaks = {}
    for name, count, size in (("few", 2_000, 1_000), ("many", 30_000, 1_000), ("large", 300, 100_000)):
        process = warehouse.start()
        assert process.stdin
        process.stdin.write(lines(schema(name, id=TEXT)).encode())
        for number in range(count):
            process.stdin.write(lines(record(name, id=str(number), text="x" * size)).encode())
        process.stdin.flush()
        _until(lambda: _waits_for_input(process))  # noqa: B023
        peaks[name] = _most_memory(process)
        process.communicate(timeout=DEADLINE)
        assert warehouse.ask(f"select count(*) from SCHEMA.{name}") == [(count,)]
    assert max(peaks.values()) < 120, peaks
    assert max(peaks.values()) - peaks["few"] < 20, peaks
