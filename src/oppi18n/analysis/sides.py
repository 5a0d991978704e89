"""Two rulesets side by side: what is the same in both, and how both answer about one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from oppi18n.analysis.domains import Domains
from oppi18n.analysis.drawing import Drawing, Drawn, Sketch
from oppi18n.analysis.judges import Judge, cone_of
from oppi18n.analysis.reads import SETTINGS, Place, Reading
from oppi18n.analysis.subject import Subject
from oppi18n.engine.decision import Decision, Violation
from oppi18n.remedies import Plan, Planner
from oppi18n.rules.ast import Node
from oppi18n.rules.propositions import Propositions
from oppi18n.rules.ruleset import Expression, Remedy, Rule


class Answer(NamedTuple):
    """What one of the rulesets says about a record."""

    decision: Decision
    plan: Plan

    @property
    def verdict(self) -> str:
        """closable, blocked or undetermined."""
        return self.decision.verdict

    @property
    def errors(self) -> tuple[str, ...]:
        """The rules that block."""
        return tuple(each.rule for each in self.decision.errors)

    @property
    def violations(self) -> Mapping[str, Violation]:
        """The violations by rule."""
        return {each.rule: each for each in self.decision.violations}


class Side:
    """One of two rulesets that are compared."""

    def __init__(self, subject: Subject, today: date) -> None:
        self.subject = subject
        self.today = today
        self.drawing = Drawing(subject.model, today)
        self.readings = {rule.id: cone_of(rule, subject) for rule in subject.ruleset.rules}
        self.judges: dict[str, Judge] = {}
        self._keys = Propositions(subject.ruleset.lets)

    def prepare(self, domains: Domains) -> None:
        """Make ready to ask, once it is known what both sides read."""
        self.judges = {
            name: Judge(rule, self.subject, domains, self.drawing, frozenset(self.readings[name].places))
            for name, rule in self.subject.rules.items()
        }

    # ---- what a rule is ----

    def meaning(self, rule: Rule) -> tuple[Any, ...]:
        """Everything about a rule that a decision may hang on: equal for rules that always come out alike."""
        at = (self._key(rule.at.tree), rule.at.field) if rule.at else None
        reading = self.wide(rule)
        return (
            *(self._key(part.tree) if part else None for part in (rule.when, rule.condition)),
            *(rule.negated, rule.severity, rule.effective, rule.applies_to, at, rule.dataverse, rule.remedies),
            tuple((each.name, self._key(each.value.tree), self._of(each.currency)) for each in rule.params),
            self._in_force(reading),
        )

    def remedy(self, remedy: Remedy) -> tuple[Any, ...]:
        """Everything about a remedy that a plan may hang on."""
        changes = tuple((field, self._key(change.tree)) for field, change in remedy.changes.items())
        return self._key(remedy.each.tree), changes, remedy.ask, remedy.cost, self._in_force(self.reads(remedy))

    def sentences(self, rule: Rule) -> dict[tuple[str, bool], str]:
        """The text of each form of a rule's message."""
        message = rule.message
        forms = {(category, False): text.text for category, text in message.forms.items()}
        return {**forms, **{(category, True): text.text for category, text in message.partial.items()}}

    def _key(self, node: Node) -> Any:
        return self._keys.key(node, {})

    def _of(self, expression: Expression | None) -> Any:
        return self._key(expression.tree) if expression else None

    def _in_force(self, reading: Reading) -> tuple[Any, ...]:
        """The settings that are read, as they are in force."""
        names = sorted(place[1] for place in reading.places if place[0] == SETTINGS)
        return tuple((name, self.subject.settings[name]) for name in names)

    # ---- what it reads ----

    def wide(self, rule: Rule) -> Reading:
        """What a rule reads, the values of its sentence and its place among it."""
        reading = cone_of(rule, self.subject)
        for part in (rule.at, *(each.value for each in rule.params), *(each.currency for each in rule.params)):
            if part is not None:
                reading.read(part.tree)
        return reading

    def reads(self, remedy: Remedy) -> Reading:
        """What a remedy reads."""
        reading = Reading(self.subject.ruleset.lets, self.subject.model)
        reading.read(remedy.each.tree)
        item = remedy.each.tree.type.item
        for change in remedy.changes.values():
            reading.read_inside(change.tree, item.name if item else "", remedy.each.tree)
        return reading

    def touched(self, remedy: Remedy) -> frozenset[Place]:
        """The places whose values a remedy changes."""
        reading = Reading(self.subject.ruleset.lets, self.subject.model)
        return frozenset((*place, name) for place in reading.whose(remedy.each.tree, {}) for name in remedy.changes)

    # ---- asking ----

    def knows(self, sketch: Sketch) -> bool:
        """Whether this side's model has all that is in a sketch."""
        records = self.subject.model.records
        return all(place[1] in records[place[0]].fields for place in sketch if place[0] in records)

    def drawn(self, sketch: Sketch, *, asked: bool) -> Drawn:
        """A sketch as this side's model knows it, with the settings that it has."""
        drawn = self.drawing.drawn(sketch, asked=asked)
        known = self.subject.settings
        return drawn._replace(settings=tuple(each for each in drawn.settings if each[0] in known))

    def answer(self, sketch: Sketch, *, asked: bool) -> Answer:
        """What the whole ruleset says."""
        drawn = self.drawn(sketch, asked=asked)
        rules = self.subject.whole(drawn.settings)
        decision = rules.evaluate(drawn.facts, request=drawn.request, today=drawn.today, deployment=drawn.deployment)
        planner = Planner(rules, today=drawn.today, deployment=drawn.deployment)
        return Answer(decision, planner.plan(drawn.facts, drawn.request))

    def violation(self, rule: str, sketch: Sketch) -> tuple[Any, ...]:
        """What is told of a rule that fails."""
        judge = self.judges[rule]
        decision = judge.decision(self.drawn(sketch, asked=judge.asks))
        found = next(each for each in decision.violations if each.rule == rule)
        return found.severity, found.params, found.pointers, found.partial, found.dataverse, found.remedies


def settings_that_clash(sides: Sequence[Side]) -> Iterator[str]:
    """The settings that both have, of different types."""
    one, other = (side.subject.ruleset.settings for side in sides)
    yield from (name for name in one.keys() & other.keys() if one[name].type != other[name].type)
