"""What two rulesets decide differently: for each change the smallest record that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import prod
from typing import Any, Final, NamedTuple

from oppi18n.analysis.analyse import TODAY
from oppi18n.analysis.choices import Bound, ascending
from oppi18n.analysis.domains import Domains
from oppi18n.analysis.drawing import Sketch
from oppi18n.analysis.inquiry import example_of, union
from oppi18n.analysis.judges import Judge, Outcome
from oppi18n.analysis.reads import SETTINGS, Places
from oppi18n.analysis.results import FEWER_RECORDS, TOO_MANY_STATES, Example, NotAnalysed
from oppi18n.analysis.search import Search
from oppi18n.analysis.sides import Answer, Side, settings_that_clash
from oppi18n.analysis.smallest import BOTHER
from oppi18n.analysis.subject import Subject
from oppi18n.engine.tracing import FAILS, PASSES, UNKNOWN
from oppi18n.errors import InputError
from oppi18n.model.schema import Model
from oppi18n.remedies import Plan

OUTCOME, VIOLATION, SENTENCE, PLAN = "outcome", "violation", "sentence", "plan"
ABSENT: Final = "absent"
"""The outcome of a rule that a ruleset does not have."""
PLANS: Final = 1_000
"""Records on which one rule fails that have their plans compared."""
PLANNED: Final = 2
"""Records in a list beyond which plans are not compared: a remedy treats all of them alike."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that changes, and the smallest record on which it does.

    `kind` is outcome (a rule comes out otherwise: `before`, `after`), violation (it fails in both, with another
    severity, place or value), sentence (it says so in other words) or plan (the way out is another one).
    """

    kind: str
    rule: str
    before: str
    after: str
    example: Example
    old: Answer
    new: Answer


class ModelChange(NamedTuple):
    """A field, or a value of an enumeration, that one of the models does not have; `what` is added or removed."""

    what: str
    name: str


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs between two rulesets; `same` if there is nothing."""

    old: Subject
    new: Subject
    today: date
    found: tuple[Difference, ...]
    model: tuple[ModelChange, ...]
    bound: Bound
    not_analysed: tuple[NotAnalysed, ...]

    @property
    def same(self) -> bool:
        """Whether the two decide alike, and say so in the same words."""
        return not (self.found or self.model)


def differences(old: Subject, new: Subject, *, bound: Bound | None = None, today: date = TODAY) -> Differences:
    """The smallest records on which two rulesets differ in verdict, violations, words or plan.

    Settings are those in force on either side; one that both have is also tried with other values, the same on both
    sides. Raises `InputError` if the two are not about the same model.

    >>> from oppi18n.analysis.subject import understood
    >>> strict = understood("close-opportunity", settings={"drafts_block": True})
    >>> found = differences(understood("close-opportunity"), strict).found[0]
    >>> found.rule, found.example.facts["opportunity"]["quotes"]
    ('no-draft-quotes', [{'id': 'q1', 'state': 'draft'}])
    """
    if old.model.name != new.model.name:
        raise InputError("other-model", old=old.model.name, new=new.model.name)
    comparison = _Comparison(old, new, bound or Bound(), today)
    found = tuple(comparison.found())
    known = comparison.domains.bound._replace(records=comparison.domains.records)
    changes = tuple(_model_changes(old.model, new.model))
    return Differences(old, new, today, found, changes, known, tuple(dict.fromkeys(comparison.not_analysed)))


def _model_changes(old: Model, new: Model) -> Iterator[ModelChange]:
    one, other = set(_names(old)), set(_names(new))
    yield from (ModelChange("removed", name) for name in sorted(one - other))
    yield from (ModelChange("added", name) for name in sorted(other - one))


def _names(model: Model) -> Iterator[str]:
    for name, enumeration in model.enumerations.items():
        yield from (f"{name}:{value}" for value in enumeration.values)
    for name, record in model.records.items():
        yield from (f"{name}.{field}" for field in record.fields)


