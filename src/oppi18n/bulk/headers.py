"""The header of a CSV file says what its columns are; what a database would make of a wrong one is told here."""

from __future__ import annotations

import csv
import io

from oppi18n.errors import InputError
from oppi18n.files import decode
from oppi18n.model.facts import DataError, Problem

_LONGEST = 1_000_000
_SEPARATORS = (";", "\t", "|")


def columns_of(path: str) -> list[str]:
    """The columns of a CSV file, those without a name under one of our own; DataError if there is no header, or one
    that means nothing.
    """
    return columns_in(_start(path), path)


def columns_in(text: str, path: str) -> list[str]:
    """The columns of a CSV file that begins with some text."""
    try:
        found = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error as error:
        raise DataError((Problem("csv-syntax", "", {"problem": str(error)}, 1, 1),), path) from None
    problem = _problem(found)
    if problem is not None:
        raise DataError((problem,), path)
    return [name or f"~{place}" for place, name in enumerate(found)]


def _start(path: str) -> str:
    """The text that a header may be in; whole lines, unless it is all one."""
    try:
        with open(path, "rb") as file:
            content = file.read(_LONGEST)
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        raise InputError("not-readable", path=path, reason=error.strerror or type(error).__name__) from None
    if len(content) == _LONGEST:
        content = content[: content.rfind(b"\n") + 1 or None]
    return decode(content, path)


def _problem(found: list[str]) -> Problem | None:
    if not "".join(found).strip():
        return Problem("empty-file", "", {}, 1, 1)
    separators = [each for each in _SEPARATORS if each in found[0]] if len(found) == 1 else []
    if separators:
        return Problem("csv-separator", "", {"found": "TAB" if separators[0] == "\t" else separators[0]}, 1, 1)
    seen: dict[str, str] = {}
    for name in filter(None, found):
        if name.lower() in seen:
            return Problem("csv-column-twice", "", {"first": seen[name.lower()], "name": name}, 1)
        seen[name.lower()] = name
    return None
