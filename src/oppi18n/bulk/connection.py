"""A connection to DuckDB: statements that somebody watches and may stop, and a folder for what memory has no room for."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb

from oppi18n.bulk.csvsources import csv_fault
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_BATCH: Final = 10_000
_GLANCE: Final = 0.2
"""Seconds between two looks at how far a statement is."""
_LOOKS: Final = 10
"""Looks after which a thread that has not begun is taken for one that never will."""


def _unwatched(statement: int, done: float) -> None:
    """Nobody is watching."""


class _Statement(threading.Thread):
    """Has a connection do something, so that somebody else can watch it and stop it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.connection = connection
        self.work = work
        self.ended = threading.Event()
        self.result: Any = None
        self.failed: Exception | None = None

    def run(self) -> None:
        """Keep what came out, or what went wrong."""
        try:
            self.result = self.work()
        except Exception as error:  # noqa: BLE001 - whoever waits for it raises it again
            self.failed = error
        finally:
            self.ended.set()

    def end(self) -> None:
        """Wait until it has ended; it is stopped if it has not. Whoever is impatient must wait for that, too."""
        impatient: KeyboardInterrupt | None = None
        looks = 0
        while not self.ended.is_set() and (self.ident is not None or looks < _LOOKS):
            try:
                self.connection.interrupt()
                self.ended.wait(_GLANCE)
                looks += 1
            except KeyboardInterrupt as again:
                impatient = again
        if impatient is not None:
            raise impatient


class Connection:
    """A database in memory, which spills to a folder of its own when `memory` is used up."""

    dialect = DIALECTS["duckdb"]

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        if memory.lstrip().startswith("-"):
            # DuckDB takes it for no limit at all.
            raise InputError("wrong-value", found=memory, expected="--memory")
        self.folder = tempfile.mkdtemp(prefix="oppi18n-bulk-")
        # However this ends, the folder goes with it.
        self._sweep = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.statements = 0
        self.progress: Callable[[int, float], None] = _unwatched
        """Hears which statement is how far, between 0 and 1."""
        self.copied: dict[str, str] = {}
        """Files of the source by the copies of them that are read."""
        with self.failing_as("bulk-failed"):
            self.connection = _connect(memory, threads, self.folder)

    def run(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Run a statement."""
        with self.failing_as("bulk-failed"):
            return self.awaited(lambda: self.connection.execute(sql, values))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.watched(sql)

    def kept(self, sql: str) -> str:
        """The query itself."""
        return f"({sql})"

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query; others may be asked meanwhile."""
        for batch in self.batches(sql, _BATCH):
            yield from batch

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time."""
        cursor = self.connection.cursor()
        with self.failing_as("bulk-failed"):
            self.awaited(lambda: cursor.execute(sql), cursor)
        while batch := self._fetched(cursor, size):
            yield batch

    def _fetched(self, cursor: duckdb.DuckDBPyConnection, size: int) -> list[tuple[Any, ...]]:
        with self.failing_as("bulk-failed"):
            found: list[tuple[Any, ...]] = self.awaited(lambda: cursor.fetchmany(size), cursor)
            return found

    def watched(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement that takes its time."""
        with self.failing_as("bulk-failed"):
            found: list[tuple[Any, ...]] = self.awaited(lambda: self.connection.execute(sql).fetchall())
            return found

    def awaited(self, work: Callable[[], Any], cursor: duckdb.DuckDBPyConnection | None = None) -> Any:
        """What comes out of something that is done with a connection; an interrupt ends it at once, whatever it is at."""
        statement = _Statement(cursor or self.connection, work)
        self.statements += 1
        try:
            # Even to start a thread takes long enough to be interrupted.
            statement.start()
            # Joining a thread is no way to wait: an interrupted join takes it for one that has ended.
            while not statement.ended.wait(_GLANCE):
                self.progress(self.statements, max(0.0, statement.connection.query_progress()) / 100)
        finally:
            statement.end()
        if statement.failed is not None:
            raise statement.failed
        return statement.result

    @contextmanager
    def failing_as(self, code: str, **params: object) -> Iterator[None]:
        """What DuckDB raises becomes an error of ours: with its place, where it is about a CSV file, or its reason."""
        try:
            yield
        except duckdb.Error as error:
            raise csv_fault(str(error), self.copied) or InputError(code, reason=reason_of(error), **params) from None

    def close(self) -> None:
        """Close the connection, and throw away what was spilled."""
        self.connection.close()
        self._sweep()


def _connect(memory: str, threads: int, folder: str) -> duckdb.DuckDBPyConnection:
    # Nothing is ever downloaded: what is not in the wheel is not there.
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": folder,
        "preserve_insertion_order": "false",
        **({"memory_limit": memory} if memory else {}),
        **({"threads": threads} if threads else {}),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    return connection


def reason_of(error: Exception) -> str:
    """What the database says, without the lines in which it shows a statement that nobody has written, or data."""
    return next(line.strip() for line in [*str(error).splitlines(), type(error).__name__] if line.strip())
