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
    """Runs one statement, so that somebody else can watch it and stop it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        super().__init__(daemon=True)
        self.connection = connection
        self.sql = sql
        self.ended = threading.Event()
        self.rows: list[tuple[Any, ...]] = []
        self.failed: Exception | None = None

    def run(self) -> None:
        """Keep its rows, or what went wrong."""
        try:
            self.rows = self.connection.execute(self.sql).fetchall()
        except duckdb.Error as error:
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


@contextmanager
def failing_as(code: str, **params: object) -> Iterator[None]:
    """What DuckDB raises becomes an error of ours, with its reason; what stands for an interrupt becomes one again."""
    try:
        yield
    except duckdb.Error as error:
        raise InputError(code, reason=reason_of(error), **params) from None
    except RuntimeError as error:
        # A statement in the main thread hears of a signal itself, and says so in words alone.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise


class Connection:
    """A database in memory, which spills to a folder of its own when `memory` is used up."""

    dialect = DIALECTS["duckdb"]

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        self.folder = tempfile.mkdtemp(prefix="oppi18n-bulk-")
        # However this ends, the folder goes with it.
        self._sweep = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.statements = 0
        self.progress: Callable[[int, float], None] = _unwatched
        """Hears which statement is how far, between 0 and 1."""
        with failing_as("bulk-failed"):
            self.connection = _connect(memory, threads, self.folder)

    def run(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Run a statement."""
        with failing_as("bulk-failed"):
            return self.connection.execute(sql, values) if values is not None else self.connection.execute(sql)

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
        with failing_as("bulk-failed"):
            cursor.execute(sql)
        while batch := self._fetched(cursor, size):
            yield batch

    def _fetched(self, cursor: Any, size: int) -> list[tuple[Any, ...]]:
        with failing_as("bulk-failed"):
            found: list[tuple[Any, ...]] = cursor.fetchmany(size)
            return found

    def watched(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement that takes its time; an interrupt ends it at once, whatever it is doing."""
        statement = _Statement(self.connection, sql)
        self.statements += 1
        try:
            # Even to start a thread takes long enough to be interrupted.
            statement.start()
            # Joining a thread is no way to wait: an interrupted join takes it for one that has ended.
            while not statement.ended.wait(_GLANCE):
                self.progress(self.statements, max(0.0, self.connection.query_progress()) / 100)
        finally:
            statement.end()
        if statement.failed is not None:
            raise InputError("bulk-failed", reason=reason_of(statement.failed))
        return statement.rows

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
    lines = [each.strip() for each in str(error).splitlines() if each.strip() and not each.startswith("Original Line")]
    return " ".join(lines[: 2 if lines[0].startswith("Invalid Input Error: CSV") else 1])
