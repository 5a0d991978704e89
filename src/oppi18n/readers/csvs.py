"""Facts from CSV: a file of opportunities, and one of quotes that name their opportunity."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple, Protocol

from oppi18n.errors import InputError
from oppi18n.files import read_text
from oppi18n.model.facts import Conversion, DataError, Problem
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers.dataverse import Entry
from oppi18n.readers.direct import WHOLE, Direct, of_cells
from oppi18n.readers.inputs import Input, Outcome

_SEPARATORS: Final = (";", "\t", "|")
_NEAR: Final = 0.8
_MANY: Final = 50
"""So many rows are worth a function that is made for them."""
_WIDE: Final = 500
"""Columns of a header in which nobody looks for misspelt ones any more: that is slow."""


class Row(NamedTuple):
    """A row: its number among the rows under the header (from 0), the line where it begins (from 1), its cells."""

    number: int
    line: int
    cells: list[str]


class Table:
    """A CSV file whose header names fields of the model, or columns of Dataverse; `body` are the rows under it."""

    def __init__(
        self, name: str, lines: Iterable[str], record: Record, *, back: tuple[str, ...] = (), prefix: str = ""
    ) -> None:
        self.name = name
        self.record = record
        self.prefix = prefix
        self.rows: list[Row] = []
        self.ragged: list[Problem] = []
        self.notices: list[Problem] = []
        self.direct: Direct | None = None
        self.body = rows_in(name, lines)
        header = next(self.body, None)
        if header is None:
            raise DataError((Problem("empty-file", "", {}, 1, 1),), name)
        self.header = header.cells
        self.fields: dict[str, int] = {}
        self._read_header(header.line, back)

    def read_all(self, model: Model, zone: str) -> None:
        """Keep all rows; note those with too few or too many cells."""
        self.rows += self.body
        self.ragged += (each for row in self.rows for each in self.ragged_in(row))
        if len(self.rows) >= _MANY:
            self.prepare(model, zone)

    def prepare(self, model: Model, zone: str) -> None:
        """Get ready for many rows."""
        columns = {name: (index, self.header[index] != name) for name, index in self.fields.items()}
        if "id" in columns:
            self.direct = of_cells(model, self.record, columns, zone=zone)

    def cell(self, row: Row, name: str) -> str | None:
        """A cell by the field's name; None if there is no such column, or the row is too short."""
        index = self.fields.get(name)
        return row.cells[index] if index is not None and index < len(row.cells) else None

    def pointer(self, row: Row, name: str = "") -> str:
        """Where a field of a row stands: `/3/statecode` is that column of the fourth row."""
        index = self.fields.get(name)
        column = name if index is None else self.header[index]
        return f"{self.prefix}/{row.number}" + (f"/{column}" if name else "")

    def ragged_in(self, row: Row) -> Iterator[Problem]:
        """What is wrong with the number of cells in a row."""
        if len(row.cells) != len(self.header):
            params = {"found": len(row.cells), "expected": len(self.header)}
            yield Problem("csv-ragged", self.pointer(row), params, row.line, 1)

    def _read_header(self, line: int, back: tuple[str, ...]) -> None:
        names = {field.dataverse: field.name for field in self.record.fields.values() if field.dataverse}
        names |= {name: name for name in self.record.fields} | dict.fromkeys(back, back[0] if back else "")
        problems = []
        for index, column in enumerate(self.header):
            name = names.get(column)
            if name is None:
                self._unknown(column, [*names], line)
            elif name in self.fields:
                params = {"name": column, "first": self.header[self.fields[name]]}
                problems.append(Problem("csv-column-twice", self.prefix, params, line))
            else:
                self.fields[name] = index
        if not self.fields:
            problems += self._separators(line)
        if problems:
            raise DataError(tuple(problems), self.name)

    def _unknown(self, column: str, names: list[str], line: int) -> None:
        """Exports have many further columns; a name that is nearly right is worth a word."""
        absent = [name for name in names if name not in self.header] if len(self.header) <= _WIDE else []
        near = get_close_matches(column, absent, n=1, cutoff=_NEAR)
        if near:
            params = {"name": column, "near": near[0]}
            self.notices.append(Problem("unknown-member-near", self.prefix, params, line))

    def _separators(self, line: int) -> Iterator[Problem]:
        found = [each for each in _SEPARATORS if each in "".join(self.header)]
        if len(self.header) == 1 and found:
            yield Problem("csv-separator", self.prefix, {"found": "TAB" if found[0] == "\t" else found[0]}, line, 1)
        else:
            yield Problem("csv-column-absent", self.prefix, {"name": "id"}, line, 1)

    def require(self, name: str) -> None:
        """Refuse the file if a column is absent that nothing works without."""
        if name not in self.fields:
            raise DataError((Problem("csv-column-absent", self.prefix, {"name": name}, 1, 1),), self.name)


