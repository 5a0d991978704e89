"""What `rules diff` prints: for each difference the smallest record, and what either ruleset says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from oppi18n.analysis.analyse import TODAY
from oppi18n.analysis.differences import ABSENT, OUTCOME, PLAN, SENTENCE, differences, told_of
from oppi18n.analysis.sources import Sourced, pairs, sourced
from oppi18n.cli import machine
from oppi18n.cli.analyses import gap_json, gap_sentence
from oppi18n.cli.report import Report
from oppi18n.cli.samples import flow, sample_lines
from oppi18n.cli.session import Session, safe, session
from oppi18n.engine.tracing import FAILS, NOT_APPLICABLE, PASSES, UNKNOWN
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.values import NOT_LOADED
from oppi18n.remedies import IMPOSSIBLE
from oppi18n.widths import wrap

if TYPE_CHECKING:
    from datetime import date

    from oppi18n.analysis.differences import Difference, Differences, ModelChange
    from oppi18n.analysis.sides import Answer
    from oppi18n.analysis.subject import Subject
    from oppi18n.engine.decision import Violation
    from oppi18n.remedies import Plan


class Alone(NamedTuple):
    """The rulesets that only one side has."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def diff_rules(old: str, new: str, today: date | None, format_: str) -> int:
    """Compare rulesets; 1 if they differ."""
    current = session()
    one, other = sourced(old), sourced(new)
    compared = [(one.subject(first), other.subject(second)) for first, second in pairs(one, other)]
    found = [differences(*each, today=today or TODAY) for each in compared]
    alone = _alone(one, other)
    reports = [DifferenceReport(each, (old, new), current) for each in found]
    if format_ == "json":
        head = {"locale": current.locale, "old": old, "new": new}
        only = {"only_old": list(alone.old), "only_new": list(alone.new)}
        results = [differences_json(each) for each in reports]
        current.out(machine.text_of(machine.envelope("rules-diff", head, **only, results=results)))
    else:
        current.out("\n\n".join("\n".join(each.lines()) for each in reports))
        for name in alone.old:
            current.out("\n" + current.say("The ruleset {name} is only in {path}.", name=name, path=safe(old)))
        for name in alone.new:
            current.out("\n" + current.say("The ruleset {name} is only in {path}.", name=name, path=safe(new)))
    return 0 if all(each.same for each in found) and not any(alone) else 1


def _alone(one: Sourced, other: Sourced) -> Alone:
    """What one of two folders or packs holds and the other does not; who names one ruleset asks about no other."""
    if not (one.every and other.every) or 1 == len(one.names) == len(other.names):
        return Alone((), ())
    old, new = set(one.names) - set(other.names), set(other.names) - set(one.names)
    return Alone(tuple(sorted(old)), tuple(sorted(new)))


class DifferenceReport:
    """Words the differences of two rulesets."""

    def __init__(self, found: Differences, titles: Sequence[str], current: Session) -> None:
        self.found = found
        self.session = current
        self.say = current.say
        self.sides = [
            SideReport(subject, safe(title), current)
            for subject, title in zip((found.old, found.new), titles, strict=True)
        ]

    def lines(self) -> Iterator[str]:
        """Everything about two rulesets."""
        names = dict.fromkeys(subject.ruleset.id for subject in (self.found.old, self.found.new))
        yield self.session.style(" → ".join(names), "strong")
        if self.found.same:
            yield from self._wrapped(self._same(), 2)
        for change in self.found.model:
            yield from self._wrapped(self._model_change(change), 2)
        for each in self.found.found:
            yield from ("", *self._difference(each))
        if self.found.not_analysed:
            yield from ("", *self._wrapped(self.say("Not tried to the end:"), 2))
        for gap in self.found.not_analysed:
            yield from self._wrapped("- " + gap_sentence(gap, self.session), 4)

    def _same(self) -> str:
        bound = self.found.bound
        return self.say(
            "No difference was found, with lists of up to {count} records and up to {limit} states of a rule.",
            count=bound.records,
            limit=bound.states,
        )

    def _model_change(self, change: ModelChange) -> str:
        if change.what == "removed":
            return self.say("{name} is only in the old model.", name=change.name)
        return self.say("{name} is only in the new model.", name=change.name)

    def _difference(self, each: Difference) -> Iterator[str]:
        yield from (self.session.style(line, "warning") for line in self._wrapped(self._title(each), 2))
        yield from sample_lines(each.example, self.session, indent=4, today=self.found.today)
        plans = told_of(each.old.plan) != told_of(each.new.plan)
        for side, answer in zip(self.sides, (each.old, each.new), strict=True):
            yield from side.lines(each.rule, answer, plan=plans or each.kind == PLAN)

    def _title(self, each: Difference) -> str:
        say, rule = self.say, each.rule
        if each.kind == OUTCOME:
            words = self._words()
            return f"{rule}: {words[each.before]} → {words[each.after]}"
        if each.kind == SENTENCE:
            return say("{rule} says it in other words:", rule=rule)
        if each.kind == PLAN:
            return say("Where {rule} fails, the way out is another one:", rule=rule)
        return say("{rule} fails in both, but not alike:", rule=rule)

    def _words(self) -> dict[str, str]:
        say = self.say
        return {
            FAILS: say("fails"),
            PASSES: say("passes"),
            UNKNOWN: say("unknown"),
            NOT_APPLICABLE: say("not applicable"),
            ABSENT: say("not there"),
        }

    def _wrapped(self, text: str, indent: int) -> Iterator[str]:
        for line in wrap(text, self.session.width - indent):
            yield " " * indent + line