class _Comparison:
    """Compares rule by rule, then the plans."""

    def __init__(self, old: Subject, new: Subject, bound: Bound, today: date) -> None:
        self.sides = self.old, self.new = Side(old, today), Side(new, today)
        self.not_analysed: list[NotAnalysed] = []
        readings = [side.wide(rule) for side in self.sides for rule in side.subject.ruleset.rules]
        readings += [side.reads(each) for side in self.sides for each in side.subject.ruleset.remedies.values()]
        self.domains = Domains((old, new), readings, bound, today, held=frozenset(settings_that_clash(self.sides)))
        for side in self.sides:
            side.prepare(self.domains)
        self.alike = old.model.plain == new.model.plain
        self._searches: dict[tuple[str, bool], Search] = {}

    def found(self) -> Iterator[Difference]:
        """Every difference, in the order of the new ruleset; removed rules come last."""
        names = dict.fromkeys((*self.new.judges, *self.old.judges))
        for name in names:
            one, other = self.old.subject.rules.get(name), self.new.subject.rules.get(name)
            if one is None or other is None or self._means_another(name):
                yield from self._outcomes(name)
            if one is not None and other is not None:
                yield from self._sentences(name)
        if self._plans_may_differ():
            yield from self._plans()

    def _means_another(self, name: str) -> bool:
        return not self.alike or len({side.meaning(side.subject.rules[name]) for side in self.sides}) > 1

    # ---- outcomes, and what is told of them ----

    def _outcomes(self, name: str) -> Iterator[Difference]:
        judges = [side.judges.get(name) for side in self.sides]
        wide = [side.wide(side.subject.rules[name]).places for side in self.sides if name in side.subject.rules]
        told: set[tuple[str, ...]] = set()
        self._shortened(name, union(wide))
        for sketch in self._states(union(wide), ("rule", name)):
            outcomes = [judge.outcome(sketch) if judge else None for judge in judges]
            kind = self._kind(name, judges, outcomes, sketch)
            key = (kind, *(each.name if each else ABSENT for each in outcomes))
            if kind and key not in told:
                told.add(key)
                found = self._difference(kind, name, sketch, key[1], key[2])
                # A warning that became an error may be unknown in both: then only the verdict can show it.
                if key[1] != key[2] or kind == VIOLATION or found.old.verdict != found.new.verdict:
                    yield found

    def _shortened(self, name: str, cone: Places) -> None:
        """Note if lists are tried with fewer records than a rule tells apart."""
        needed = [each for side in self.sides if name in side.readings for each in side.readings[name].most().items()]
        if any(self.domains.most(place, cone) < count for place, count in needed):
            self.not_analysed.append(NotAnalysed("rule", (name,), FEWER_RECORDS))

    def _kind(self, name: str, judges: list[Judge | None], outcomes: list[Outcome | None], sketch: Sketch) -> str:
        """What differs, if anything does."""
        one, other = (_seen(judge, outcome) for judge, outcome in zip(judges, outcomes, strict=True))
        if one != other:
            return OUTCOME
        if one != FAILS:
            return ""
        first, second = (side.violation(name, sketch) for side in self.sides)
        return VIOLATION if first != second else ""

    def _sentences(self, name: str) -> Iterator[Difference]:
        one, other = (side.sentences(side.subject.rules[name]) for side in self.sides)
        wanted = {form for form in {*one, *other} if one.get(form) != other.get(form)}
        judges = [side.judges[name] for side in self.sides]
        for sketch in self._states(union(judge.cone for judge in judges), ("rule", name)) if wanted else ():
            outcomes = [judge.outcome(sketch) for judge in judges]
            forms = {tuple(each.form) for each in outcomes if each.form is not None} & wanted
            if forms and all(each.name == FAILS for each in outcomes):
                wanted -= forms
                yield self._difference(SENTENCE, name, sketch, FAILS, FAILS)

    def _states(self, cone: Places, names: tuple[str, ...], *, most: int = 0) -> Iterator[dict[Any, Any]]:
        """Every state of a cone; with `most`, nothing is missing and no list has more records than that."""
        places = self.domains.variables(cone)
        choices = [self.domains.choices(place, cone, holes=not most) for place in places]
        if most:
            choices = [tuple(each for each in found if each.cost.records <= most) for found in choices]
        if prod(map(len, choices)) > self.domains.bound.states:
            self.not_analysed.append(NotAnalysed(names[0], names[1:], TOO_MANY_STATES))
        for _, values in islice(ascending(choices), self.domains.bound.states):
            yield dict(zip(places, values, strict=True))

    def _difference(self, kind: str, name: str, sketch: Sketch, before: str, after: str) -> Difference:
        asked = any(side.judges[name].asks for side in self.sides if name in side.judges) or kind == PLAN
        whole = self._search(name, asked=asked).completed(sketch).sketch
        answers = [side.answer(whole, asked=asked) for side in self.sides]
        return Difference(kind, name, before, after, self._example(whole, asked=asked), *answers)

    def _example(self, sketch: Sketch, *, asked: bool) -> Example:
        # The record is shown as the model knows it that has all fields; if neither has, as the new one does.
        side = next((side for side in (self.new, self.old) if side.knows(sketch)), self.new)
        drawn = side.drawing.drawn(sketch, asked=asked)
        return example_of(drawn, side.subject, dict(drawn.settings))

    def _search(self, name: str, *, asked: bool) -> Search:
        """Completes records so that on neither side another rule fails."""
        if (name, asked) not in self._searches:
            judges = [judge for side in self.sides for judge in side.judges.values()]
            others = [each for each in judges if each.rule.id != name and each.rule.severity in BOTHER]
            self._searches[name, asked] = Search(self.domains, [each for each in others if asked or not each.asks])
        return self._searches[name, asked]

    # ---- plans ----

    def _plans_may_differ(self) -> bool:
        one, other = (
            {name: side.remedy(each) for name, each in side.subject.ruleset.remedies.items()} for side in self.sides
        )
        return one != other or list(one) != list(other)

    def _plans(self) -> Iterator[Difference]:
        """Where the way out of a rule that fails is another one; each change of it once."""
        remedies = [(side, each) for side in self.sides for each in side.subject.ruleset.remedies.values()]
        reads = [{place for place in side.reads(each).places if place[0] != SETTINGS} for side, each in remedies]
        changed = union(side.touched(each) for side, each in remedies)
        told: set[tuple[Any, ...]] = set()
        for name in dict.fromkeys((*self.new.judges, *self.old.judges)):
            judges = [side.judges[name] for side in self.sides if name in side.judges]
            if not any(judge.rule.severity == "error" and judge.cone & changed for judge in judges):
                continue
            # Settings that a remedy reads stay as they are in force: what they change is read off the remedy itself.
            cone = union([*(judge.cone for judge in judges), *reads])
            failing = (
                sketch
                for sketch in self._states(cone, (PLAN, name), most=PLANNED)
                if any(judge.outcome(sketch).name == FAILS for judge in judges)
            )
            for number, sketch in enumerate(failing):
                if number >= PLANS:
                    self.not_analysed.append(NotAnalysed(PLAN, (name,), TOO_MANY_STATES))
                    break
                found = self._difference(PLAN, name, sketch, "", "")
                one, other = told_of(found.old.plan), told_of(found.new.plan)
                if found.old.errors != found.new.errors:
                    continue
                key = one[0], one[1], other[0], other[1]
                if one != other and key not in told:
                    told.add(key)
                    yield found


def _seen(judge: Judge | None, outcome: Outcome | None) -> str:
    """An outcome as far as the decision shows it: what is unknown of a warning does not count."""
    if judge is None or outcome is None:
        return PASSES
    if outcome.name == UNKNOWN:
        return UNKNOWN if judge.rule.severity == "error" else PASSES
    return FAILS if outcome.name == FAILS else PASSES


def told_of(plan: Plan) -> tuple[Any, ...]:
    """What makes a plan another one: its end, its remedies, what they change, and what is missing."""
    changes = tuple((change.pointer, tuple(change.values.items())) for step in plan.steps for change in step.changes)
    needs = tuple(need.pointer for need in plan.needs)
    return plan.status, tuple(step.remedy for step in plan.steps), changes, plan.cost, needs
