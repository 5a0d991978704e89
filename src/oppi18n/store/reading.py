"""What is in the store is read as it was put in: exact, in order, in one consistent look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import Connection, Engine, Select, bindparam, func, or_, select

from oppi18n.errors import InputError
from oppi18n.model.facts import Facts
from oppi18n.store import tables as names
from oppi18n.store.database import POSTGRES, collation_of, kept, lowered, told
from oppi18n.store.rows import facts_of, key_of
from oppi18n.store.tables import Tables

if TYPE_CHECKING:
    from oppi18n.model.schema import Model

BATCH: Final = 500
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Stored:
    """An opportunity as it is in the database; `version` counts its changes."""

    facts: Facts
    version: int


class Reading:
    """The opportunities of a database, for looking at."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self.engine = engine
        self.tables = tables
        self.model: Model = tables.model
        self._collation: list[str | None] = []
        # With the default of PostgreSQL each statement would see another moment, and the quotes another than
        # their opportunity. It stands in the BEGIN that is sent anyway; the pool takes it back.
        is_postgres = engine.dialect.name == POSTGRES
        level = {"isolation_level": "REPEATABLE READ"} if is_postgres else {}
        self._looking = {"oppi18n_reading": True, **level}
        # Made once: to make and to name them takes longer than SQLite does to answer.
        self._one = select(tables.root).where(tables.root.c.id == bindparam("identity"))
        self._lists = [
            (
                field.name,
                select(table)
                .where(table.c[names.PARENT].in_(bindparam("ids", expanding=True)))
                .order_by(table.c[names.PARENT], table.c[names.POSITION]),
            )
            for field, table in tables.lists()
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    def get(self, identity: str) -> Stored:
        """One opportunity. Raises InputError `store-not-found`."""
        with self._reading() as connection:
            return self._stored(connection, identity)

    def search(self, words: str = "", *, state: str = "", after: str = "", limit: int = SHOWN) -> tuple[Stored, ...]:
        """Opportunities in the order of their ids, `after` one of them: those whose name or id holds the words."""
        root = self.tables.root
        wanted = select(root).where(root.c.id > after).order_by(root.c.id).limit(limit)
        if state:
            wanted = wanted.where(root.c.state == state)
        with self._reading() as connection:
            if words:
                wanted = self._holding(connection, wanted, words.lower())
            return tuple(self._all(connection, connection.execute(wanted).mappings().all()))

    def _holding(self, connection: Connection, wanted: Select[Any], words: str) -> Select[Any]:
        if not self._collation:
            self._collation = [collation_of(connection)]
        columns = [self.tables.root.c[name] for name in ("name", "id")]
        return wanted.where(
            or_(*(lowered(each, self._collation[0]).contains(words, autoescape=True) for each in columns))
        )

    def every(self) -> Iterator[Stored]:
        """All opportunities in the order of their ids, a few in memory at a time."""
        after = ""
        while found := self.search(after=after, limit=BATCH):
            yield from found
            after = str(found[-1].facts.id)

    def count(self) -> int:
        """How many opportunities there are."""
        with self._reading() as connection:
            return int(connection.execute(select(func.count()).select_from(self.tables.root)).scalar_one())

    def _stored(self, connection: Connection, identity: str, *, locked: bool = False) -> Stored:
        wanted = self._one
        if locked and connection.dialect.name == POSTGRES:
            # Whoever adds a quote needs the opportunity to stay, so they wait as well.
            wanted = wanted.with_for_update()
        row = connection.execute(wanted, {"identity": key_of(identity)}).mappings().first()
        if row is None:
            raise InputError("store-not-found", id=identity)
        return next(self._all(connection, [row]))

    def _all(self, connection: Connection, rows: Iterable[Mapping[Any, Any]]) -> Iterator[Stored]:
        found = list(rows)
        lists: dict[str, dict[str, list[Mapping[Any, Any]]]] = {row["id"]: {} for row in found}
        for name, wanted in self._lists:
            for each in connection.execute(wanted, {"ids": list(lists)}).mappings():
                lists[each[names.PARENT]].setdefault(name, []).append(each)
        for row in found:
            facts = facts_of(row, lists[row["id"]], self.tables)
            yield Stored(Facts(facts, source=row["id"]), row["row_version"])

    def activities(self, identity: str) -> tuple[Mapping[str, Any], ...]:
        """The activities of an opportunity and its quotes, in the order in which they were made."""
        table = self.tables.activities
        wanted = (
            select(table)
            .where(table.c.opportunity == identity)
            .order_by(table.c.created_at, table.c.entity, table.c.record)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings().all()
            return tuple({**row, "values": json.loads(row["values"])} for row in rows)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(), self.engine.connect().execution_options(**self._looking) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(), self.engine.connect() as connection, kept(connection):
            yield connection
