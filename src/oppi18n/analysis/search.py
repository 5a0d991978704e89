"""A sketch of what one rule reads is completed so that as few other rules as possible fail, and it stays small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from oppi18n.analysis.choices import Choice, Cost, Listed, total
from oppi18n.analysis.domains import Domains
from oppi18n.analysis.drawing import Sketch
from oppi18n.analysis.judges import Judge
from oppi18n.analysis.reads import Place, Places
from oppi18n.engine.tracing import FAILS, UNKNOWN

STEPS: Final = 10_000
"""Choices that are looked at before a search gives up and keeps the best it has found."""
REFINED: Final = 1_000
"""Ways to complete the records of one list that are tried."""


class Weight(NamedTuple):
    """What a completion is judged by; what stands first weighs more."""

    failing: int = 0
    unknown: int = 0
    size: Cost = Cost()

    def plus(self, other: Weight) -> Weight:
        """Both together."""
        return Weight(self.failing + other.failing, self.unknown + other.unknown, self.size.plus(other.size))


class Completion(NamedTuple):
    """The best completion: the whole sketch, and its weight beyond what was given."""

    sketch: dict[Place, Any]
    weight: Weight
    whole: bool
    """Whether the search came to its end."""


class Search:
    """Completes sketches for some rules."""

    def __init__(
        self, domains: Domains, judges: Sequence[Judge], *, hold: frozenset[Place] = frozenset(), holes: bool = True
    ) -> None:
        self.domains = domains
        self.judges = tuple(judges)
        self.hold = hold
        """Settings, the day and the deployment, where they stay as they are."""
        self.holes = holes
        """Whether something may be missing, if that spares a rule from failing."""
        self.cone: Places = frozenset[Place]().union(*(judge.cone for judge in judges))
        self.spent = 0
        """Choices that were looked at so far."""
        self._known: dict[tuple[Any, ...], Completion] = {}

    def completed(self, sketch: Sketch) -> Completion:
        """The best completion of a sketch."""
        shared = [place for place in self.domains.variables(self.cone) if place in sketch]
        key = tuple((place, sketch[place]) for place in shared)
        if key not in self._known:
            self._known[key] = self._completed({place: sketch[place] for place in shared})
        found = self._known[key]
        return found._replace(sketch={**sketch, **found.sketch})

    def _completed(self, fixed: dict[Place, Any]) -> Completion:
        candidates = {place: self._candidates(place, fixed) for place in self.domains.variables(self.cone)}
        only = {place: each for place, each in candidates.items() if len(each) == 1}
        sketch = {**fixed, **{place: each[0].value for place, each in only.items()}}
        free = {place: each for place, each in candidates.items() if place not in only}
        weight = self._weighed((judge for judge in self.judges if not free.keys() & set(judge.places)), sketch)
        weight = weight.plus(Weight(size=total(each[0] for each in only.values())))
        whole = True
        for judges, places in _connected(self.judges, free):
            part = _Branching(judges, {place: free[place] for place in places}, sketch, self._weighed)
            sketch.update(part.best)
            self.spent += STEPS - part.steps
            weight = weight.plus(part.weight or Weight())
            whole = whole and part.steps > 0
        return Completion(sketch, weight, whole)

    def _candidates(self, place: Place, fixed: Sketch) -> Sequence[Choice]:
        if place not in fixed:
            if place in self.hold:
                return self.domains.choices(place, self.cone)[:1]
            return self.domains.choices(place, self.cone, holes=self.holes)
        value = fixed[place]
        if not isinstance(value, Listed):
            return (Choice(value, Cost()),)
        found = islice(self.domains.refined(value, place, self.cone), REFINED)
        return sorted(found, key=lambda each: each.cost)

    def _weighed(self, judges: Iterable[Judge], sketch: Sketch) -> Weight:
        names = [judge.outcome(sketch).name for judge in judges]
        return Weight(names.count(FAILS), names.count(UNKNOWN))


def _connected(judges: Iterable[Judge], free: Iterable[Place]) -> Iterator[tuple[list[Judge], list[Place]]]:
    """Groups of rules and the places they share, so that no two groups have one in common."""
    groups: list[tuple[list[Judge], set[Place]]] = []
    wanted = set(free)
    for judge in judges:
        places = wanted & set(judge.places)
        if places:
            touched = [each for each in groups if each[1] & places]
            groups = [each for each in groups if each not in touched]
            joined = [member for each in touched for member in each[0]]
            groups.append(([*joined, judge], places.union(*(each[1] for each in touched))))
    yield from ((members, sorted(places)) for members, places in groups)


class _Branching:
    """Tries the choices of some places, smallest first, and leaves a branch that cannot become better than the best."""

    def __init__(
        self, judges: Sequence[Judge], free: dict[Place, Sequence[Choice]], fixed: Sketch, weighed: Any
    ) -> None:
        self.free = free
        # Rules are settled as early as possible: first the places that most rules read, of few choices.
        counts = {place: sum(place in judge.places for judge in judges) for place in free}
        self.order = sorted(free, key=lambda place: (len(free[place]) > 12, -counts[place], place))
        self.ready: list[list[Judge]] = [[] for _ in self.order]
        for judge in judges:
            last = max(n for n, place in enumerate(self.order) if place in judge.places)
            self.ready[last].append(judge)
        self.weighed = weighed
        self.steps = STEPS
        self.best: dict[Place, Any] = {}
        self.weight: Weight | None = None
        self._search(dict(fixed))

    def _search(self, sketch: dict[Place, Any]) -> None:
        """Go down as long as it may become better than the best, then on to the next choice."""
        path: list[tuple[Iterator[Choice], Weight]] = [(iter(self.free[self.order[0]]), Weight())]
        while path:
            choices, weight = path[-1]
            choice = next(choices, None)
            if choice is None or self._is_vain(weight.plus(Weight(size=choice.cost))):
                path.pop()
                continue
            self.steps -= 1
            sketch[self.order[len(path) - 1]] = choice.value
            weight = weight.plus(Weight(size=choice.cost)).plus(self.weighed(self.ready[len(path) - 1], sketch))
            if self.weight is not None and weight >= self.weight:
                continue
            if len(path) < len(self.order):
                path.append((iter(self.free[self.order[len(path)]]), weight))
            else:
                self.best = {place: sketch[place] for place in self.order}
                self.weight = weight

    def _is_vain(self, weight: Weight) -> bool:
        """Whether neither this choice nor a larger one can lead to anything better, or it has taken long enough."""
        return self.weight is not None and (weight >= self.weight or self.steps <= 0)
