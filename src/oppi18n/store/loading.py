"""Many opportunities are put in at once: column by column into rows, in as few words to the database as it can take."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import IntegrityError

from oppi18n.errors import InputError
from oppi18n.model.facts import DataError, Problem
from oppi18n.model.schema import Record
from oppi18n.model.values import NOT_LOADED, NotLoaded, shown
from oppi18n.payloads import is_guid
from oppi18n.store import tables as names
from oppi18n.store.copying import copy
from oppi18n.store.database import POSTGRES, StoreError, collation_of, lowered
from oppi18n.store.rows import FIRST, Row, key_of, loaded_of
from oppi18n.store.tables import Tables

AT_ONCE: Final = 1000
"""Opportunities that are in memory together with their quotes."""
_CACHE: Final = 64 * 1024
"""KiB of pages that SQLite may keep while it is filled; with less, it would write the same pages again and again."""
_NUL: Final = "\0"

Column = Sequence[Any]


class Loader:
    """Puts opportunities in, in one transaction."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection = connection
        self.tables = tables
        self.model = tables.model
        self.is_postgres = connection.dialect.name == POSTGRES
        self.alike = Alike(connection, tables)
        self.waiting: dict[str, list[Row]] = {table.name: [] for _, table in tables.lists()}
        if not self.is_postgres:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")

    def load(self, facts: Iterable[Any], *, replace: bool) -> int:
        """Put opportunities in; how many.

        Raises InputError `store-no-id`, `store-already-there`, `duplicate-id`, DataError `wrong-value`.
        """
        count, rest = 0, iter(facts)
        while batch := list(islice(rest, AT_ONCE)):
            try:
                self._load([getattr(each, "record", each)[self.model.root] for each in batch], replace=replace)
            except _NulError:
                raise _nul_in(batch, self.tables) from None
            count += len(batch)
        self._load_waiting()
        self.alike.refuse()
        return count

    def _load(self, batch: list[Mapping[str, Any]], *, replace: bool) -> None:
        root = self.tables.root
        keys = _keys(batch, root.name)
        self.alike.look(root, keys)
        twice = [each for each, count in Counter(keys).items() if count > 1]
        if twice and not replace:
            raise InputError("store-already-there", id=min(twice))
        if twice:
            # The last one counts, as it does where they come in two batches.
            kept = dict(zip(keys, batch, strict=True))
            keys, batch = list(kept), list(kept.values())
        there = dict(self._known(root, keys, root.c.row_version))
        if there and not replace:
            raise InputError("store-already-there", id=min(there))
        if there:
            self.connection.execute(root.delete().where(root.c.id.in_(list(there))))
        record = self.model.records[root.name]
        columns = _columns(record, batch, keys)
        for field, _ in self.tables.lists():
            columns[names.loaded(field)] = [loaded_of(each.get(field.name, NOT_LOADED)) for each in batch]
        columns["row_version"] = [there.get(each, 0) + FIRST for each in keys] if there else [FIRST] * len(keys)
        try:
            self._insert(root, columns)
        except IntegrityError:
            # Somebody else has put the same in since we looked, which PostgreSQL lets them.
            there = dict(self._known(root, keys, root.c.row_version))
            if not there:
                raise
            if replace:
                raise StoreError("store-locked") from None
            raise InputError("store-already-there", id=min(there)) from None
        self._load_lists(batch, keys, replace=replace)

    def _load_lists(self, batch: list[Mapping[str, Any]], keys: list[str], *, replace: bool) -> None:
        for field, table in self.tables.lists():
            if self.waiting[table.name]:
                again = frozenset(keys)
                self.waiting[table.name] = [
                    each for each in self.waiting[table.name] if each[names.PARENT] not in again
                ]
            inner: list[Mapping[str, Any]] = []
            parents: list[str] = []
            positions: list[int] = []
            for key, each in zip(keys, batch, strict=True):
                given = each.get(field.name)
                if given and isinstance(given, (list, tuple)):
                    inner += given
                    parents += [key] * len(given)
                    positions += range(len(given))
            if inner:
                own = _keys(inner, table.name)
                self.alike.look(table, own)
                columns = _columns(self.model.records[field.of], inner, own)
                self._load_list(table, {**columns, names.PARENT: parents, names.POSITION: positions}, replace=replace)

    def _load_list(self, table: Table, columns: dict[str, Column], *, replace: bool) -> None:
        try:
            self._insert(table, columns)
            return
        except IntegrityError:
            if not replace:
                self._refuse_shared(table, columns)
                raise
        # SQLite keeps the rows before the one that it refused.
        self.connection.execute(table.delete().where(table.c[names.PARENT].in_(list(set(columns[names.PARENT])))))
        known = set(self._first(table, columns["id"]))
        kept: list[tuple[Any, ...]] = []
        for row in zip(*columns.values(), strict=True):
            each = dict(zip(columns, row, strict=True))
            if each["id"] in known:
                # Its old opportunity may come later, without it.
                self.waiting[table.name].append(each)
            else:
                known.add(each["id"])
                kept.append(row)
        if kept:
            self._insert(table, dict(zip(columns, zip(*kept, strict=True), strict=True)))

    def _load_waiting(self) -> None:
        """Put in the records that have gone over from one opportunity to another, if they have."""
        for _, table in self.tables.lists():
            rows = self.waiting[table.name]
            for start in range(0, len(rows), AT_ONCE):
                part = rows[start : start + AT_ONCE]
                self._load_list(table, {name: [each[name] for each in part] for name in part[0]}, replace=False)

    def _refuse_shared(self, table: Table, columns: Mapping[str, Column]) -> None:
        """Say which record belongs to two opportunities."""
        first = self._first(table, columns["id"])
        for key, parent in zip(columns["id"], columns[names.PARENT], strict=True):
            if first.setdefault(key, parent) != parent:
                raise InputError("duplicate-id", id=key, first=first[key])

    def _first(self, table: Table, keys: Column) -> dict[str, str]:
        """The opportunities in the database that records belong to."""
        return dict(self._known(table, list(keys), table.c[names.PARENT]))

    def _known(self, table: Table, keys: list[str], wanted: Any) -> Iterator[Any]:
        for start in range(0, len(keys), AT_ONCE):
            known = select(table.c.id, wanted).where(table.c.id.in_(keys[start : start + AT_ONCE]))
            yield from map(tuple, self.connection.execute(known))

    def _insert(self, table: Table, columns: Mapping[str, Column]) -> None:
        if any(_NUL in "".join(filter(None, column)) for column in columns.values() if str in set(map(type, column))):
            raise _NulError
        if self.is_postgres:
            copy(self.connection, table, columns)
            return
        quote = self.connection.dialect.identifier_preparer.quote
        named = ", ".join(map(quote, columns))
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {quote(table.name)} ({named}) VALUES ({marks})"
        rows = list(zip(*map(_bound, columns.values()), strict=True))
        self.connection.exec_driver_sql(statement, rows)


