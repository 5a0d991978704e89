"""How each rule comes out over what it reads: asked of the engine, remembered, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import prod
from typing import Any, Final, NamedTuple

from babel.core import Locale, UnknownLocaleError

from oppi18n.analysis.choices import Cost, Listed, ascending, projected, sorted_alike
from oppi18n.analysis.domains import Domains
from oppi18n.analysis.drawing import Drawing, Drawn, Sketch
from oppi18n.analysis.reads import DEPLOYMENT, TODAY, Place, Places, Question, Reading
from oppi18n.analysis.subject import WHEN, Subject
from oppi18n.engine.careful import applies
from oppi18n.engine.decision import Decision, RuleInfo, Violation
from oppi18n.engine.tracing import FAILS, NOT_APPLICABLE, PASSES, UNKNOWN
from oppi18n.rules.ast import Binary, Literal, Name, Node
from oppi18n.rules.ruleset import Rule
from oppi18n.rules.types import BOOL, DATE, INT


class Form(NamedTuple):
    """A form of a message: its plural category, and whether it is said of a list that is only partly known."""

    category: str
    partial: bool = False


class Outcome(NamedTuple):
    """How a rule came out, and in which form it is said if it failed."""

    name: str
    form: Form | None = None


class State(NamedTuple):
    """What a rule reads, chosen."""

    cost: Cost
    values: tuple[Any, ...]
    outcome: Outcome


_PASSES, _UNKNOWN, _NOT_APPLICABLE = Outcome(PASSES), Outcome(UNKNOWN), Outcome(NOT_APPLICABLE)


class Judge:
    """Asks one rule."""

    def __init__(self, rule: Rule, subject: Subject, domains: Domains, drawing: Drawing, cone: Places) -> None:
        self.rule = rule
        self.subject = subject
        self.drawing = drawing
        self.cone = cone
        self.places = domains.variables(cone)
        self._lists = [
            n for n, place in enumerate(self.places) if any(len(each) > 2 for each in cone if each[:2] == place)
        ]
        self._ordered = domains.ordered
        self._known: dict[tuple[Any, ...], Outcome] = {}

    def outcome(self, sketch: Sketch) -> Outcome:
        """How the rule comes out over a sketch that has all it reads."""
        values = [sketch[place] for place in self.places]
        for number in self._lists:
            values[number] = self.seen(values[number], self.places[number])
        key = tuple(values)
        if key not in self._known:
            self._known[key] = self.of(self.drawing.drawn(dict(zip(self.places, key, strict=True)), asked=self.asks))
        return self._known[key]

    def seen(self, value: Any, place: Place) -> Any:
        """A list as this rule sees it."""
        if not isinstance(value, Listed):
            return value
        found = projected(value, place, self.cone)
        return found if place in self._ordered else sorted_alike(found)

    @property
    def asks(self) -> bool:
        """Whether the rule reads the request."""
        return self.rule.reads_request

    def of(self, drawn: Drawn) -> Outcome:
        """How the rule comes out over facts."""
        rules = self.subject.alone(self.rule, drawn.settings)
        if not applies(rules.infos[0], drawn.today, drawn.deployment):
            return _NOT_APPLICABLE
        decision = self.decision(drawn)
        failed = {each.rule: each for each in decision.violations}
        if self.rule.id in failed:
            return Outcome(FAILS, form_of(failed[self.rule.id]))
        if any(each.rule == self.rule.id for each in decision.unknown):
            return _UNKNOWN
        return _NOT_APPLICABLE if WHEN in failed else _PASSES

    def decision(self, drawn: Drawn) -> Decision:
        """What the engine says of the rule by itself."""
        rules = self.subject.alone(self.rule, drawn.settings)
        return rules.evaluate(drawn.facts, request=drawn.request, today=drawn.today, deployment=drawn.deployment)


def cone_of(rule: Rule, subject: Subject) -> Reading:
    """What decides how a rule comes out."""
    reading = Reading(subject.ruleset.lets, subject.model)
    for part in (rule.when, rule.condition):
        if part is not None:
            reading.read(part.tree)
    for count, form in _plurals(rule):
        reading.read(form)
        reading.questions.append(Question(Binary("==", form, Literal(count, type=INT), type=BOOL), {}))
    if any(rule.effective):
        reading.places.add(TODAY)
        reading.questions += [
            Question(Binary("==", _DAY, Literal(day, type=DATE), type=BOOL), {}) for day in rule.effective if day
        ]
    if rule.applies_to:
        reading.places.add(DEPLOYMENT)
    return reading


_DAY = Name(TODAY[0], type=DATE)


def _plurals(rule: Rule) -> Iterator[tuple[int, Node]]:
    """The counts with which the forms of a message begin, and the expression that is counted."""
    message = rule.message
    named = next((param.value.tree for param in rule.params if param.name == message.plural), None)
    if named is not None:
        forms = {*message.forms, *message.partial}
        for category in sorted(forms - {"other"}):
            count = next((n for n in range(MOST_COUNTED) if _category(message.language, n) == category), None)
            if count is not None:
                yield count, named


MOST_COUNTED: Final = 200
"""Whole numbers among which a plural category is looked for."""


def form_of(violation: Violation) -> Form:
    """The form in which a violation is said."""
    message = violation.info.message
    partial = bool(violation.partial and message.partial)
    forms = message.partial if partial else message.forms
    count = violation.params.get(message.plural) if message.plural else None
    category = _category(message.language, count) if isinstance(count, int) else "other"
    return Form(category if category in forms else "other", partial)


def forms_of(info: RuleInfo) -> tuple[Form, ...]:
    """The forms that a rule's message has, in the order in which they were written."""
    return (*(Form(each) for each in info.message.forms), *(Form(each, True) for each in info.message.partial))


@cache
def _category(language: str, count: int) -> str:
    try:
        return str(Locale.parse(language, sep="-").plural_form(count))
    except (UnknownLocaleError, ValueError, TypeError):
        return "one" if count == 1 else "other"


class Table:
    """How one rule comes out in every state of what it reads, the smallest first."""

    def __init__(self, judge: Judge, domains: Domains) -> None:
        self.judge = judge
        self.places = judge.places
        choices = [domains.choices(place, judge.cone) for place in self.places]
        self.whole = prod(map(len, choices)) <= domains.bound.states
        """Whether every state was tried."""
        self.states = tuple(
            State(cost, values, judge.outcome(dict(zip(self.places, values, strict=True))))
            for cost, values in islice(ascending(choices), domains.bound.states)
        )

    def having(self, name: str) -> Iterator[State]:
        """The states with an outcome, the smallest first."""
        return (state for state in self.states if state.outcome.name == name)

    def sketch(self, state: State) -> dict[Place, Any]:
        """A state as a sketch."""
        return dict(zip(self.places, state.values, strict=True))
