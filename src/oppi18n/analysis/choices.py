"""Values that a part of a record may have, and how large they make it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from operator import add, sub
from typing import Any, NamedTuple

from oppi18n.analysis.reads import Place


class Cost(NamedTuple):
    """How large a record is; what stands first weighs more."""

    changed: int = 0
    """Settings that are not as they are in force, another day than the one given, a deployment."""
    holes: int = 0
    """Fields and lists that were not loaded, or only in part."""
    records: int = 0
    given: int = 0
    """Optional fields that hold a value."""
    order: int = 0
    """How far from the first values their values were declared."""

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(*map(add, self, other))

    def minus(self, other: Cost) -> Cost:
        """What one is larger than another."""
        return Cost(*map(sub, self, other))


class Choice(NamedTuple):
    """A value for a place, and what it adds to the size."""

    value: Any
    cost: Cost


class Listed(NamedTuple):
    """The records of a list, as (field, value) pairs, and whether there may be more."""

    partial: bool
    items: tuple[tuple[tuple[str, Any], ...], ...]


class Bound(NamedTuple):
    """How far analysis looks: records in one list, and states of one rule (or of two that are compared)."""

    records: int = 0
    """0: as many as the rules tell apart, and one more."""
    states: int = 20_000


def projected(value: Any, place: Place, cone: Iterable[Place]) -> Any:
    """A list as a rule sees it that reads only some fields of its records."""
    if not isinstance(value, Listed):
        return value
    inside = [each for each in cone if is_inside(each, place)]
    names = {each[len(place)] for each in inside}
    items = (
        tuple((name, projected(found, (*place, name), inside)) for name, found in item if name in names)
        for item in value.items
    )
    return Listed(value.partial, tuple(items))


def sorted_alike(value: Any) -> Any:
    """A list with its records in an order that does not depend on how they came about."""
    if not isinstance(value, Listed):
        return value
    items = (tuple((name, sorted_alike(found)) for name, found in item) for item in value.items)
    return Listed(value.partial, tuple(sorted(items, key=repr)))


def total(choices: Iterable[Choice]) -> Cost:
    """What some choices add to the size."""
    cost = Cost()
    for each in choices:
        cost = cost.plus(each.cost)
    return cost


def is_inside(place: Place, outer: Place) -> bool:
    """Whether a place is a field, however deep, of the records of a list."""
    return len(place) > len(outer) and place[: len(outer)] == outer


def ascending(choices: Sequence[Sequence[Choice]]) -> Iterator[tuple[Cost, tuple[Any, ...]]]:
    """Every way to choose one of each, the smallest first."""
    if not all(choices):
        return
    start = (0,) * len(choices)
    queue: list[tuple[Cost, tuple[int, ...]]] = [(total(each[0] for each in choices), start)]
    while queue:
        cost, chosen = heappop(queue)
        yield cost, tuple(each[n].value for each, n in zip(choices, chosen, strict=True))
        # Each way is reached by one path alone: the last place that was moved, or one after it, moves on.
        last = max((n for n, position in enumerate(chosen) if position), default=0)
        for place in range(last, len(choices)):
            position = chosen[place] + 1
            if position < len(choices[place]):
                step = choices[place][position].cost.minus(choices[place][position - 1].cost)
                heappush(queue, (cost.plus(step), (*chosen[:place], position, *chosen[place + 1 :])))
