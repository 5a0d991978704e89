"""Which rules fail wherever another one does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from oppi18n.analysis.choices import projected, sorted_alike
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
        self._shares: dict[tuple[str, str], Shared] = {}
        self._numbers: dict[Shared, dict[Any, int]] = {}
        self._masks: dict[tuple[str, Shared, bool], int] = {}
        self.found = tuple(self._found())

    def _found(self) -> Iterator[Implication]:
        """Every pair of rules of which the second fails wherever the first does."""
        for rule, other in permutations(self.rules, 2):
            one, two = self.inquiry.judges[rule], self.inquiry.judges[other]
            asked = one.asks or not two.asks
            if asked and self._whole(rule) and self._whole(other) and self._follows(rule, other):
                yield Implication(rule, other)

    def implying(self, rule: str) -> frozenset[str]:
        """The rules that fail wherever a rule does."""
        return frozenset(each.other for each in self.found if each.rule == rule)

    @property
    def not_analysed(self) -> list[NotAnalysed]:
        """The rules that could not be compared with the others."""
        return [NotAnalysed("implications", (rule,), TOO_MANY_STATES) for rule in self.rules if not self._whole(rule)]

    def _whole(self, rule: str) -> bool:
        return self.inquiry.table(rule).whole

    def _follows(self, rule: str, other: str) -> bool:
        shared = self._shared(rule, other)
        if not shared:
            return False
        failing = self._mask(rule, shared, fails=True)
        # A list may be tried with fewer records where more is read of them: only what both have tried counts.
        comparable = failing & self._mask(other, shared, fails=True) | failing & self._mask(other, shared, fails=False)
        return bool(comparable) and not comparable & self._mask(other, shared, fails=False)

    def _shared(self, rule: str, other: str) -> Shared:
        if (rule, other) not in self._shares:
            one, two = self.inquiry.judges[rule], self.inquiry.judges[other]
            both = one.cone & two.cone
            places = [place for place in one.places if place in two.places]
            self._shares[rule, other] = tuple(
                (place, frozenset(each for each in both if each[: len(place)] == place)) for place in places
            )
        return self._shares[rule, other]

    def _mask(self, rule: str, shared: Shared, *, fails: bool) -> int:
        """The views of what is shared in which a rule may fail, or may not, as the bits of a number."""
        key = (rule, shared, fails)
        if key not in self._masks:
            table, numbers = self.inquiry.table(rule), self._numbers.setdefault(shared, {})
            mask = 0
            for state in table.states:
                if (state.outcome.name == FAILS) is fails:
                    mask |= 1 << numbers.setdefault(self._view(table, state, shared), len(numbers))
            self._masks[key] = mask
        return self._masks[key]

    def _view(self, table: Table, state: State, shared: Shared) -> tuple[Any, ...]:
        sketch = table.sketch(state)
        return tuple(self._seen(sketch[place], place, inside) for place, inside in shared)

    def _seen(self, value: Any, place: Place, inside: frozenset[Place]) -> Any:
        found = projected(value, place, inside)
        return found if place in self.inquiry.domains.ordered else sorted_alike(found)
