"""PostgreSQL, where the data is: rules run in the server, and only what they find comes over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg

from oppi18n.bulk.relations import Relation
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_KINDS: Final = {
    "text": "text", "character varying": "text", "character": "text", "name": "text", "uuid": "uuid",
    "smallint": "int", "integer": "int", "bigint": "int", "double precision": "double", "boolean": "bool",
    "date": "date", "timestamp without time zone": "naive", "timestamp with time zone": "moment",
}  # fmt: skip
_BATCH: Final = 5_000
_PATIENCE: Final = 20
"""Seconds in which a server must have answered, unless somebody says otherwise."""
_LISTENING: Final = (
    "SELECT set_config(name, '5s', false) FROM pg_settings"
    " WHERE name = 'client_connection_check_interval' AND setting = '0' AND version() LIKE '%-linux%'"
)
"""A server on Linux notices that whoever asked has gone, and stops working on the answer."""


class Postgres:
    """A database by its URL; tables are those that are asked for, or those of the search path."""

    dialect = DIALECTS["postgres"]

    def __init__(self, url: str, tables: Sequence[str] = (), *, write: bool = False) -> None:
        self.cursors = 0
        self.name = redacted(url)
        self.connection = self._connected(url)
        # One snapshot for all questions: what is checked is what is judged.
        self.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.connection.read_only = not write
        self.found = list(self._tables(tables))

    def _connected(self, url: str) -> Any:
        """A connection; a server that does not answer is not waited for, and one that nobody listens to gives up."""
        is_said = "connect_timeout" in url or "PGCONNECT_TIMEOUT" in os.environ
        patience: dict[str, Any] = {} if is_said else {"connect_timeout": _PATIENCE}
        try:
            connection = psycopg.connect(url, **patience)
            connection.execute(_LISTENING)
            connection.commit()
        except psycopg.Error as error:
            password = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
            reason = _reason(error).replace(password, "…") if password else _reason(error)
            raise InputError("bulk-source", path=self.name, reason=reason) from None
        return connection

    def relations(self) -> list[Relation]:
        """The tables and views."""
        return self.found

    def _tables(self, tables: Sequence[str]) -> Iterator[Relation]:
        sql = (
            "SELECT table_schema, table_name, column_name, data_type, numeric_precision, numeric_scale, table_schema ="
            " ANY (CURRENT_SCHEMAS(FALSE)) FROM information_schema.columns WHERE table_schema NOT IN"
            " ('pg_catalog', 'information_schema') ORDER BY 1, 2, ordinal_position"
        )
        wanted = {each.lower() for each in tables}
        columns: dict[tuple[str, str], dict[str, str]] = {}
        for schema, table, column, kind, precision, places, near in self.rows(sql):
            named = {table.lower(), f"{schema}.{table}".lower()}
            if named & wanted if wanted else near:
                columns.setdefault((schema, table), {})[column] = kind_of(kind, precision, places)
        for (schema, table), found in columns.items():
            place = ".".join(map(self.dialect.name_of, (schema, table)))
            yield Relation(table, place, found, source=self.name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        try:
            found: list[tuple[Any, ...]] = self.connection.execute(_plain(sql)).fetchall()
        except psycopg.Error as error:
            raise InputError("bulk-source", path=self.name, reason=_reason(error)) from None
        return found

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query through a cursor of the server, so that they never lie here all at once."""
        self.cursors += 1
        try:
            with self.connection.cursor(name=f"oppi18n_{self.cursors}") as cursor:
                cursor.itersize = _BATCH
                cursor.execute(_plain(sql))
                yield from cursor
        except psycopg.Error as error:
            raise InputError("bulk-failed", reason=_reason(error)) from None

    def kept(self, sql: str) -> str:
        """The query itself: it is worked out anew, for nothing is written unless somebody asks for it."""
        return f"({sql})"

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries: all of them or none."""
        kind = "VIEW" if view else "TABLE"
        statements = [f"CREATE {kind} {self.dialect.path_of(name)} AS {sql}" for name, sql in relations.items()]
        try:
            for each in statements:
                self.connection.execute(_plain(each))
            self.connection.commit()
        except psycopg.Error as error:
            raise InputError("bulk-not-created", reason=_reason(error)) from None

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def kind_of(name: str, precision: int | None, places: int | None) -> str:
    """The kind of a column from the name of its type.

    >>> kind_of("numeric", 12, 2), kind_of("numeric", None, None), kind_of("uuid", None, None)
    ('decimal', 'wide', 'uuid')
    """
    if name == "numeric":
        fits = precision is not None and places is not None and places <= 4 and precision - places <= 15
        return "decimal" if fits else "wide"
    return _KINDS.get(name, "other")


def redacted(url: str) -> str:
    """A URL as it may be shown: without a password.

    >>> redacted("postgresql://me:secret@db/crm")
    'postgresql://me@db/crm'
    """
    scheme, mark, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}{mark}{user.partition(':')[0]}{at}{host}".partition("?")[0]


def _plain(sql: str) -> Any:
    """A statement without marks for values: a percent sign in it is nothing but one."""
    return sql.encode()


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
