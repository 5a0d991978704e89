"""Whoever stops a run gets the terminal back at once, and no database goes on working for nobody."""

from __future__ import annotations

import signal
import threading
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import pytest

from oppi18n import InputError
from oppi18n.bulk.backends.sqlite import SQLite
from oppi18n.cli.stopping import stopping

FOREVER = "SELECT COUNT(*) FROM RANGE(1000000) a, RANGE(1000000) b WHERE HASH(a.range + b.range) = 0"
PATIENCE = 20.0
"""Seconds within which everything has ended, on a machine that is busy with other things too."""


@contextmanager
def interrupted(after: float = 0.3) -> Iterator[None]:
    """What is done in here is interrupted, and ends soon after."""
    main = threading.main_thread().ident or 0
    # A real one, where there is one: what only pretends to be a signal wakes nobody who waits for a socket.
    pressed = partial(signal.pthread_kill, main, signal.SIGINT) if hasattr(signal, "pthread_kill") else interrupt_main
    timer = threading.Timer(after, pressed)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        yield
    timer.join()
    assert time.monotonic() - begun < PATIENCE


# ---- DuckDB ----


@pytest.mark.parametrize(
    "ask",
    [
        lambda database: database.rows(FOREVER),
        lambda database: next(database.stream(FOREVER)),
        lambda database: database.run(f"CREATE TABLE x AS {FOREVER}"),
    ],
    ids=["rows", "stream", "run"],
)
def test_interrupt_ends_whatever_duckdb_is_at(ask: Callable[[Any], object], require):
    """Rows that are streamed as well as those that are wanted all at once; the connection can go on afterwards."""
    require("duckdb", find_spec("duckdb"))
    from oppi18n.bulk.backends.duckdb import DuckDB

    database = DuckDB(threads=1)
    with interrupted():
        ask(database)

    assert database.rows("SELECT 1") == [(1,)]
    database.close()


def test_what_goes_wrong_in_a_statement_is_told_to_whoever_asked(require):
    """Although it runs elsewhere: our own error for what the database says, and any other as it is."""
    require("duckdb", find_spec("duckdb"))
    from oppi18n.bulk.backends.duckdb import DuckDB

    database = DuckDB()
    with pytest.raises(InputError) as caught:
        next(database.stream("SELECT 1 / x FROM nowhere"))
    with pytest.raises(ZeroDivisionError):
        database.awaited(lambda: 1 // 0)
    assert caught.value.code == "bulk-failed"
    database.close()


# ---- PostgreSQL ----


@pytest.mark.parametrize("streamed", [False, True])
def test_interrupt_ends_the_query_on_the_server(streamed, postgres):
    """It is cancelled there: nothing is left that works on an answer for nobody."""
    psycopg = pytest.importorskip("psycopg")
    from oppi18n.bulk.backends.postgres import Postgres

    database = Postgres(postgres)
    sql = "SELECT pg_sleep(60), 'oppi18n-stopping'"
    with interrupted():
        _ = next(database.stream(sql)) if streamed else database.rows(sql)
    database.close()
    with psycopg.connect(postgres) as connection:
        left = connection.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE '%oppi18n-stopping%' AND state = 'active'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()

    assert left == [(0,)]


def test_server_notices_that_nobody_waits(postgres):
    """A process that was killed cannot cancel anything, so the server looks now and then whether it is still there."""
    from oppi18n.bulk.backends.postgres import Postgres

    database = Postgres(postgres)
    told = database.rows("SELECT current_setting('client_connection_check_interval')")
    database.close()

    assert told == [("5s",)]


def test_part_of_a_password_in_a_reason_is_not_told(require):
    """The library quotes what it cannot read in a URL, and that may be the password."""
    require("postgres", find_spec("psycopg"))
    from oppi18n.bulk.backends.postgres import Postgres

    with pytest.raises(InputError) as caught:
        Postgres("postgresql://crm:top%secret@db.invalid/crm")
    assert "secret" not in str(caught.value)
    assert caught.value.code == "bulk-source"


# ---- SQLite ----


def test_rows_for_which_there_is_no_room_are_told():
    """What SQLite puts on a disk may fill it."""
    database = SQLite()
    rows = database.added("opportunity", {"id": "VARCHAR"}, "pipeline.jsonl")
    database.connection.execute("PRAGMA max_page_count = 2")
    rows.add(["x" * 100_000])

    with pytest.raises(InputError) as caught:
        rows.end()
    assert caught.value.code == "bulk-failed"
    database.close()


# ---- Spark ----


def test_interrupt_ends_the_jobs_of_spark(spark):
    """A session that goes on existing does not go on working."""
    from oppi18n.bulk.backends.spark import Spark

    database = Spark()
    with interrupted(after=1.0):
        database.rows("SELECT COUNT(*) FROM RANGE(4000000000) WHERE HASH(id) = 0 AND HASH(id + 1) = 0")
    until = time.monotonic() + PATIENCE
    while (left := spark.sparkContext.statusTracker().getActiveJobsIds()) and time.monotonic() < until:
        time.sleep(0.1)
    answer = database.rows("SELECT 1")
    database.close()
    another = Spark()
    another.close()

    assert (list(left), answer) == ([], [(1,)])
    assert not another.is_ours


# ---- signals ----


def test_a_process_that_is_asked_to_end_is_interrupted():
    """As after Ctrl+C; afterwards signals do what they did before."""
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), stopping():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_what_somebody_has_silenced_stays_silent():
    """`nohup` means what it says."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stopping():
            signal.raise_signal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
