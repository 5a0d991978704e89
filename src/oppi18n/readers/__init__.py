"""A reader turns a data file into facts; readers are found by file name.

A reader is a module of this folder with two functions: `claims(file)` says how surely the file is in its format (0 no,
1 perhaps, 2 surely), and `read(file)` yields `Facts`, or a `DataError` for a record that cannot be used.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import InputError
from oppi18n.files import STDIN
from oppi18n.model.facts import DataError, Facts, Problem
from oppi18n.readers.inputs import Input, Outcome, json_records, open_input, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oppi18n.model.schema import Model

_USUAL: Final = ("dataverse", "native")
"""Readers that are asked before the folder is looked through, for speed alone."""

_SURE: Final = 2


class Reading:
    """What a data file came to: an outcome for each record in it, good or bad, in the order of the file.

    A bad record does not hide the others. `notices` are about the file as a whole and do not spoil it.
    """

    __slots__ = ("notices", "outcomes", "source")

    def __init__(self, source: str, outcomes: tuple[Outcome, ...], notices: tuple[Problem, ...] = ()) -> None:
        self.source = source
        self.outcomes = outcomes
        self.notices = notices

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def facts(self) -> tuple[Facts, ...]:
        """The records that can be used."""
        return tuple(each for each in self.outcomes if isinstance(each, Facts))

    @property
    def errors(self) -> tuple[DataError, ...]:
        """One error for each record that cannot be used."""
        return tuple(each for each in self.outcomes if isinstance(each, DataError))

    @property
    def more(self) -> bool:
        """Whether the file says that more opportunities exist than it holds."""
        return any(each.code == "more-opportunities" for each in self.notices)

    def only(self) -> Facts:
        """The facts of a file that holds one opportunity.

        Raises DataError if they cannot be used, and InputError `several-opportunities`.
        """
        if len(self.outcomes) != 1:
            raise InputError("several-opportunities", path=self.source, count=len(self.outcomes))
        outcome = self.outcomes[0]
        if isinstance(outcome, DataError):
            raise outcome
        return outcome

    def __repr__(self) -> str:
        return f"Reading({self.source!r}, {len(self.facts)} facts, {len(self.errors)} errors)"


def read(
    path: str | os.PathLike[str],
    *,
    model: Model,
    zone: str = "UTC",
    format: str | None = None,
    companions: Sequence[str | os.PathLike[str]] = (),
) -> Reading:
    """Read the opportunities of a data file; `-` is standard input.

    The ending or else the content tells the format, unless `format` names a reader. `zone` is where timestamps become
    dates. `companions` are files that belong to the first one (the quotes of a CSV file of opportunities).
    Raises InputError (or DataError, which is one) if the file as a whole cannot be used.
    """
    names = tuple(_path(each) for each in companions)
    return read_input(open_input(_path(path), model=model, zone=zone, companions=names), format)


def read_content(
    content: bytes, *, model: Model, zone: str = "UTC", format: str | None = None, source: str = STDIN
) -> Reading:
    """Read the opportunities of bytes that are already here, such as the body of a request; otherwise as `read`."""
    return read_input(Input(source, content, model=model, zone=zone), format)


def reader_names() -> list[str]:
    """The names of all readers, sorted."""
    from pkgutil import iter_modules  # only when the usual readers do not know the file

    names = sorted(each.name for each in iter_modules(__path__))
    return [name for name in names if hasattr(_module(name), "claims")]


def read_input(whole: Input, format: str | None = None) -> Reading:
    """Read the opportunities of an input whose text is here; otherwise as `read`."""
    reader = None if format is None else _named(format)
    outcomes: list[Outcome] = []
    if whole.is_json:
        if whole.companions:
            raise InputError("companion-unused", path=whole.path)
        for record in json_records(whole):
            if isinstance(record, DataError):
                outcomes.append(record)
                continue
            found = answers(record, reader)
            outcomes += found if record.text is whole.text else placed_in(found, record)
        outcomes = placed_in(outcomes, whole)
    else:
        outcomes += (reader or _claiming(whole)).read(whole)
    if not outcomes:
        raise whole.error(Problem("no-opportunity", "", {}, 1, 1))
    return Reading(whole.path, tuple(outcomes), tuple(whole.notices))


def answers(record: Input, reader: Any = None) -> list[Outcome]:
    """What a JSON value comes to, by a reader or the one that is surest of it."""
    try:
        return list((reader or _claiming(record)).read(record))
    except DataError as error:
        found: list[Outcome] = [error]
        if record.is_whole:
            placed_in(found, record)
            raise
        return found


def placed_in(outcomes: list[Outcome], part: Input) -> list[Outcome]:
    """The same outcomes; the problems of the errors among them know their lines and columns."""
    bare = [p for each in outcomes if isinstance(each, DataError) for p in each.problems if not p.line]
    if not bare:
        return outcomes
    found = iter(placed(bare, part.text))
    first = part.first_line - 1
    for each in outcomes:
        if isinstance(each, DataError):
            each.problems = tuple(p if p.line else _moved(next(found), first) for p in each.problems)
    return outcomes


def _moved(problem: Problem, lines: int) -> Problem:
    return problem._replace(line=problem.line + lines)


def _named(name: str) -> Any:
    known = reader_names()
    if name not in known:
        raise InputError("unknown-format", name=name, known=tuple(known))
    return _module(name)


def _claiming(file: Input) -> Any:
    """The reader that is surest of the file; the usual ones are asked first."""
    for name in _USUAL:
        if _module(name).claims(file) == _SURE:
            return _module(name)
    names = reader_names()
    claims = {name: _module(name).claims(file) for name in names}
    best = max(names, key=lambda name: claims[name])
    if not claims[best]:
        raise InputError("unrecognized-file", path=file.path, known=tuple(names))
    return _module(best)


def _module(name: str) -> Any:
    return import_module(f"oppi18n.readers.{name}")


def _path(path: str | os.PathLike[str]) -> str:
    return os.fspath(path)
