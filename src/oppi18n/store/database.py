"""A database is opened, made ready and spoken to; what goes wrong in it becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.schema import CreateColumn

from oppi18n.errors import InputError, Oppi18nError
from oppi18n.store.tables import GUARDS, VERSION, Tables

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgresql"
_DRIVERS: Final = {SQLITE: "sqlite", POSTGRES: "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_WAIT: Final = 5.0
"""Seconds to wait for whoever is writing."""
_LOCKED: Final = ("database is locked", "database table is locked", "lock timeout", "canceling statement due to lock")


class StoreError(Oppi18nError):
    """The database cannot be used, or gave up; nothing of what was asked for is in it."""


class Conflict(Oppi18nError):
    """Somebody else has changed the opportunity since it was read."""

    exit_status = 1


def engine_for(url: str) -> Engine:
    """The engine of a database: `sqlite:///file.db`, `postgresql://…`, or the path of an SQLite file.

    Raises StoreError: `store-url`, and InputError `bulk-library` where the driver is not installed.
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
        backend = parsed.get_backend_name()
        if backend not in _DRIVERS:
            raise StoreError("store-url", url=parsed.render_as_string(), known=tuple(_DRIVERS)[:2])
        return _engine(parsed.set(drivername=_DRIVERS[backend]), backend)
    except (ArgumentError, NoSuchModuleError):
        raise StoreError("store-url", url=url, known=tuple(_DRIVERS)[:2]) from None
    except ModuleNotFoundError as error:
        raise InputError("bulk-library", library=str(error.name), extra="postgres") from None


def _engine(url: Any, backend: str) -> Engine:
    if backend == SQLITE:
        # One connection per piece of work: a file is opened in no time, and threads share nothing.
        pool = StaticPool if url.database in (None, "", ":memory:") else NullPool
        arguments = {"timeout": _WAIT, "check_same_thread": pool is not StaticPool}
        engine = create_engine(url, poolclass=pool, connect_args=arguments)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    options = f"-c lock_timeout={int(_WAIT * 1000)} -c timezone=UTC"
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": int(_WAIT), "options": options})


def _prepare(connection: Any, _: Any) -> None:
    # Transactions begin when we say so, and at once as writers, so that nobody decides on what is about to change.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("oppi18n_reading")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


@contextmanager
def told() -> Iterator[None]:
    """Failures of the database become StoreError `store-locked` or `store-failed`."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        if any(each in cause for each in _LOCKED):
            raise StoreError("store-locked") from None
        raise StoreError("store-failed", reason=cause) from None


def make_ready(engine: Engine, tables: Tables) -> None:
    """Make what is not there: tables, and columns of fields that a pack has added; nothing is changed or dropped.

    Raises StoreError `store-newer` where a later version of this program has made the tables.
    """
    with told(), engine.begin() as connection:
        if engine.dialect.name == POSTGRES:
            # Two programs that start at the same time take turns.
            connection.execute(text("SELECT pg_advisory_xact_lock(1869637737)"))
        found = inspect(connection).get_table_names()
        if tables.about.name in found:
            version = connection.execute(tables.about.select()).scalar() or 0
            if version > VERSION:
                raise StoreError("store-newer", found=version, known=VERSION)
        tables.metadata.create_all(connection)
        _add_columns(connection, tables)
        for statement in GUARDS[engine.dialect.name]:
            connection.exec_driver_sql(statement)
        if connection.execute(tables.about.select()).first() is None:
            connection.execute(tables.about.insert(), {"version": VERSION})


def _add_columns(connection: Connection, tables: Tables) -> None:
    known = inspect(connection)
    for table in tables.records.values():
        there = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                name = connection.dialect.identifier_preparer.quote(table.name)
                connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {CreateColumn(column).compile(connection)}")
