"""Remedies that are at odds with rules: they do not help the rule that offers them, or they break another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import Any

from oppi18n.analysis.choices import ascending
from oppi18n.analysis.drawing import Drawn
from oppi18n.analysis.inquiry import Inquiry, union
from oppi18n.analysis.judges import Judge
from oppi18n.analysis.reads import Place, Places
from oppi18n.analysis.results import BREAKS, NO_HELP, TOO_MANY_STATES, UNDECIDED, Conflict, NotAnalysed
from oppi18n.engine.tracing import FAILS, UNKNOWN
from oppi18n.errors import InputError
from oppi18n.model.schema import Record
from oppi18n.remedies import Applied, Change, Planner, with_changes


class Conflicts:
    """Applies each remedy wherever a rule that offers it fails, and looks at what became of the rules."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.not_analysed: list[NotAnalysed] = []
        self._planners: dict[Any, Planner] = {}
        self.found = tuple(self._found())

    def _found(self) -> Iterator[Conflict]:
        remedies = self.inquiry.subject.ruleset.remedies
        for judge in self.inquiry.judges.values():
            for remedy in judge.rule.remedies:
                if remedy in remedies and self._fails(judge):
                    yield from self._helpless(judge, remedy)
                    yield from self._harmful(judge, remedy)

    def _fails(self, judge: Judge) -> bool:
        return any(True for _ in self.inquiry.table(judge.rule.id).having(FAILS))

    def _helpless(self, judge: Judge, remedy: str) -> Iterator[Conflict]:
        """The remedy, if the rule that offers it fails as before wherever it is applied."""
        cone = judge.cone | union([self.inquiry.remedies[remedy][""].places])
        first: Drawn | None = None
        tried = False
        for drawn in self._failing(judge, cone, ("no-help", judge.rule.id, remedy)):
            after = list(self.applied(drawn, remedy))
            if after:
                tried = True
                first = first or drawn
                if any(judge.of(each).name not in (FAILS, UNKNOWN) for each in after):
                    return
        if first is not None:
            yield Conflict(NO_HELP, judge.rule.id, remedy, "", self.inquiry.shown(first))
        elif not tried:
            self.not_analysed.append(NotAnalysed(NO_HELP, (judge.rule.id, remedy), UNDECIDED))

    def _harmful(self, judge: Judge, remedy: str) -> Iterator[Conflict]:
        """The errors that pass before the remedy and fail after it, each with the smallest record."""
        for other in self.inquiry.judges.values():
            touched = self.touched(remedy) & other.cone
            if other is judge or other.rule.severity != "error" or not touched:
                continue
            fields = [
                reading.places for name, reading in self.inquiry.remedies[remedy].items() if name in _names(touched)
            ]
            cone = union([judge.cone, other.cone, self.inquiry.remedies[remedy][""].places, *fields])
            for drawn in self._failing(judge, cone, (BREAKS, judge.rule.id, remedy, other.rule.id), asked=other.asks):
                after = list(self.applied(drawn, remedy))
                broken = all(other.of(each).name == FAILS for each in after)
                if after and broken and other.of(drawn).name != FAILS:
                    yield Conflict(BREAKS, judge.rule.id, remedy, other.rule.id, self.inquiry.shown(drawn))
                    break

    def _failing(self, judge: Judge, cone: Places, names: tuple[str, ...], *, asked: bool = False) -> Iterator[Drawn]:
        """The records on which a rule fails that differ in what a cone reads; nothing is missing on them."""
        domains = self.inquiry.domains
        places = domains.variables(cone)
        choices = [domains.choices(place, cone, holes=False) for place in places]
        for _, values in islice(ascending(choices), domains.bound.states):
            sketch = dict(zip(places, values, strict=True))
            if judge.outcome(sketch).name == FAILS:
                yield self.inquiry.drawing.drawn(sketch, asked=asked or judge.asks)
        if prod(map(len, choices)) > domains.bound.states:
            self.not_analysed.append(NotAnalysed(names[0], names[1:], TOO_MANY_STATES))

    def touched(self, remedy: str) -> frozenset[Place]:
        """The places whose values a remedy changes."""
        found = self.inquiry.subject.ruleset.remedies[remedy]
        reading = self.inquiry.reading()
        return frozenset((*place, name) for place in reading.whose(found.each.tree, {}) for name in found.changes)

    def applied(self, drawn: Drawn, remedy: str) -> Iterator[Drawn]:
        """The record after a remedy, once for each answer that a person may give; none if it is not certain."""
        key = drawn.settings, drawn.today, drawn.deployment
        if key not in self._planners:
            rules = self.inquiry.subject.whole(drawn.settings)
            self._planners[key] = Planner(rules, today=drawn.today, deployment=drawn.deployment)
        asked = self.inquiry.subject.model.request
        record: dict[str, Any] = self.filled(drawn.facts, remedy)
        if drawn.request is not None:
            record[asked] = drawn.request
        try:
            found = self._planners[key].apply(record, remedy)
        except InputError:
            return
        answers = {f"{pointer}/{name}" for pointer in found.step.records for name in self._asked(remedy)}
        if set(found.needs) - answers:
            return
        for answered in self._answered(found, remedy):
            facts = {name: each for name, each in answered.items() if name != asked}
            yield drawn._replace(facts=facts, request=answered.get(asked))

    def _asked(self, remedy: str) -> tuple[str, ...]:
        return self.inquiry.subject.ruleset.remedies[remedy].ask

    def _answered(self, found: Applied, remedy: str) -> Iterator[Mapping[str, Any]]:
        """The records with each value that a person may choose, the same one wherever it is asked for."""
        names = self._asked(remedy)
        each = self.inquiry.subject.ruleset.remedies[remedy].each.tree
        places = sorted((*place, name) for place in self.inquiry.reading().whose(each, {}) for name in names)
        for chosen in product(*(self.inquiry.domains.choices(place, frozenset(), holes=False) for place in places)):
            values = {place[-1]: choice.value for place, choice in zip(places, chosen, strict=True)}
            yield with_changes(found.record, (Change(pointer, {}, values) for pointer in found.step.records if values))

    def filled(self, facts: Mapping[str, Any], remedy: str) -> dict[str, Any]:
        """Facts in which what a remedy reads, to know its new values, is given."""
        readings = self.inquiry.remedies[remedy]
        wanted = union(reading.places for reading in readings.values())
        model = self.inquiry.subject.model
        return {name: self._filled(record, (name,), model.records[name], wanted) for name, record in facts.items()}

    def _filled(self, record: Mapping[str, Any], place: Place, kind: Record, wanted: Places) -> dict[str, Any]:
        found = dict(record)
        for field in kind.fields.values():
            inner = (*place, field.name)
            if field.type == "list" and isinstance(found.get(field.name), list):
                below = self.inquiry.subject.model.records[field.of]
                found[field.name] = [self._filled(each, inner, below, wanted) for each in found[field.name]]
            elif inner in wanted and field.name not in found:
                values = self.inquiry.domains.choices(inner, wanted, holes=False)
                found[field.name] = next((each.value for each in values if each.value is not None), None)
        return found


def _names(places: Places) -> set[str]:
    return {place[-1] for place in places}
