"""A database is opened, made ready and spoken to; what goes wrong in it becomes one of our errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Function,
    Table,
    Text,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
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
_TRIGGERS: Final = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    POSTGRES: "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('audit')",
}
_LOCKED: Final = (
    "database is locked",
    "database table is locked",
    "lock timeout",
    "canceling statement due to lock",
    "deadlock detected",
    "QueuePool limit",
)
_FULL: Final = "database or disk is full"
_SECRETS: Final = re.compile(r"(://[^:@]*:).*(?=@)|(?<=[?&]password=)[^&]*", re.DOTALL)
_LOWER: Final = "oppi18n_lower"
_COLLATIONS: Final = ("und-x-icu", "pg_c_utf8", "C.utf8", "en_US.utf8")
"""Those of PostgreSQL that know the capitals of all languages, the best one first."""
_KNOWN: Final = (
    "SELECT collname FROM pg_collation WHERE getdatabaseencoding() = 'UTF8'"
    " AND collencoding IN (-1, pg_char_to_encoding('UTF8')) AND collnamespace = 'pg_catalog'::regnamespace"
)


class StoreError(Oppi18nError):
    """The database cannot be used, or gave up.

    Nothing of what was asked for is in it, except with `store-unsure`: then nobody could be asked.
    """


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
            raise StoreError("store-url", url=masked(url), known=tuple(_DRIVERS)[:2])
        return _engine(parsed.set(drivername=_DRIVERS[backend]), backend)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise StoreError("store-url", url=masked(url), known=tuple(_DRIVERS)[:2]) from None
    except ModuleNotFoundError as error:
        raise InputError("library-missing", library=str(error.name), extra="postgres") from None


def masked(url: str) -> str:
    """A URL that may be wrong in any way, without what may be a password.

    >>> masked("postgresql://crm:p@w:1@db:54x2/crm"), masked("mysql://db/crm?password=pw")
    ('postgresql://crm:***@db:54x2/crm', 'mysql://db/crm?password=***')
    """
    return _SECRETS.sub(lambda found: f"{found[1] or ''}***", url)


def file_of(url: str) -> str | None:
    """The file of an SQLite database; None for databases that are none.

    >>> file_of("crm.db"), file_of("sqlite:///:memory:"), file_of("postgresql:///crm")
    ('crm.db', None, None)
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except (ArgumentError, ValueError):
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
    # The one of SQLite knows the capitals of ASCII alone.
    connection.create_function(_LOWER, 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def lowered(column: ColumnElement[Any], collation: str | None) -> ColumnElement[str]:
    """A text in small letters, in a database with this `collation_of`."""
    if collation == _LOWER:
        return Function(_LOWER, column, type_=Text())
    return func.lower(column.collate(collation) if collation else column)


def collation_of(connection: Connection) -> str | None:
    """What knows the small letters of all languages here; None if only what the database was made with does."""
    if connection.dialect.name == SQLITE:
        return _LOWER
    there = set(connection.execute(text(_KNOWN)).scalars())
    return next((each for each in _COLLATIONS if each in there), None)


def _begin(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("oppi18n_reading")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


@contextmanager
def told() -> Iterator[None]:
    """Failures of the database become StoreError `store-locked` or `store-failed`."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = _cause(error)
        if any(each in cause for each in _LOCKED):
            raise StoreError("store-locked") from None
        raise StoreError("store-failed", reason=cause) from None


@contextmanager
def kept(connection: Connection) -> Iterator[None]:
    """What is written is kept, or not; StoreError `store-unsure` where nobody has heard which."""
    is_written = False
    try:
        with connection.begin():
            yield
            is_written = True
    except SQLAlchemyError as error:
        if not is_written or _is_answer(error):
            raise
        raise StoreError("store-unsure", reason=_cause(error)) from None


def _is_answer(error: SQLAlchemyError) -> bool:
    """Whether the database itself has refused, and is not merely out of reach."""
    if getattr(error, "connection_invalidated", False):
        return False
    cause = _cause(error)
    return bool(getattr(getattr(error, "orig", None), "sqlstate", None)) or any(
        each in cause for each in (*_LOCKED, _FULL)
    )


def _cause(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def make_ready(engine: Engine, tables: Tables) -> None:
    """Make what is not there: tables, and columns of fields that a pack has added; nothing is changed or dropped.

    Raises StoreError `store-newer` where a later version of this program has made the tables.
    """
    with told():
        # Whoever only looks waits for no writer, and needs no right to write.
        with engine.connect().execution_options(oppi18n_reading=True) as connection:
            is_ready = (
                _version(connection, tables) is not None
                and not any(_missing(connection, tables))
                and _is_guarded(connection)
            )
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


def _is_guarded(connection: Connection) -> bool:
    """Whether all triggers are there that keep the audit log append-only."""
    dialect = connection.dialect.name
    there = set(connection.exec_driver_sql(_TRIGGERS[dialect]).scalars())
    made = (re.match(r"CREATE (?:OR REPLACE )?TRIGGER (?:IF NOT EXISTS )?(\w+)", each) for each in GUARDS[dialect])
    return all(each[1] in there for each in made if each)


def _missing(connection: Connection, tables: Tables) -> Iterator[tuple[Table, Column[Any]]]:
    """The columns that are not there yet, those of whole tables too."""
    known = inspect(connection).get_multi_columns()
    there = {(name, column["name"]) for (_, name), columns in known.items() for column in columns}
    for table in tables.metadata.tables.values():
        yield from ((table, column) for column in table.columns if (table.name, column.name) not in there)
