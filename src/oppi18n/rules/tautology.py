"""Truth tables: whether a proposition can be true at all, and whether one follows from another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any, Final, NamedTuple

from oppi18n.model.schema import Model
from oppi18n.rules.propositions import Atom, Key, Proposition, atoms, constant, is_measure

MAX_ATOMS: Final = 10
"""Questions that are looked at together; a table of more has too many rows for what it would tell."""


class Bounds(NamedTuple):
    """The values that an answer leaves; None is no bound. `open` ends are not among them."""

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False


_COUNTS: Final = Bounds(Decimal(0), None)
"""What a size can be."""


@cache
def column(number: int, count: int) -> int:
    """The rows, as bits, in which question `number` of `count` is answered with yes."""
    half = 1 << number
    block = ((1 << half) - 1) << half
    rows = 0
    for start in range(0, 1 << count, 2 * half):
        rows |= block << start
    return rows


class Table:
    """The possible answers to some questions: each row is a combination that the facts allow."""

    def __init__(self, questions: Iterable[Atom], worlds: Worlds) -> None:
        self.questions = sorted(set(questions), key=repr)
        count = len(self.questions)
        self.all = (1 << (1 << count)) - 1
        self.columns = {atom: column(number, count) for number, atom in enumerate(self.questions)}
        self.possible = self.all
        for excluded in worlds.excluded(self.columns, self.all):
            self.possible &= ~excluded

    def rows(self, part: Proposition) -> int:
        """The possible rows in which a proposition is true."""
        return self._rows(part) & self.possible

    def _rows(self, part: Proposition) -> int:
        if isinstance(part, bool):
            return self.all if part else 0
        if isinstance(part, Atom):
            return self.columns[part]
        found = [self._rows(each) for each in part.parts]
        if part.operator == "not":
            return self.all & ~found[0]
        result = found[0]
        for each in found[1:]:
            result = result & each if part.operator == "and" else result | each
        return result


class Worlds:
    """What no facts can answer together: two values of one field, a number below one and above the next."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._contrary: dict[tuple[Atom, Atom], tuple[tuple[bool, bool], ...]] = {}

    def table(self, *parts: Proposition) -> Table | None:
        """The table of all questions of some propositions; None if they are too many."""
        questions = {atom for part in parts for atom in atoms(part)}
        return Table(questions, self) if len(questions) <= MAX_ATOMS else None

    def follows(self, part: Proposition, other: Proposition) -> bool:
        """Whether `other` is true wherever `part` is."""
        table = self.table(part, other)
        return table is not None and not table.rows(part) & ~table.rows(other)

    def excluded(self, columns: Mapping[Atom, int], every: int) -> Iterator[int]:
        """Rows that cannot be."""
        for one, other in combinations(columns, 2):
            for first, second in self.contrary(one, other):
                yield _answered(columns[one], first, every) & _answered(columns[other], second, every)
        for atom, rows in columns.items():
            if atom.kind == "exists" and self.follows(atom.other, False):
                yield rows
            for answer in (True, False):
                if any(_apart(_bounds(atom, each, answer), _COUNTS) for each in _measures(atom)):
                    yield _answered(rows, answer, every)
        yield from self._complete(columns, every)

    def _complete(self, columns: Mapping[Atom, int], every: int) -> Iterator[int]:
        """A field has one of the values of its enumeration."""
        subjects: dict[Key, dict[str, int]] = {}
        for atom, rows in columns.items():
            if atom.kind == "is":
                subjects.setdefault(atom.subject, {})[atom.other] = rows
        for subject, values in subjects.items():
            if values.keys() == self.model.enumerations[subject[0]].values.keys():
                none = every
                for rows in values.values():
                    none &= ~rows
                yield none

    def contrary(self, one: Atom, other: Atom) -> tuple[tuple[bool, bool], ...]:
        """The pairs of answers that two questions never have."""
        if (one, other) not in self._contrary:
            found = _CONTRARY.get(one.kind, lambda *_: ())(self, one, other)
            self._contrary[one, other] = tuple(found)
        return self._contrary[one, other]

    def values(self, one: Atom, other: Atom) -> Iterator[tuple[bool, bool]]:
        """One field has one value."""
        if other.kind == "is" and one.subject == other.subject:
            yield True, True

    def orders(self, one: Atom, other: Atom) -> Iterator[tuple[bool, bool]]:
        """Of two values only one is less, and equal ones are not; bounds of one value must leave it some."""
        if other.kind not in ("less", "equal"):
            return
        if {one.subject, one.other} == {other.subject, other.other}:
            yield True, True
            return
        for shared in {one.subject, one.other} & {other.subject, other.other}:
            for answers in ((True, True), (True, False), (False, True), (False, False)):
                if _apart(_bounds(one, shared, answers[0]), _bounds(other, shared, answers[1])):
                    yield answers

    def elements(self, one: Atom, other: Atom) -> Iterator[tuple[bool, bool]]:
        """Where an element is found, one is found that less is asked of."""
        if other.kind != "exists" or one.subject != other.subject:
            return
        if self.follows(one.other, other.other):
            yield True, False
        if self.follows(other.other, one.other):
            yield False, True


_CONTRARY: Final[dict[str, Callable[[Worlds, Atom, Atom], Iterator[tuple[bool, bool]]]]] = {
    "is": Worlds.values,
    "less": Worlds.orders,
    "equal": Worlds.orders,
    "exists": Worlds.elements,
}


def _answered(rows: int, answer: bool, every: int) -> int:
    return rows if answer else every & ~rows


def _measures(atom: Atom) -> list[Key]:
    return [each for each in (atom.subject, atom.other) if is_measure(each)] if atom.kind in ("less", "equal") else []


def _bounds(atom: Atom, value: Key, answer: bool) -> Bounds | None:
    """What an answer says about one of the two values, if the other one is a constant."""
    on_the_left = value == atom.subject
    found = constant(atom.other if on_the_left else atom.subject)
    if found is None:
        return None
    if atom.kind == "equal":
        return Bounds(found, found) if answer else None
    if on_the_left:
        return Bounds(None, found, high_open=True) if answer else Bounds(found, None)
    return Bounds(found, None, low_open=True) if answer else Bounds(None, found)


def _apart(one: Bounds | None, other: Bounds | None) -> bool:
    """Whether two ranges share no value."""
    return one is not None and other is not None and (_before(one, other) or _before(other, one))


def _before(one: Bounds, other: Bounds) -> bool:
    high, low = one.high, other.low
    if high is None or low is None or isinstance(high, date) != isinstance(low, date):
        return False
    return bool(high < low or (high == low and (one.high_open or other.low_open)))
