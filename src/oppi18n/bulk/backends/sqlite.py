"""SQLite, in the standard library: a file is read where it is, other data is put into one that goes at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from oppi18n.bulk.relations import Relation
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_BATCH: Final = 5_000
_OFTEN: Final = 1_000_000
"""Steps of its machine, some hundredths of a second, after which SQLite asks whether to go on."""


class SQLite:
    """A database file, which is only read unless something is to be created in it; or one that nobody else sees."""

    dialect = DIALECTS["sqlite"]

    def __init__(self, path: str = "", tables: Sequence[str] = (), *, write: bool = False) -> None:
        self.found: list[Relation] = []
        self.path = path
        if path and not Path(path).is_file():
            raise InputError("not-found", path=path)
        # Immutable would miss what another process has in its log; read-only sees it.
        # Without a name it lies in a file that goes with the connection, as far as memory has no room for it.
        place = f"{Path(path).resolve().as_uri()}?mode={'rw' if write else 'ro'}" if path else ""
        self.connection = sqlite3.connect(place, uri=True, check_same_thread=False)
        # While it works, Python comes to hear of signals only in here.
        self.connection.set_progress_handler(lambda: 0, _OFTEN)
        if path:
            self._add_tables(path, tables)

    def _add_tables(self, path: str, tables: Sequence[str]) -> None:
        listed = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name"
        wanted = {each.lower().rpartition(".")[2] for each in tables}
        for (name,) in self._asked(listed):
            if not wanted or name.lower() in wanted:
                columns = self._asked(f"SELECT name FROM PRAGMA_TABLE_INFO({self.dialect.text_of(name)})")
                self.found.append(
                    Relation(name, self.dialect.name_of(name), {column: "any" for (column,) in columns}, source=path)
                )

    def relations(self) -> list[Relation]:
        """What the file holds, or what was added."""
        return self.found

    def added(self, name: str, columns: Mapping[str, str], source: str) -> Rows:
        """A table of its own for rows of a source."""
        table = self.dialect.name_of(name)
        self.connection.execute(f"CREATE TABLE {table} ({', '.join(map(self.dialect.name_of, columns))})")
        self.found.append(Relation(name, table, dict.fromkeys(columns, "any"), source=source))
        return Rows(self.connection, f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._asked(sql)

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, as they come."""
        try:
            cursor = self.connection.execute(sql)
            while batch := cursor.fetchmany(_BATCH):
                yield from batch
        except sqlite3.Error as error:
            raise _meant(error, InputError("bulk-failed", reason=str(error))) from None

    def kept(self, sql: str) -> str:
        """The query itself: it is worked out anew, for nothing is written unless somebody asks for it."""
        return f"({sql})"

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries: all of them or none."""
        if not self.path:
            raise InputError("bulk-no-place", backend="sqlite")
        kind = "VIEW" if view else "TABLE"
        statements = [f"CREATE {kind} {self.dialect.path_of(name)} AS {sql}" for name, sql in relations.items()]
        try:
            with self.connection:
                self.connection.execute("BEGIN")
                for each in statements:
                    self.connection.execute(each)
        except sqlite3.Error as error:
            raise _meant(error, InputError("bulk-not-created", reason=str(error))) from None

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise _meant(error, InputError("bulk-source", path=self.path or "SQLite", reason=str(error))) from None

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class Rows:
    """Rows whose values have the types of SQLite already, on their way into a table."""

    def __init__(self, connection: sqlite3.Connection, statement: str) -> None:
        self.connection = connection
        self.statement = statement
        self.waiting: list[Sequence[Any]] = []

    def add(self, row: Sequence[Any]) -> None:
        """Put in one more, sooner or later."""
        self.waiting.append(row)
        if len(self.waiting) == _BATCH:
            self.end()

    def end(self) -> None:
        """Put in those that wait; InputError `bulk-failed` if there is no room."""
        try:
            self.connection.executemany(self.statement, self.waiting)
        except sqlite3.Error as error:
            raise _meant(error, InputError("bulk-failed", reason=str(error))) from None
        self.waiting.clear()


def _meant(error: sqlite3.Error, otherwise: InputError) -> BaseException:
    """What an error of the database stands for: an interrupt of ours comes back as one of its own."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        return KeyboardInterrupt()
    return otherwise
