"""A condition of SQL holds or does not hold: what SQL itself calls unknown counts as not holding, and never decides.

A rule's expression is true, false or unknown. It becomes two conditions, one that holds where it is surely true and one
that holds where it is surely false; the exact opposites of both are "false or unknown" and "true or unknown". `NOT` is
never written, because of what it makes of NULL: an opposite is put together from the opposites of the parts.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Atom(NamedTuple):
    """`text` comes out true exactly where the test holds; `denial` exactly where it does not although all guards hold.

    A guard says that an operand is there. Where one does not hold, neither text comes out true.
    """

    text: str
    denial: str
    guards: tuple[Condition, ...] = ()
    holds: bool = True


class Group(NamedTuple):
    """Conditions under one word: AND or OR."""

    word: str
    parts: tuple[Condition, ...]


Condition = Atom | Group

ALWAYS: Final = Group("AND", ())
NEVER: Final = Group("OR", ())


class Truth(NamedTuple):
    """What becomes of a three-valued expression: where it is surely true, and where it is surely false.

    `doubt` holds where it is neither, if there is a shorter way to say so.
    """

    true: Condition
    false: Condition
    doubt: Condition | None = None

    @property
    def unknown(self) -> Condition:
        """Where it is neither."""
        return every(opposite(self.true), opposite(self.false)) if self.doubt is None else self.doubt

    @property
    def swapped(self) -> Truth:
        """What becomes of its negation."""
        return Truth(self.false, self.true, self.doubt)


def every(*conditions: Condition) -> Condition:
    """The condition that holds where all of these do.

    >>> text(every(Atom("a = 1", "a <> 1"), ALWAYS)), text(every(ALWAYS))
    ('a = 1', '1 = 1')
    """
    return _group("AND", conditions, ALWAYS, NEVER)


def some(*conditions: Condition) -> Condition:
    """The condition that holds where at least one of these does.

    >>> text(some(Atom("a = 1", "a <> 1"), every(Atom("b = 1", "b <> 1"), Atom("c = 1", "c <> 1"))))
    'a = 1 OR (b = 1 AND c = 1)'
    """
    return _group("OR", conditions, NEVER, ALWAYS)


def _group(word: str, conditions: tuple[Condition, ...], neutral: Condition, decisive: Condition) -> Condition:
    parts: dict[Condition, None] = {}
    for each in conditions:
        if isinstance(each, Atom):
            parts[each] = None
        elif each.word == word:
            parts |= dict.fromkeys(each.parts)
        elif each.parts:
            parts[each] = None
        else:
            return decisive
    if len(parts) < 2:
        return next(iter(parts), neutral)
    # Of a test and its opposite, one does not hold.
    for each in parts:
        if isinstance(each, Atom) and not each.holds and Atom(each.text, each.denial, each.guards) in parts:
            return decisive
    return Group(word, tuple(parts))


def opposite(condition: Condition) -> Condition:
    """The condition that holds exactly where this one does not.

    >>> text(opposite(Atom("a < b", "a >= b", (Atom("a IS NOT NULL", "a IS NULL"),))))
    'a >= b OR a IS NULL'
    """
    if isinstance(condition, Atom):
        return Atom(condition.text, condition.denial, condition.guards, not condition.holds)
    inner = map(opposite, condition.parts)
    return every(*inner) if condition.word == "OR" else some(*inner)


def text(condition: Condition, indent: str = "") -> str:
    """The condition as SQL; with an indent, each part of the outermost group on a line of its own."""
    condition = _spelled(condition)
    if condition in (ALWAYS, NEVER):
        return "1 = 1" if condition == ALWAYS else "1 = 0"
    if isinstance(condition, Atom):
        return condition.text
    separator = f"\n{indent}{condition.word} " if indent else f" {condition.word} "
    return separator.join(_inner(each) for each in condition.parts)


def _inner(condition: Condition) -> str:
    written = text(condition)
    return f"({written})" if isinstance(_spelled(condition), Group) and condition not in (ALWAYS, NEVER) else written


def _spelled(condition: Condition) -> Condition:
    """The opposite of a test as it is written: its denial, or a guard that does not hold."""
    if isinstance(condition, Group) or condition.holds:
        return condition
    return some(Atom(condition.denial, condition.text), *(opposite(guard) for guard in condition.guards))


def size(condition: Condition) -> int:
    """How many tests a condition consists of."""
    parts, found = (condition.guards, 1) if isinstance(condition, Atom) else (condition.parts, 0)
    for each in parts:
        found += size(each)
    return found


def case(branches: list[tuple[Condition, str]]) -> str:
    """The first value whose condition holds, else NULL.

    >>> case([(NEVER, "1"), (Atom("a > 0", "a <= 0"), "2"), (ALWAYS, "3")])
    'CASE WHEN a > 0 THEN 2 ELSE 3 END'
    """
    written: list[str] = []
    for condition, sql in branches:
        if condition == ALWAYS:
            return f"CASE {' '.join(written)} ELSE {sql} END" if written else sql
        if condition != NEVER:
            written.append(f"WHEN {text(condition)} THEN {sql}")
    return f"CASE {' '.join(written)} END" if written else "NULL"
