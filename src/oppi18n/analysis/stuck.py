"""Values on record with which nothing can be done: no request and no remedy makes the rules agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, islice, product
from math import prod
from typing import Any, Final

from oppi18n.analysis.choices import ascending
from oppi18n.analysis.conflicts import Conflicts
from oppi18n.analysis.drawing import Sketch
from oppi18n.analysis.inquiry import Inquiry, union
from oppi18n.analysis.reads import DEPLOYMENT, SETTINGS, TODAY, Place
from oppi18n.analysis.results import SEARCH_ENDED, TOO_MANY_STATES, NotAnalysed, Stuck
from oppi18n.analysis.search import Completion, Search
from oppi18n.remedies import CLOSED, IMPOSSIBLE, Planner

TRIES: Final = 300
"""Records on which remedies are tried for one combination of values."""
PAIRS: Final = 4_000
"""Combinations of values of two fields that are looked at."""

Values = tuple[Any, ...]


class StuckStates:
    """Looks for values, of one field or of two, that leave no way; settings are in force, and all rules apply."""

    def __init__(self, inquiry: Inquiry, conflicts: Conflicts) -> None:
        self.inquiry = inquiry
        self.conflicts = conflicts
        self.not_analysed: list[NotAnalysed] = []
        self.errors = [judge for judge in inquiry.judges.values() if judge.rule.severity == "error"]
        self.cone = union(judge.cone for judge in self.errors)
        self.hold = frozenset(place for place in self.cone if place[0] in (SETTINGS, *TODAY, *DEPLOYMENT))
        changed = union(conflicts.touched(name) for name in inquiry.remedies)
        mendable = [judge for judge in self.errors if judge.cone & changed]
        firm = [judge for judge in self.errors if judge not in mendable]
        self.mended = union(judge.cone for judge in mendable)
        self.everything = Search(inquiry.domains, self.errors, hold=self.hold, holes=False)
        self.firm = Search(inquiry.domains, firm, hold=self.hold, holes=False)
        self.asked = any(judge.asks for judge in self.errors)
        self.planner = Planner(inquiry.subject.whole(), today=inquiry.today)
        self.found = tuple(self._grouped())

    def _grouped(self) -> Iterator[Stuck]:
        groups: dict[tuple[tuple[Place, ...], tuple[str, ...]], list[Values]] = {}
        firsts: dict[tuple[tuple[Place, ...], tuple[str, ...]], Completion] = {}
        for places, values, completion in self._stuck():
            key = places, self._rules(dict(zip(places, values, strict=True)))
            groups.setdefault(key, []).append(values)
            firsts.setdefault(key, completion)
        for (places, rules), found in groups.items():
            example = self.inquiry.example(firsts[places, rules].sketch, asked=self.asked)
            yield Stuck(tuple("/" + "/".join(place) for place in places), tuple(found), rules, example)

    def _stuck(self) -> Iterator[tuple[tuple[Place, ...], Values, Completion]]:
        known: set[tuple[Place, Any]] = set()
        places = [place for place in self.inquiry.domains.variables(self.cone) if self._is_on_record(place)]
        for place in places:
            for value in self._values(place):
                completion = self._ending({place: value})
                if completion is not None:
                    known.add((place, value))
                    yield (place,), (value,), completion
        for pair in combinations(places, 2):
            combined = product(*(self._values(place) for place in pair)) if self._meet(*pair) else ()
            for number, values in enumerate(combined):
                if number >= PAIRS:
                    self._not_whole(pair, TOO_MANY_STATES)
                    break
                if known.isdisjoint(zip(pair, values, strict=True)):
                    completion = self._ending(dict(zip(pair, values, strict=True)))
                    if completion is not None:
                        yield pair, values, completion

    def _is_on_record(self, place: Place) -> bool:
        return place[0] == self.inquiry.subject.model.root

    def _values(self, place: Place) -> list[Any]:
        return [choice.value for choice in self.inquiry.domains.choices(place, self.cone, holes=False)]

    def _meet(self, one: Place, other: Place) -> bool:
        """Whether two fields may stand in each other's way: one rule reads both, or two rules that share a third."""
        first = [judge for judge in self.errors if one in judge.places]
        second = [judge for judge in self.errors if other in judge.places]
        return any((set(a.places) & set(b.places)) - self.hold for a in first for b in second)

    def _ending(self, sketch: Sketch) -> Completion | None:
        """The record that comes closest to being allowed; None if one is, or may be made so."""
        best = self.everything.completed(sketch)
        if not (best.weight.failing or best.weight.unknown):
            return None
        firm = self.firm.completed(sketch)
        if firm.weight.failing or firm.weight.unknown:
            return self._certain(best, sketch, whole=firm.whole)
        domains = self.inquiry.domains
        places = [place for place in domains.variables(self.mended) if place not in sketch and place not in self.hold]
        choices = [domains.choices(place, self.cone, holes=False) for place in places]
        for _, values in islice(ascending(choices), TRIES):
            if self._can_be_mended({**sketch, **dict(zip(places, values, strict=True))}):
                return None
        return self._certain(best, sketch, whole=best.whole and prod(map(len, choices)) <= TRIES)

    def _certain(self, best: Completion, sketch: Sketch, *, whole: bool) -> Completion | None:
        if whole:
            return best
        self._not_whole(tuple(sketch), SEARCH_ENDED)
        return None

    def _can_be_mended(self, sketch: Sketch) -> bool:
        firm = self.firm.completed(sketch)
        if firm.weight.failing or firm.weight.unknown:
            return False
        drawn = self.inquiry.drawing.drawn(firm.sketch, asked=self.asked)
        facts: Mapping[str, Any] = drawn.facts
        for name in self.inquiry.remedies:
            facts = self.conflicts.filled(facts, name)
        return self.planner.plan(facts, drawn.request).status not in (IMPOSSIBLE, CLOSED)

    def _not_whole(self, places: tuple[Place, ...], reason: str) -> None:
        names = tuple("/" + "/".join(place) for place in places)
        if not any(each.names == names for each in self.not_analysed):
            self.not_analysed.append(NotAnalysed("stuck", names, reason))

    def _rules(self, sketch: Sketch) -> tuple[str, ...]:
        """The rules that cannot all pass with these values, none of which could be spared."""
        core = list(self.errors)
        for judge in reversed(self.errors):
            fewer = [each for each in core if each is not judge]
            weight = Search(self.inquiry.domains, fewer, hold=self.hold, holes=False).completed(sketch).weight
            if weight.failing or weight.unknown:
                core = fewer
        return tuple(judge.rule.id for judge in core)
