"""The file of a memory: its tables, and one door through which it is opened and asked."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from oppi18n.errors import InputError

APPLICATION: Final = 0x6F707069
"""Says in the head of a file that it is a memory of ours: `oppi`."""
VERSION: Final = 1

TABLES: Final = (
    """CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp BLOB NOT NULL)""",
    """CREATE TABLE texts (
id INTEGER PRIMARY KEY, source TEXT NOT NULL, plural TEXT, language TEXT NOT NULL, normal TEXT NOT NULL)""",
    """CREATE TABLE units (
id INTEGER PRIMARY KEY, file INTEGER NOT NULL, text INTEGER NOT NULL, name TEXT NOT NULL, locale TEXT NOT NULL,
context TEXT NOT NULL, markup TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, targets TEXT NOT NULL,
line INTEGER NOT NULL, place INTEGER NOT NULL, part INTEGER NOT NULL)""",
    """CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, texts BLOB NOT NULL)""",
    """CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL)""",
    """CREATE INDEX texts_normal ON texts (normal)""",
    """CREATE INDEX units_text ON units (text, locale)""",
    """CREATE INDEX units_file ON units (file)""",
)
"""A unit with a plural is there whole, and each of its forms as a `part` of it, to be found by a single sentence."""

COLUMNS: Final = {"files": 3, "texts": 5, "units": 13, "words": 3, "names": 2}
"""How many columns each table has."""
_PATIENCE: Final = 1.0
"""Seconds to wait for another program that holds the file."""


class Storage:
    """An open memory file, to be read; whatever is wrong with it comes out as an InputError."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        _refuse_absent(self.path)
        try:
            address = f"{Path(self.path).absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=_PATIENCE)
        except (sqlite3.Error, ValueError) as error:
            raise InputError("not-readable", path=ascii(self.path)[1:-1], reason=str(error)) from None
        try:
            self._check()
        except InputError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that answer a question.

        Raises InputError: `memory-foreign`, `memory-damaged`, `memory-locked`.
        """
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise self._told(error) from None
        except (ValueError, OverflowError) as error:
            # A damaged file may hold what cannot even be put into a message.
            raise self.damaged(str(error)) from None

    def damaged(self, reason: str) -> InputError:
        """The error that says what is wrong in the file."""
        return InputError("memory-damaged", path=self.path, reason=reason)

    def _check(self) -> None:
        """Whether this is a memory, of a version that is known, with nothing in it that could answer in its place."""
        ((application,),) = self.rows("PRAGMA application_id")
        ((version,),) = self.rows("PRAGMA user_version")
        if application != APPLICATION:
            raise InputError("memory-foreign", path=self.path)
        if version > VERSION:
            raise InputError("memory-newer", path=self.path, found=version, known=VERSION)
        self.rows("PRAGMA trusted_schema = OFF")
        found = {text for (text,) in self.rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        if found != set(TABLES):
            raise self.damaged("its tables are not those of a memory")

    def _told(self, error: sqlite3.Error) -> InputError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return InputError("memory-locked", path=self.path)
        if code == sqlite3.SQLITE_NOTADB:
            return InputError("memory-foreign", path=self.path)
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
            return InputError("not-readable", path=self.path, reason=str(error))
        return self.damaged(str(error))


def _refuse_absent(path: str) -> None:
    """SQLite has one answer to everything that it cannot open."""
    try:
        with open(path, "rb"):
            return
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        if os.path.isdir(path):
            raise InputError("is-a-folder", path=path) from None
        raise InputError("not-readable", path=path, reason=error.strerror or str(error)) from None
    except ValueError as error:
        raise InputError("not-readable", path=ascii(path), reason=str(error)) from None


def marks(values: Collection[object]) -> str:
    """A mark for each of some values that go into a question.

    >>> marks("abc")
    '?, ?, ?'
    """
    return ", ".join("?" * len(values))
