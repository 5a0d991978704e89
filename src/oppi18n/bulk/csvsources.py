"""CSV files as DuckDB reads them: every cell a text, in columns that each file's own header names."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from glob import escape, glob
from typing import Final

from oppi18n.bulk.csvfiles import even, is_even
from oppi18n.bulk.headers import columns_of
from oppi18n.errors import InputError
from oppi18n.model.facts import DataError, Problem
from oppi18n.targets.sql.dialects import DIALECTS

_MOST: Final = 100
_OPTIONS: Final = (
    "header = true, delim = ',', quote = '\"', escape = '\"', null_padding = false, strict_mode = true,"
    " auto_detect = false"
)


def csv_source(path: str, folder: str, copied: dict[str, str]) -> tuple[list[str], str]:
    """The columns of a CSV file, or of several by a pattern, and SQL that reads them.

    A file whose lines end in more than one way is copied into `folder`, and noted in `copied`.
    """
    shapes = shapes_of(path, folder, copied)
    parts = [f"SELECT * FROM {_read(columns, files)}" for columns, files in shapes.items()]
    return list(next(iter(shapes))), f"({' UNION ALL BY NAME '.join(parts)})"


def shapes_of(path: str, folder: str, copied: dict[str, str]) -> dict[tuple[str, ...], list[str]]:
    """The files that a name or a pattern stands for by their columns, which differ in their order alone."""
    found = {each: columns_of(each) for each in files_of(path)}
    first, *_ = found
    shapes: dict[tuple[str, ...], list[str]] = {}
    for each, columns in found.items():
        _compare(each, columns, first, found[first])
        shapes.setdefault(tuple(columns), []).append(_readable(each, folder, copied))
    return shapes


def looked_through(path: str, folder: str, copied: dict[str, str]) -> dict[tuple[str, ...], list[str]]:
    """The same for a database that would make something of rows that are none: DataError tells of them."""
    shapes = shapes_of(path, folder, copied)
    for columns, files in shapes.items():
        for each in files:
            _check_rows(each, len(columns), copied.get(each, each))
    return shapes


def _check_rows(file: str, expected: int, path: str) -> None:
    problems: list[Problem] = []
    with open(file, encoding="utf-8", newline="") as text:
        reader = csv.reader(text, strict=True)
        line = 1
        try:
            for row in reader:
                if row and len(row) != expected:
                    problems.append(Problem("csv-ragged", "", {"found": len(row), "expected": expected}, line, 1))
                if len(problems) == _MOST:
                    break
                line = reader.line_num + 1
        except csv.Error as error:
            problems.append(Problem("csv-syntax", "", {"problem": str(error)}, line, 1))
    if problems:
        raise DataError(tuple(problems), path)


def files_of(path: str) -> list[str]:
    """The files that a name or a pattern stands for.

    Raises InputError: `not-found`.
    """
    if os.path.exists(path) or not is_pattern(path) or "://" in path:
        return [path]
    found = sorted(glob(path, recursive=True))
    if not found:
        raise InputError("not-found", path=path)
    return found


def is_pattern(path: str) -> bool:
    """Whether a name may stand for several files."""
    return any(mark in path for mark in "*?[")


def _compare(path: str, columns: list[str], first: str, wanted: list[str]) -> None:
    """Refuse a file that lacks a column of another: nobody could tell empty cells from those that were not loaded."""
    for name, lacking in ((set(wanted) - set(columns), path), (set(columns) - set(wanted), first)):
        if name:
            raise DataError((Problem("csv-column-absent", "", {"name": min(name)}, 1, 1),), lacking)


def _readable(path: str, folder: str, copied: dict[str, str]) -> str:
    if is_even(path):
        return path
    target = os.path.join(folder, f"source-{len(copied)}.csv")
    copied[target] = path
    even(path, target)
    return target


def _read(columns: tuple[str, ...], files: list[str]) -> str:
    text = DIALECTS["duckdb"].text_of
    # Left to itself, it would take a header for a row if another row is longer.
    kinds = ", ".join(f"{text(each)}: 'VARCHAR'" for each in columns)
    # A name with a bracket in it would be a pattern.
    listed = ", ".join(text(escape(each)) for each in files)
    return f"READ_CSV([{listed}], {_OPTIONS}, columns = {{{kinds}}})"


def csv_fault(told: str, copied: Mapping[str, str]) -> InputError | None:
    """What DuckDB tells about a CSV file as an error of ours, with its place; None if it tells something else."""
    lines = [each.strip() for each in told.splitlines()]
    files = [each.removeprefix("file = ") for each in lines if each.startswith("file = ")]
    if not files:
        return None
    path = copied.get(files[0], files[0])
    line = _number(lines[0], "Line: ")
    expected, found = (next(filter(None, (_number(each, mark) for each in lines)), 0) for mark in _COUNTS)
    if expected and found:
        return DataError((Problem("csv-ragged", "", {"found": found, "expected": expected}, line, 1),), path)
    reason = next((each for each in lines[1:] if each and not each.startswith("Original Line")), "") if line else ""
    problem = reason or lines[0].rpartition("Error: ")[2]
    return DataError((Problem("csv-syntax", "", {"problem": problem}, line),), path)


_COUNTS: Final = ("Expected Number of Columns: ", "Found: ")


def _number(text: str, mark: str) -> int:
    """The number after some words; 0 if there is none."""
    digits = text.partition(mark)[2].partition(" ")[0]
    return int(digits) if digits.isdecimal() else 0