class Alike:
    """Ids that nobody could tell apart, for their case means nothing where they are looked up."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection = connection
        self.tables = tables
        self.before: dict[str, set[tuple[str, str]]] = {}

    def look(self, table: Table, keys: Iterable[str]) -> None:
        """Before the first ids come that are no GUIDs: which are alike already."""
        if table.name not in self.before and not all(map(is_guid, keys)):
            self.before[table.name] = set(self._found(table))

    def refuse(self) -> None:
        """Raise InputError `duplicate-id` if more are alike now."""
        for name, before in self.before.items():
            for key, first in self._found(self.tables.records[name]):
                if (key, first) not in before:
                    raise InputError("duplicate-id", id=key, first=first)

    def _found(self, table: Table) -> Iterator[tuple[str, str]]:
        own = table.c.id
        plain = lowered(own, collation_of(self.connection))
        twice = select(func.min(own), func.max(own)).group_by(plain).having(func.count() > 1)
        yield from map(tuple, self.connection.execute(twice).all())


class _NulError(ValueError):
    """A text holds a NUL, which PostgreSQL has no room for."""


def _nul_in(facts: Iterable[Any], tables: Tables) -> DataError:
    """Where the NUL is."""
    root = tables.model.root
    for each in facts:
        record = getattr(each, "record", each)[root]
        lists = [(field.name, record.get(field.name)) for field, _ in tables.lists()]
        inner = [(f"/{root}/{name}/{at}", one) for name, rows in lists if rows for at, one in enumerate(rows)]
        for place, one in [(f"/{root}", record), *inner]:
            for name, value in one.items():
                if isinstance(value, str) and _NUL in value:
                    pointer = f"{place}/{name}"
                    params = {"found": shown(value), "expected": "string"}
                    locate = getattr(each, "source_pointer", str)
                    return DataError((Problem("wrong-value", locate(pointer), params),), getattr(each, "source", ""))
    raise AssertionError


def _keys(records: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """The ids of records as they stand in the database."""
    found = [each.get("id") for each in records]
    if not all(found) or NOT_LOADED in found:
        raise InputError("store-no-id", record=name)
    keys = [key_of(str(each)) for each in found]
    if _NUL in "".join(keys):
        raise _NulError
    return keys


def _columns(record: Record, records: Sequence[Mapping[str, Any]], keys: list[str]) -> dict[str, Column]:
    """The values of the fields, and what was not loaded, by column."""
    fields = [field for field in record.fields.values() if field.type != "list"]
    own = [field.name for field in fields]
    try:
        rows = list(map(itemgetter(*own), records))
    except KeyError:
        # Facts in our own shape leave out what is empty; what must be there and is not was not loaded.
        empty = {field.name: NOT_LOADED if field.required else None for field in fields}
        rows = list(map(itemgetter(*own), ({**empty, **each} for each in records)))
    columns: dict[str, Column] = dict(zip(own, zip(*rows, strict=True), strict=True))
    absent: dict[int, list[str]] = {}
    for name, column in columns.items():
        if NotLoaded in map(type, column):
            for place, value in enumerate(column):
                if value is NOT_LOADED:
                    absent.setdefault(place, []).append(name)
            columns[name] = [None if value is NOT_LOADED else value for value in column]
    columns["id"] = keys
    columns[names.NOT_LOADED] = _texts(absent, len(rows))
    return columns


def _texts(absent: Mapping[int, list[str]], count: int) -> Column:
    if not absent:
        return [None] * count
    known: dict[tuple[str, ...], str] = {(): ""}
    for each in absent.values():
        known.setdefault(tuple(each), json.dumps(each))
    return [known[tuple(absent.get(place, ()))] or None for place in range(count)]


def _bound(column: Column) -> Column:
    """A column as SQLite takes it: exact amounts and dates are texts there."""
    kinds = set(map(type, column))
    if Decimal in kinds:
        return [None if value is None else f"{value:f}" for value in column]
    if date in kinds:
        # The same few dates come again and again.
        known = {value: value and value.isoformat() for value in set(column)}
        return [*map(known.__getitem__, column)]
    return column
