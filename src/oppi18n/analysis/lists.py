"""The contents that a list of records may have: all small ones, and samples of larger ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, islice, product
from math import comb
from typing import Any, Final

from oppi18n.analysis.choices import Choice, Cost, Listed, ascending, is_inside, total
from oppi18n.analysis.reads import Place, Places
from oppi18n.model.values import NOT_LOADED

MOST: Final = 4_000
"""Contents of one list of which none is left out."""
SAMPLES: Final = 500
"""Contents of one length beyond those."""


class Lists:
    """Lists of up to so many records; `choices` gives those of a field, `ordered` are lists whose order matters."""

    def __init__(self, choices: Callable[..., Sequence[Choice]], records: int, ordered: Collection[Place]) -> None:
        self.choices = choices
        self.records = records
        self.ordered = ordered
        self._kinds: dict[tuple[Place, Places], list[Choice]] = {}

    def contents(self, place: Place, inside: Places, *, required: bool) -> Iterator[Choice]:
        """What the list may hold, complete and in part, given the fields that are read of its records."""
        kinds, most = self.kinds(place, inside), self.most(place, inside)
        for count in range(self.records + 1):
            several = self._of_length(place, kinds, count)
            for chosen in several if count <= most else islice(several, SAMPLES):
                if _are_distinct(chosen):
                    cost = total(chosen).plus(Cost(records=count))
                    items = tuple(each.value for each in chosen)
                    yield Choice(Listed(False, items), cost)
                    yield Choice(Listed(True, items), cost.plus(Cost(holes=1)))
        yield Choice(NOT_LOADED, Cost(holes=1))
        if not required:
            yield Choice(None, Cost())

    def _of_length(self, place: Place, kinds: Sequence[Choice], count: int) -> Iterator[tuple[Choice, ...]]:
        if place in self.ordered:
            return product(kinds, repeat=count)
        return combinations_with_replacement(kinds, count)

    def most(self, place: Place, inside: Places) -> int:
        """The most records with which every content of the list is tried; -1 if not even each record by itself is."""
        kinds = len(self.kinds(place, inside))
        if kinds > MOST:
            return -1
        tried = 0
        for count in range(self.records + 1):
            tried += kinds**count if place in self.ordered else comb(kinds + count - 1, count)
            if tried > MOST:
                return count - 1
        return self.records

    def kinds(self, place: Place, inside: Places) -> list[Choice]:
        """The records that differ in what is read of them, the smallest first."""
        if (place, inside) not in self._kinds:
            parts = sorted({each[: len(place) + 1] for each in inside})
            ways = islice(ascending([self.choices(part, inside) for part in parts]), MOST + 1)
            names = [part[-1] for part in parts]
            self._kinds[place, inside] = [Choice(tuple(zip(names, values, strict=True)), cost) for cost, values in ways]
        return self._kinds[place, inside]

    def refined(self, value: Any, place: Place, cone: Places) -> Iterator[Choice]:
        """The ways in which a list's records may have the fields of a cone that they lack so far; all is loaded."""
        if not isinstance(value, Listed):
            yield Choice(value, Cost())
            return
        parts = sorted({each[: len(place) + 1] for each in cone if is_inside(each, place)})
        for chosen in product(*(list(self._completed(dict(item), parts, cone)) for item in value.items)):
            yield Choice(Listed(value.partial, tuple(each.value for each in chosen)), total(chosen))

    def _completed(self, item: Mapping[str, Any], parts: Sequence[Place], cone: Places) -> Iterator[Choice]:
        wanted = [
            list(self.refined(item[part[-1]], part, cone))
            if part[-1] in item
            else self.choices(part, cone, holes=False)
            for part in parts
        ]
        for cost, values in islice(ascending(wanted), SAMPLES):
            found = dict(zip((part[-1] for part in parts), values, strict=True))
            yield Choice(tuple(sorted({**item, **found}.items())), cost)


def _are_distinct(chosen: Sequence[Choice]) -> bool:
    """Whether no two records of a list have one id, which no facts may have."""
    ids = [found.lower() for each in chosen for name, found in each.value if name == "id" and isinstance(found, str)]
    return len(ids) == len(set(ids))
