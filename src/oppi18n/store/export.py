"""What is in the store leaves it as it can come back: Dataverse's JSON, or two tables of CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, text

from oppi18n.errors import InputError
from oppi18n.model.schema import Field, Model, Record
from oppi18n.store import tables as names
from oppi18n.store.database import POSTGRES, told
from oppi18n.store.reading import Reading
from oppi18n.store.tables import Tables

_AT_ONCE: Final = 1000
_NEXT: Final = "@odata.nextLink"
_PARENT: Final = "opportunity"
_EMPTY: Final = "null"

Cells = Sequence[str]
"""The values of a column as they are written."""


class Look:
    """One consistent look at a store, however long it takes and whatever is written meanwhile."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection = connection
        self.tables = tables
        self.model: Model = tables.model

    def count(self) -> int:
        """How many opportunities there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.tables.root)).scalar_one())

    def not_loaded(self, name: str) -> list[frozenset[str]]:
        """The different sets of fields that records of a type were loaded without."""
        column = self.tables.records[name].c[names.NOT_LOADED]
        found = self.connection.execute(select(column).distinct()).scalars().all()
        return [frozenset(json.loads(each or "[]")) for each in found]

    def columns(self, table: Table, wanted: Sequence[str]) -> Iterator[list[Sequence[Any]]]:
        """Values as the driver has them, some rows at a time, column by column: by opportunity, and in their order."""
        quote = self.connection.dialect.identifier_preparer.quote
        order = ["id"] if table is self.tables.root else [names.PARENT, names.POSITION]
        statement = (
            f"SELECT {', '.join(map(quote, wanted))} FROM {quote(table.name)} ORDER BY {', '.join(map(quote, order))}"
        )
        streamed = self.connection.execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
        for rows in streamed.exec_driver_sql(statement).partitions(_AT_ONCE):
            yield list(zip(*rows, strict=True))


@contextmanager
def look_at(store: Reading) -> Iterator[Look]:
    """Look at a store. Raises StoreError."""
    with told(), store.engine.connect().execution_options(oppi18n_reading=True) as connection:
        if connection.dialect.name == POSTGRES:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield Look(connection, store.tables)


def as_json(look: Look) -> Iterator[tuple[int, str]]:
    """The opportunities as one answer of Dataverse's Web API, piece by piece, each with how many are in it.

    A field that was not loaded is not there; a list of which a part was loaded has a link to the next page.
    """
    root = look.model.records[look.model.root]
    lists = [_Listed(look, field, table) for field, table in look.tables.lists()]
    entities = _Entities(look.model, root)
    wanted = [*entities.wanted, *(names.loaded(each.field) for each in lists)]
    yield 0, '{"value": ['
    mark = "\n"
    for columns in look.columns(look.tables.root, wanted):
        own = len(entities.wanted)
        inner = zip(*(each.members(columns[0], columns[own + place]) for place, each in enumerate(lists)), strict=True)
        texts = entities.texts(columns[:own], inner if lists else [()] * len(columns[0]))
        yield len(columns[0]), mark + ",\n".join(texts)
        mark = ",\n"
    yield 0, "\n]}\n"


class _Entities:
    """Rows of a record type as entities."""

    def __init__(self, model: Model, record: Record) -> None:
        self.fields = [field for field in record.fields.values() if field.type != "list"]
        self.wanted = ["id", *(field.name for field in self.fields if field.name != "id"), names.NOT_LOADED]
        self.order = [self.wanted.index(field.name) for field in self.fields]
        self.written = [_member(model, field) for field in self.fields]
        self.templates: dict[str | None, tuple[str, frozenset[str]]] = {}

    def texts(self, columns: Sequence[Sequence[Any]], inner: Iterable[tuple[str, ...]]) -> list[str]:
        """An entity for each row; `inner` are the members of its lists."""
        cells = [written(columns[place]) for place, written in zip(self.order, self.written, strict=True)]
        every, absent = self._shape(None), columns[-1]
        rows = zip(*cells, strict=True)
        if not any(absent):
            return [every % row + "".join(more) + "}" for row, more in zip(rows, inner, strict=True)]
        return [
            (every % row if not gone else self._shape(gone) % self._there(row, gone)) + "".join(more) + "}"
            for row, more, gone in zip(rows, inner, absent, strict=True)
        ]

    def _shape(self, gone: str | None) -> str:
        if gone not in self.templates:
            missing = frozenset(json.loads(gone or "[]"))
            kept = [_name(field) for field in self.fields if field.name not in missing]
            shape = "{" + ", ".join(json.dumps(name).replace("%", "%%") + ": %s" for name in kept)
            self.templates[gone] = (shape, missing)
        return self.templates[gone][0]

    def _there(self, row: tuple[str, ...], gone: str) -> tuple[str, ...]:
        missing = self.templates[gone][1]
        return tuple(cell for cell, field in zip(row, self.fields, strict=True) if field.name not in missing)


class _Listed:
    """The records of a list, in the order of the opportunities that they belong to."""

    def __init__(self, look: Look, field: Field, table: Table) -> None:
        self.field = field
        self.entities = _Entities(look.model, look.model.records[field.of])
        self.rest = self._all(look, table)
        self.next = next(self.rest, None)

    def _all(self, look: Look, table: Table) -> Iterator[tuple[str, str]]:
        for columns in look.columns(table, [*self.entities.wanted, names.PARENT]):
            texts = self.entities.texts(columns[:-1], [()] * len(columns[0]))
            yield from zip(columns[-1], texts, strict=True)

    def members(self, parents: Sequence[str], loaded: Sequence[str | None]) -> Iterator[str]:
        """The list of each opportunity, as one of its members."""
        name = json.dumps(self.field.dataverse)
        link = f", {json.dumps(self.field.dataverse + _NEXT)}: {json.dumps(self.field.dataverse + '?$skiptoken=1')}"
        for parent, state in zip(parents, loaded, strict=True):
            found = []
            while self.next is not None and self.next[0] == parent:
                found.append(self.next[1])
                self.next = next(self.rest, None)
            yield f", {name}: [{', '.join(found)}]{link if state == names.PARTIAL else ''}" if state else ""


def _name(field: Field) -> str:
    return field.dataverse.removeprefix("_").removesuffix("_value") if field.type == "currency" else field.dataverse


def _member(model: Model, field: Field) -> Callable[[Sequence[Any]], Cells]:
    """How the values of a field are written as JSON."""
    if field.type == "enumeration":
        codes = {value.name: value.dataverse for value in model.enumerations[field.of].values.values()}
        return lambda column: _known(column, lambda value: _code(codes, value, field))
    if field.type == "currency":
        return lambda column: _known(column, lambda value: f'{{"isocurrencycode": {encode_basestring(value)}}}')
    if field.type in ("date", "timestamp"):
        # A date alone is the same date in every zone; midnight in UTC would be the day before in some.
        return lambda column: _known(column, lambda value: f'"{value}"')
    if field.type in ("decimal", "int"):
        return lambda column: [_EMPTY if value is None else _plain(value) for value in column]
    if field.type == "bool":
        return lambda column: _known(column, lambda value: "true" if value else "false")
    return lambda column: [_EMPTY if value is None else encode_basestring(value) for value in column]


def _known(column: Sequence[Any], written: Callable[[Any], str]) -> Cells:
    """The same few values come again and again."""
    known = {value: _EMPTY if value is None else written(value) for value in set(column)}
    return [*map(known.__getitem__, column)]


def _code(codes: Mapping[str, int | None], value: str, field: Field) -> str:
    code = codes.get(value)
    if code is None:
        raise InputError("code-absent", value=value, name=field.dataverse)
    return str(code)


def _plain(value: Any) -> str:
    """A number without zeros that nobody wrote.

    >>> _plain("240000.50"), _plain(Decimal("7.0000")), _plain(70)
    ('240000.5', '7', '70')
    """
    written = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return written.rstrip("0").rstrip(".") if "." in written else written


def as_csv(look: Look, name: str) -> Iterator[tuple[int, str]]:
    """The records of one type as a table, piece by piece: the opportunities, or those of a list with their opportunity.

    Raises InputError `store-not-a-table` where some records have a field, or a list, that others were loaded without.
    """
    record, table = look.model.records[name], look.tables.records[name]
    is_root = name == look.model.root
    wanted = _wanted(look, record)
    if not is_root:
        _refuse_lists(look, name)
    yield 0, _lines([[*([] if is_root else [_PARENT]), *wanted]])
    for columns in look.columns(table, [*([] if is_root else [names.PARENT]), *wanted]):
        fields = [*([] if is_root else [None]), *(record.fields[each] for each in wanted)]
        cells = [_cells(column, field) for column, field in zip(columns, fields, strict=True)]
        yield len(columns[0]), _lines(zip(*cells, strict=True))


def _refuse_lists(look: Look, name: str) -> None:
    for field, table in look.tables.lists():
        state = look.tables.root.c[names.loaded(field)]
        odd = select(look.tables.root.c.id).where(state.is_(None) | (state != names.WHOLE)).limit(1)
        if table.name == name and look.connection.execute(odd).first() is not None:
            raise InputError("store-not-a-table", name=field.name)


def _wanted(look: Look, record: Record) -> list[str]:
    own = [field.name for field in record.fields.values() if field.type != "list"]
    absent = look.not_loaded(record.name)
    partly = sorted(set[str]().union(*absent) - set(own).intersection(*absent)) if absent else []
    if partly:
        raise InputError("store-not-a-table", name=partly[0])
    return [name for name in own if not absent or name not in absent[0]]


def _cells(column: Sequence[Any], field: Field | None) -> Sequence[Any]:
    if field is not None and field.type in ("decimal", "int"):
        return [None if value is None else _plain(value) for value in column]
    if field is not None and field.type == "bool":
        return [None if value is None else "true" if value else "false" for value in column]
    return [None if value is None else value.isoformat() for value in column] if date in map(type, column) else column


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    rows = list(rows)
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    if "\r" in lines.getvalue():
        # Older versions of Python write it without quotation marks, and then it would end the line.
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return lines.getvalue()