def claims(file: Input) -> int:
    """Sure of a file that ends in `.csv`."""
    return 2 if file.extension == ".csv" else 0


def read(file: Input) -> Iterator[Outcome]:
    """The facts of each row, with its quotes if a companion file holds quotes; absent columns are not loaded.

    Rows of quotes that cannot be told apart come out as an error of their own; they leave every list of quotes partial,
    for they might belong to any opportunity. Raises DataError if a file is not such a table.
    """
    if len(file.companions) > 1:
        raise InputError("too-many-companions", path=file.path, limit=1, count=len(file.companions))
    root = file.model.records[file.model.root]
    table = Table(file.path, io.StringIO(file.text, newline=""), root)
    table.read_all(file.model, file.zone)
    file.notices += table.notices
    children = None
    if file.companions:
        table.require("id")
        children = _Children(file, table, next(root.lists))
        file.notices += children.table.notices
    ragged = {problem.pointer: problem for problem in table.ragged}
    twice = _twice(table)
    for row in table.rows:
        entry = Opportunity(file, table, row, children)
        yield entry.outcome([each for each in (ragged.get(table.pointer(row)), twice.get(key_in(table, row))) if each])
    if children and children.problems:
        yield DataError(tuple(children.problems), children.table.name)


class Children(Protocol):
    """Rows of a second file, by the opportunity that they name; `complete` unless some cannot be told apart."""

    field: Field
    table: Table
    complete: bool

    def rows_of(self, key: str) -> Sequence[Row]: ...

    def shared_of(self, key: str) -> Sequence[Problem]: ...


class _Children:
    """The rows of the second file, by the opportunity that they name."""

    def __init__(self, file: Input, parents: Table, field: Field) -> None:
        record = file.model.records[field.of]
        back = (file.model.root, f"_{parents.record.fields['id'].dataverse}_value")
        path = file.companions[0]
        self.field = field
        lines = io.StringIO(read_text(path), newline="")
        self.table = Table(path, lines, record, back=back, prefix=f"{path}#")
        self.table.read_all(file.model, file.zone)
        self.table.require(back[0])
        self.problems = list(self.table.ragged)
        self.complete = not self.problems
        self.of: dict[str, list[Row]] = {}
        self.shared: dict[str, list[Problem]] = {}
        self._sort(back[0], {key_in(parents, row) for row in parents.rows})
        self._compare()

    def rows_of(self, key: str) -> Sequence[Row]:
        """The rows that name an opportunity."""
        return self.of.get(key, [])

    def shared_of(self, key: str) -> Sequence[Problem]:
        """What is wrong with rows that name an opportunity and stand elsewhere, too."""
        return self.shared.get(key, [])

    def _sort(self, back: str, known: set[str]) -> None:
        table = self.table
        for row in table.rows:
            if len(row.cells) != len(table.header):
                continue
            parent = table.cell(row, back) or ""
            if parent.lower() in known and parent:
                self.of.setdefault(parent.lower(), []).append(row)
            else:
                params = {"opportunity": parent, "quote": table.cell(row, "id") or ""}
                self.problems.append(Problem("orphan-quote", table.pointer(row, back), params, row.line, 1))

    def _compare(self) -> None:
        """Note ids that two opportunities share; within one, the conversion sees them."""
        seen: dict[str, tuple[str, Row]] = {}
        for parent, rows in self.of.items():
            for row in rows:
                key = key_in(self.table, row)
                other, first = seen.setdefault(key, (parent, row))
                if key and other != parent:
                    problem = duplicate(self.table, row, first)
                    for each in (other, parent):
                        self.shared.setdefault(each, []).append(problem)


