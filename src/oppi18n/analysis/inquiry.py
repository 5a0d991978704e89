"""One ruleset under analysis: what its rules read, and how each comes out over it, worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from oppi18n.analysis.choices import Bound
from oppi18n.analysis.domains import Domains
from oppi18n.analysis.drawing import Drawing, Drawn, Sketch
from oppi18n.analysis.judges import Judge, Table, cone_of
from oppi18n.analysis.reads import Places, Reading
from oppi18n.analysis.results import FEWER_RECORDS, TOO_MANY_STATES, Example, NotAnalysed
from oppi18n.analysis.subject import Subject
from oppi18n.rules.ruleset import Remedy, Rule


class Inquiry:
    """Everything that the parts of an analysis share."""

    def __init__(self, subject: Subject, *, bound: Bound, today: date) -> None:
        self.subject = subject
        self.today = today
        ruleset = subject.ruleset
        self.readings = {rule.id: cone_of(rule, subject) for rule in ruleset.rules}
        self.remedies = {name: self._remedy(remedy) for name, remedy in ruleset.remedies.items()}
        each = [*self.readings.values(), *(reading for parts in self.remedies.values() for reading in parts.values())]
        self.domains = Domains([subject], each, bound, today)
        self.drawing = Drawing(subject.model, today)
        self.judges = {rule.id: self._judge(rule) for rule in ruleset.rules}
        self._tables: dict[str, Table] = {}

    def _remedy(self, remedy: Remedy) -> dict[str, Reading]:
        """What a remedy reads: under "" to find its records, under a field for the field's new value."""
        found = {"": self.reading()}
        found[""].read(remedy.each.tree)
        item = remedy.each.tree.type.item
        for field, change in remedy.changes.items():
            found[field] = self.reading()
            found[field].read_inside(change.tree, item.name if item else "", remedy.each.tree)
        return found

    def reading(self) -> Reading:
        """A reading of nothing yet."""
        return Reading(self.subject.ruleset.lets, self.subject.model)

    def _judge(self, rule: Rule) -> Judge:
        return Judge(rule, self.subject, self.domains, self.drawing, frozenset(self.readings[rule.id].places))

    def table(self, rule: str) -> Table:
        """How a rule comes out in every state of what it reads."""
        if rule not in self._tables:
            self._tables[rule] = Table(self.judges[rule], self.domains)
        return self._tables[rule]

    def example(self, sketch: Sketch, *, asked: bool) -> Example:
        """A sketch as a record that anybody can ask the engine about."""
        return self.shown(self.drawing.drawn(sketch, asked=asked))

    def shown(self, drawn: Drawn) -> Example:
        """What was drawn, as a value to keep."""
        return example_of(drawn, self.subject, dict(drawn.settings))

    def shortened(self, rule: str) -> Iterable[NotAnalysed]:
        """What was not tried of a rule."""
        if not self.table(rule).whole:
            yield NotAnalysed("rule", (rule,), TOO_MANY_STATES)
        for place, needed in self.readings[rule].most().items():
            if self.domains.most(place, self.judges[rule].cone) < needed:
                yield NotAnalysed("rule", (rule,), FEWER_RECORDS)


def example_of(drawn: Drawn, subject: Subject, settings: Mapping[str, Any]) -> Example:
    """What was drawn, with the settings to tell."""
    return Example(drawn.facts, drawn.request, drawn.today, settings, drawn.deployment, subject.model.request)


def union(cones: Iterable[Iterable[tuple[str, ...]]]) -> Places:
    """Everything that is read in some cones."""
    return frozenset(place for cone in cones for place in cone)
