"""JSON and YAML are read by the readers that every command uses, and become rows of two tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from oppi18n.bulk.csvfiles import moved
from oppi18n.errors import InputError
from oppi18n.files import LIMIT, STDIN
from oppi18n.model.facts import DataError, Facts, Problem
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers import read, read_content
from oppi18n.targets.sql.tables import PARTIAL, WHOLE

_LINES = (".jsonl", ".ndjson")
_MOST_PROBLEMS = 100
_TYPES = {"int": "BIGINT", "decimal": "DECIMAL(19, 4)", "date": "DATE", "timestamp": "DATE", "bool": "BOOLEAN"}

Tell = Callable[[Problem, str], None]
"""Hears about what is odd in a file although it can be used: the problem, the file."""


class Staging:
    """Two tables of one model, as columns with types and as rows of values.

    A field of which it was not asked is marked in a column of its own, `<field>_loaded`.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = model.records[model.root]
        self.list = next(self.root.lists)
        self.element = model.records[self.list.of]
        self.own = _scalars(self.root)
        self.inner = _scalars(self.element)

    @cached_property
    def root_columns(self) -> dict[str, str]:
        """The columns of the records, with DuckDB's types."""
        marks = {f"{each.name}_loaded": "INTEGER" for each in self.own if not each.required}
        return {**_typed(self.own), **marks, f"{self.list.name}_loaded": "INTEGER"}

    @cached_property
    def element_columns(self) -> dict[str, str]:
        """The columns of the elements of their list."""
        marks = {f"{each.name}_loaded": "INTEGER" for each in self.inner if not each.required}
        return {**_typed(self.inner), **marks, self.model.root: "VARCHAR"}

    def rows(self, facts: Facts) -> tuple[list[Any], list[list[Any]]]:
        """The row of a record, and those of its elements."""
        record = facts.record[self.model.root]
        elements = record.get(self.list.name, NOT_LOADED)
        state = 0 if elements is NOT_LOADED else PARTIAL if isinstance(elements, PartialList) else WHOLE
        rows = [[*_values(self.inner, each), record.get("id")] for each in (elements if state else ())]
        return [*_values(self.own, record), state], rows


def _scalars(record: Record) -> list[Field]:
    return [each for each in record.fields.values() if each.type != "list"]


def _typed(fields: Iterable[Field]) -> dict[str, str]:
    return {each.name: _TYPES.get(each.type, "VARCHAR") for each in fields}


def _values(fields: list[Field], record: Mapping[str, Any]) -> list[Any]:
    """The values of a record, then the marks of those that may be empty."""
    values = [record.get(each.name) for each in fields]
    marks = [int(record.get(each.name) is not NOT_LOADED) for each in fields if not each.required]
    return [None if value is NOT_LOADED else value for value in values] + marks


def facts_of(path: str, model: Model, *, zone: str, tell: Tell, companions: Sequence[str] = ()) -> Iterator[Facts]:
    """The facts in a file, line by line where it is JSON Lines; DataError tells everything that is wrong with it."""
    problems: list[Problem] = []
    closings = 0
    for outcome in _outcomes(path, model, zone, tell, companions):
        if isinstance(outcome, DataError):
            problems += outcome.problems
            if len(problems) >= _MOST_PROBLEMS:
                break
        elif not problems:
            closings += model.request in outcome.record
            yield outcome
    if closings:
        tell(Problem("bulk-own-closings", "", {"count": closings}), path)
    if problems:
        raise DataError(tuple(problems), path)


def _outcomes(path: str, model: Model, zone: str, tell: Tell, companions: Sequence[str]) -> Iterator[Facts | DataError]:
    if path == STDIN or Path(path).suffix.lower() not in _LINES:
        found = read(path, model=model, zone=zone, companions=companions)
        for notice in found.notices:
            tell(notice, path)
        yield from found
        return
    offset = 0
    for number, line in _lines(path):
        try:
            if line.strip():
                yield from _in_line(read_content(line, model=model, zone=zone, source=path).outcomes, number)
        except DataError as error:
            yield from _in_line((error,), number)
        except InputError as error:
            raise moved(error, offset=offset, lines=number - 1) from None
        offset += len(line)


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    try:
        with open(path, "rb") as file:
            number = 0
            while line := file.readline(LIMIT + 1):
                number += 1
                if len(line) > LIMIT:
                    raise InputError("file-too-large", path=f"{path}:{number}", limit=LIMIT)
                yield number, line
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        raise InputError("not-readable", path=path, reason=error.strerror or type(error).__name__) from None


def _in_line(outcomes: Iterable[Facts | DataError], number: int) -> Iterator[Facts | DataError]:
    for each in outcomes:
        if isinstance(each, DataError):
            each.problems = tuple(problem._replace(line=number) for problem in each.problems)
        yield each


class Staged:
    """A file that rows are written into, one JSON object in a line."""

    def __init__(self, path: str, columns: Iterable[str]) -> None:
        self.path = path
        self.columns = list(columns)
        self.longest = 0
        """Bytes of its longest line."""
        self.file = open(path, "w", encoding="utf-8")  # noqa: SIM115 - whoever stages closes it

    def write(self, row: Iterable[Any]) -> None:
        """Add a row; its JSON is ASCII."""
        line = json.dumps(dict(zip(self.columns, row, strict=True)), default=str) + "\n"
        self.longest = max(self.longest, len(line))
        self.file.write(line)


def stage(facts: Iterable[Facts], staging: Staging, folder: str) -> tuple[Staged, Staged]:
    """Two files in a folder with the rows of some facts: the records, and the elements of their list.

    Raises InputError: `not-writable`.
    """
    with ExitStack() as stack:
        columns = {"records": staging.root_columns, "elements": staging.element_columns}
        roots, elements = (Staged(f"{folder}/{name}.jsonl", each) for name, each in columns.items())
        for staged in (roots, elements):
            stack.enter_context(staged.file)
        try:
            for each in facts:
                row, inner = staging.rows(each)
                roots.write(row)
                for one in inner:
                    elements.write(one)
            for staged in (roots, elements):
                staged.file.flush()
        except OSError as error:
            raise InputError("not-writable", path=folder, reason=error.strerror or type(error).__name__) from None
    return roots, elements


def sqlite_value(value: Any) -> Any:
    """A value as SQLite keeps it: amounts and dates as exact texts.

    >>> sqlite_value(Decimal("1E+3")), sqlite_value(date(2026, 3, 31)), sqlite_value(True)
    ('1000', '2026-03-31', 1)
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value