class SideReport:
    """Words what one of the rulesets says of a record."""

    def __init__(self, subject: Subject, title: str, current: Session) -> None:
        self.subject = subject
        self.title = title
        self.session = current
        self.say = current.say
        self.localizer = Localizer(current.locale, packs=subject.packs) if subject.packs else current.localizer

    def lines(self, rule: str, answer: Answer, *, plan: bool) -> Iterator[str]:
        """The verdict, the sentence of the rule in question, and the way out."""
        report = Report(self.subject.whole(), self.session)
        yield f"    {self.title}:"
        texts = [report.verdict(answer.decision)]
        violation = answer.violations.get(rule)
        if violation is not None:
            texts.append(self._sentence(violation))
        if plan:
            texts += self._plan(answer.plan)
        for text in texts:
            yield from (" " * 6 + line for line in wrap(text, self.session.width - 6))

    def _sentence(self, violation: Violation) -> str:
        say = self.say
        tag = {"error": say("Error"), "warning": say("Warning"), "info": say("Note")}[violation.severity]
        text = self.localizer.violation(violation)
        return f"{tag}  {text.text if text.locale == self.session.locale else f'[{text.locale}] {text.text}'}"

    def _plan(self, plan: Plan) -> Iterator[str]:
        known = self.subject.whole().remedies
        if plan.status == IMPOSSIBLE:
            yield self.say("No remedy helps.")
            return
        for step in plan.steps:
            label = self.localizer.remedy(known[step.remedy]).text
            yield self.say("What would help: {remedy}", remedy=label)
            for change in step.changes:
                values = {
                    name: machine.scalar(value) for name, value in change.values.items() if value is not NOT_LOADED
                }
                yield safe(f"  {change.pointer} {flow(values)}")
        if plan.steps:
            yield self.say("Cost: {count}", count=plan.cost)
        if plan.needs:
            yield self.say("What is missing or has to be chosen: {names}", names=[need.pointer for need in plan.needs])


# ---- for machines ----


def differences_json(report: DifferenceReport) -> dict[str, Any]:
    """The differences of two rulesets as JSON data."""
    found = report.found
    sides = ({"ruleset": each.ruleset.id, "digest": each.digest} for each in (found.old, found.new))
    return {
        **dict(zip(("old", "new"), sides, strict=True)),
        "today": found.today.isoformat(),
        "bound": found.bound._asdict(),
        "same": found.same,
        "differences": [_difference(each, report.sides) for each in found.found],
        "model": [each._asdict() for each in found.model],
        "not_analysed": [gap_json(each) for each in found.not_analysed],
    }


def _difference(each: Difference, sides: Sequence[SideReport]) -> dict[str, Any]:
    old, new = (_answer(answer, side) for answer, side in zip((each.old, each.new), sides, strict=True))
    return {
        "kind": each.kind,
        "rule": each.rule,
        "before": each.before or None,
        "after": each.after or None,
        "record": each.example.written(),
        "old": old,
        "new": new,
    }


def _answer(answer: Answer, side: SideReport) -> dict[str, Any]:
    decision, plan = answer.decision, answer.plan
    return {
        "verdict": decision.verdict,
        "violations": [machine.violation(each, decision, side.localizer) for each in decision.violations],
        "unknown": [{"rule": each.rule, "error": each.error} for each in decision.unknown],
        "plan": {
            "status": plan.status,
            "remedies": [step.remedy for step in plan.steps],
            "cost": plan.cost,
            "needs": [need.pointer for need in plan.needs],
        },
    }
