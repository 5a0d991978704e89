"""A database is opened, made ready and spoken to; what goes wrong in it becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, Table, create_engine, event, inspect, select, text
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
_SILENCE: Final = 30
"""Seconds after which a connection without an answer is given up."""
_LOCKED: Final = (
    "database is locked",
    "database table is locked",
    "lock timeout",
    "canceling statement due to lock",
    "deadlock detected",
    "QueuePool limit",
)


class StoreError(Oppi18nError):
    """The database cannot be used, or gave up; nothing of what was asked for is in it."""


class Conflict(Oppi18nError):
    """Somebody else has changed the opportunity since it was read."""

    exit_status = 1


def engine_for(url: str) -> Engine:
    """The engine of a database: `sqlite:///file.db`, `postgresql://…`, or the path of an SQLite file.

    Raises StoreError: `store-url`, and InputError `library-missing` where the driver is not installed.
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
        raise InputError("library-missing", library=str(error.name), extra="postgres") from None


def file_of(url: str) -> str | None:
    """The file of an SQLite database; None for databases that are none.

    >>> file_of("crm.db"), file_of("sqlite:///:memory:"), file_of("postgresql:///crm")
    ('crm.db', None, None)
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except ArgumentError:
        return None
    name = parsed.database or ""
    is_file = parsed.get_backend_name() == SQLITE and name not in ("", ":memory:") and not name.startswith("file:")
    return name if is_file else None


def _engine(url: Any, backend: str) -> Engine:
    if backend == SQLITE:
        # One connection per piece of work: a file is opened in no time, and threads share nothing.
        pool = StaticPool if url.database in (None, "", ":memory:") else NullPool
        waiting = {"timeout": _WAIT, "check_same_thread": pool is not StaticPool}
        engine = create_engine(url, poolclass=pool, connect_args=waiting)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    arguments = {
        "connect_timeout": int(_WAIT),
        "options": f"-c lock_timeout={int(_WAIT * 1000)} -c timezone=UTC",
        # A server that is gone without a word is noticed, too.
        "keepalives_idle": _SILENCE,
        "tcp_user_timeout": _SILENCE * 1000,
    }
    return create_engine(url, pool_pre_ping=True, pool_timeout=_WAIT, connect_args=arguments)


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
    with told():
        # Whoever only looks waits for no writer, and needs no right to write.
        with engine.connect().execution_options(oppi18n_reading=True) as connection:
            is_ready = _version(connection, tables) is not None and not any(_missing(connection, tables))
        if not is_ready:
            with engine.begin() as connection:
                _make(connection, tables)
    if engine.dialect.name == SQLITE and not isinstance(engine.pool, StaticPool):
        event.listen(engine, "do_connect", _existing)


def _existing(dialect: Any, _: Any, given: list[Any], named: dict[str, Any]) -> Any:
    # A file that has gone since is not to come back empty.
    if str(given[0]).startswith("file:"):
        return None
    return dialect.loaded_dbapi.connect(f"{Path(given[0]).absolute().as_uri()}?mode=rw", **{**named, "uri": True})


def _make(connection: Connection, tables: Tables) -> None:
    if connection.dialect.name == POSTGRES:
        # Two programs that start at the same time take turns.
        connection.execute(text("SELECT pg_advisory_xact_lock(1869637737)"))
    version = _version(connection, tables)
    tables.metadata.create_all(connection)
    for table, column in list(_missing(connection, tables)):
        name = connection.dialect.identifier_preparer.quote(table.name)
        connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {CreateColumn(column).compile(connection)}")
    for statement in GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    if version is None:
        connection.execute(tables.about.insert(), {"version": VERSION})


def _version(connection: Connection, tables: Tables) -> int | None:
    """The version of the tables that are there; None if none are."""
    if not inspect(connection).has_table(tables.about.name):
        return None
    version: int | None = connection.execute(select(tables.about.c.version)).scalar()
    if version is not None and version > VERSION:
        raise StoreError("store-newer", found=version, known=VERSION)
    return version


def _missing(connection: Connection, tables: Tables) -> Iterator[tuple[Table, Column[Any]]]:
    """The columns that are not there yet, those of whole tables too."""
    known = inspect(connection).get_multi_columns()
    there = {(name, column["name"]) for (_, name), columns in known.items() for column in columns}
    for table in tables.metadata.tables.values():
        yield from ((table, column) for column in table.columns if (table.name, column.name) not in there)