class Opportunity:
    """One row of the first file with its rows of the second."""

    def __init__(self, file: Input, table: Table, row: Row, children: Children | None) -> None:
        self.file = file
        self.table = table
        self.row = row
        self.children = children
        key = key_in(table, row)
        self.rows = children.rows_of(key) if children else ()
        self.shared = children.shared_of(key) if children else ()

    def outcome(self, problems: Sequence[Problem]) -> Outcome:
        """The facts, or everything that is wrong with the row and its quotes."""
        if any(each.code == "csv-ragged" for each in problems):
            return self.file.error(*problems)
        root = self.file.model.root
        found = self._direct() if not problems and not self.shared else None
        if found is not None:
            return self.file.facts({root: found}, self.locate)
        return self._careful(root, problems)

    def _direct(self) -> dict[str, object] | None:
        """The record, if nothing is amiss."""
        if self.table.direct is None:
            return None
        record = self.table.direct(self.row.cells)
        if record is None or self.children is None:
            return record
        direct = self.children.table.direct
        items = [direct(row.cells) if direct else None for row in self.rows]
        if None in items or len({each["id"].lower() for each in items if each}) != len(items):
            return None
        return {**record, self.children.field.name: items if self.children.complete else PartialList(items)}

    def _careful(self, root: str, problems: Sequence[Problem]) -> Outcome:
        conversion = Conversion(self.file.model, zone=self.file.zone)
        pointer = f"/{root}"
        raw = _raw(Entry(conversion), self.table, self.row, pointer)
        for field in self.table.record.lists:
            raw[field.name] = NOT_LOADED
        if self.children:
            name = self.children.field.name
            items = [
                _raw(Entry(conversion), self.children.table, row, f"{pointer}/{name}/{index}")
                for index, row in enumerate(self.rows)
            ]
            raw[name] = items if self.children.complete else PartialList(items)
        record = {root: conversion.record(self.table.record, raw, pointer)}
        found = [each._replace(line=self._row(each.pointer).line) for each in conversion.problems]
        if not found and not problems and not self.shared:
            return self.file.facts(record, self.locate)
        located = self.file.refused(found, self.locate).problems if found else ()
        return self.file.error(*problems, *located, *self.shared)

    def locate(self, pointer: str) -> str:
        """The place in one of the two files of a pointer of the model's shape."""
        parts = pointer.split("/")
        if parts[1:2] != [self.file.model.root]:
            return pointer
        if len(parts) > 3 and self.children:
            row = self._row(pointer)
            return pointer if row is self.row else self.children.table.pointer(row, "/".join(parts[4:]))
        return self.table.pointer(self.row, "/".join(parts[2:]))

    def _row(self, pointer: str) -> Row:
        parts = pointer.split("/")
        index = int(parts[3]) if len(parts) > 3 and parts[3].isdigit() else len(self.rows)
        return self.rows[index] if index < len(self.rows) else self.row


def _raw(entry: Entry, table: Table, row: Row, pointer: str) -> dict[str, object]:
    """The row in the model's shape: an absent column is not loaded, an empty cell is empty."""
    raw: dict[str, object] = {}
    for field in table.record.fields.values():
        cell = table.cell(row, field.name)
        if cell is None:
            raw[field.name] = NOT_LOADED
            continue
        coded = table.header[table.fields[field.name]] != field.name
        raw[field.name] = _value(entry, field, cell, coded=coded, pointer=pointer) if cell else None
    entry.check_reasons(table.record, raw, pointer)
    return raw


def _value(entry: Entry, field: Field, cell: str, *, coded: bool, pointer: str) -> object:
    """A cell in the type of its field; under Dataverse's name an enumeration is a code and a currency a mere id."""
    if coded and field.type == "currency":
        return NOT_LOADED
    number = int(cell) if WHOLE.match(cell) else None
    if coded and field.type == "enumeration":
        return entry.code(field, cell if number is None else number, pointer)
    if field.type == "int" and number is not None:
        return number
    return cell == "true" if field.type == "bool" and cell in ("true", "false") else cell


def _twice(table: Table) -> dict[str, Problem]:
    seen: dict[str, Row] = {}
    found: dict[str, Problem] = {}
    for row in table.rows:
        key = key_in(table, row)
        first = seen.setdefault(key, row)
        if key and first is not row:
            found.setdefault(key, duplicate(table, row, first))
    return found


def duplicate(table: Table, row: Row, first: Row) -> Problem:
    """An id that occurs twice."""
    params = {"id": table.cell(row, "id") or "", "first": table.pointer(first, "id")}
    return Problem("duplicate-id", table.pointer(row, "id"), params, row.line, 1)


def key_in(table: Table, row: Row) -> str:
    """The id of a row, as ids are compared."""
    return (table.cell(row, "id") or "").lower()


def rows_in(name: str, lines: Iterable[str]) -> Iterator[Row]:
    """The rows that are not blank, the header first; DataError where the quoting breaks."""
    reader = csv.reader(lines, strict=True)
    number, line = -1, 1
    try:
        for cells in reader:
            if cells:
                # The named way takes three times as long, and this is for each row.
                yield tuple.__new__(Row, (number, line, cells))
                number += 1
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError((Problem("csv-syntax", "", {"problem": str(error)}, line, 1),), name) from None
