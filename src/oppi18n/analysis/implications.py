"""Which rules fail wherever another one does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from oppi18n.analysis.choices import Listed, projected, sorted_alike
from oppi18n.analysis.inquiry import Inquiry
from oppi18n.analysis.judges import State, Table
from oppi18n.analysis.reads import Place
from oppi18n.analysis.results import TOO_MANY_STATES, Implication, NotAnalysed
from oppi18n.engine.tracing import FAILS

Shared = tuple[tuple[Place, frozenset[Place]], ...]
"""What two rules both read: places, of lists with the fields inside."""


class Implications:
    """Compares what two rules see of one record: one follows from the other where no such record tells them apart."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.rules = [each.id for each in inquiry.subject.ruleset.rules]
        self._seen: dict[tuple[str, Shared, bool], frozenset[Any]] = {}

    def found(self) -> Iterator[Implication]:
        """Every pair of rules of which the second fails wherever the first does."""
        for rule, other in permutations(self.rules, 2):
            one, two = self.inquiry.judges[rule], self.inquiry.judges[other]
            asked = one.asks or not two.asks
            if asked and self._whole(rule) and self._whole(other) and self._follows(rule, other):
                yield Implication(rule, other)

    def not_analysed(self) -> Iterator[NotAnalysed]:
        """The rules that could not be compared with the others."""
        for rule in self.rules:
            if not self._whole(rule):
                yield NotAnalysed("implications", (rule,), TOO_MANY_STATES)

    def _whole(self, rule: str) -> bool:
        return self.inquiry.table(rule).whole

    def _follows(self, rule: str, other: str) -> bool:
        shared = self._shared(rule, other)
        if not shared:
            return False
        failing = self._views(rule, shared, fails=True)
        # A list may be tried with fewer records where more is read of them: only what both have tried counts.
        most = {place: self.inquiry.domains.most(place, self.inquiry.judges[other].cone) for place, _ in shared}
        comparable = [
            view
            for view in failing
            if all(
                len(seen.items) <= most[place]
                for (place, _), seen in zip(shared, view, strict=True)
                if isinstance(seen, Listed)
            )
        ]
        return bool(comparable) and self._views(other, shared, fails=False).isdisjoint(comparable)

    def _shared(self, rule: str, other: str) -> Shared:
        one, two = self.inquiry.judges[rule], self.inquiry.judges[other]
        both = one.cone & two.cone
        places = [place for place in one.places if place in two.places]
        return tuple((place, frozenset(each for each in both if each[: len(place)] == place)) for place in places)

    def _views(self, rule: str, shared: Shared, *, fails: bool) -> frozenset[Any]:
        key = (rule, shared, fails)
        if key not in self._seen:
            table = self.inquiry.table(rule)
            states = (each for each in table.states if (each.outcome.name == FAILS) is fails)
            self._seen[key] = frozenset(self._view(table, state, shared) for state in states)
        return self._seen[key]

    def _view(self, table: Table, state: State, shared: Shared) -> tuple[Any, ...]:
        sketch = table.sketch(state)
        return tuple(self._seen_of(sketch[place], place, inside) for place, inside in shared)

    def _seen_of(self, value: Any, place: Place, inside: frozenset[Place]) -> Any:
        found = projected(value, place, inside)
        return found if place in self.inquiry.domains.ordered else sorted_alike(found)
