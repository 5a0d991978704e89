"""Two versions of a thing with a common past become one: what only one side has changed is as that side has it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def chosen(base: T, ours: T, theirs: T) -> T | None:
    """The value of the side that has changed it; None where both have, each in its own way.

    >>> chosen(1, 1, 2), chosen(1, 2, 1), chosen(1, 2, 2), chosen(1, 2, 3)
    (2, 2, 2, None)
    """
    if ours in (theirs, base):
        return theirs
    return ours if theirs == base else None


def lines(base: Sequence[K], ours: Sequence[K], theirs: Sequence[K]) -> tuple[K, ...]:
    """Lines with the changes of both sides: ours in their order, then what theirs adds.

    >>> lines("abc", "abd", "bce")
    ('b', 'd', 'e')
    """
    if (found := chosen(tuple(base), tuple(ours), tuple(theirs))) is not None:
        return found
    kept = (each for each in ours if each in theirs or each not in base)
    return (*kept, *(each for each in theirs if each not in ours and each not in base))


def ordered(base: Sequence[K], ours: Sequence[K], theirs: Sequence[K], wanted: Collection[K]) -> list[K]:
    """The wanted keys in the order of the side that has changed it, ours if both have.

    What only the other side has comes after its neighbour there; what neither has is left out.

    >>> ordered("abc", "abc", "axbc", set("axbc")), ordered("abc", "acb", "axbc", set("axbc"))
    (['a', 'x', 'b', 'c'], ['a', 'x', 'c', 'b'])
    """
    first, other = (theirs, ours) if ours == base else (ours, theirs)
    placed = {each for each in first if each in wanted}
    following: dict[K | None, list[K]] = {}
    neighbour: K | None = None
    for each in other:
        if each in placed:
            neighbour = each
        elif each in wanted:
            following.setdefault(neighbour, []).append(each)
    return [*following.get(None, ()), *_joined((each for each in first if each in placed), following)]


def _joined(keys: Iterable[K], following: dict[K | None, list[K]]) -> Iterable[K]:
    for key in keys:
        yield key
        yield from following.get(key, ())
