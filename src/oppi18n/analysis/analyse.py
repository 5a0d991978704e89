"""Everything that can be said of a ruleset from its abstract states, each put to the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from oppi18n.analysis.choices import Bound
from oppi18n.analysis.conflicts import Conflicts
from oppi18n.analysis.implications import Implications
from oppi18n.analysis.inquiry import Inquiry
from oppi18n.analysis.results import Analysis, Example, NotAnalysed, RuleReport, Smallest
from oppi18n.analysis.smallest import Smallests
from oppi18n.analysis.stuck import StuckStates
from oppi18n.analysis.subject import Subject, understood
from oppi18n.engine.decision import Decision
from oppi18n.packs import Pack

TODAY: Final = date(2026, 3, 31)
"""The day that is taken for today unless another is given: an analysis does not change overnight."""


def analyse(
    rules: Subject | str = "close-opportunity",
    *,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
    bound: Bound | None = None,
    today: date = TODAY,
) -> Analysis:
    """What each rule can do, how rules and remedies hang together, and the smallest record on which each rule fails.

    `rules` are a ruleset's name, with `packs` laid over it, or a `Subject`. Settings that are given are held; the
    others are tried with every value that makes a difference. "Never" means: not within the bound, which the answer
    states.

    >>> analysis = analyse("close-quotes")
    >>> analysis.dead, analysis.smallest("something-to-close").example.facts["opportunity"]["quotes"]
    ((), [])
    """
    subject = understood(rules, packs=packs, settings=settings) if isinstance(rules, str) else rules
    inquiry = Inquiry(subject, bound=bound or Bound(), today=today)
    compared = Implications(inquiry)
    found = {rule: Smallests(inquiry, rule, compared.implying(rule)) for rule in inquiry.judges}
    conflicts = Conflicts(inquiry)
    stuck = StuckStates(inquiry, conflicts)
    gaps = [gap for rule in inquiry.judges for gap in inquiry.shortened(rule)]
    gaps += (gap for each in found.values() for gap in each.not_analysed)
    gaps += (*compared.not_analysed, *conflicts.not_analysed, *stuck.not_analysed)
    return Analysis(
        ruleset=subject.ruleset.id,
        digest=subject.digest,
        today=today,
        rules={rule: _report(inquiry, rule, each) for rule, each in found.items()},
        implications=compared.found,
        conflicts=conflicts.found,
        stuck=stuck.found,
        bound=inquiry.domains.bound._replace(records=inquiry.domains.records),
        not_analysed=tuple(dict.fromkeys(gaps)),
    )


def smallest(subject: Subject, rule: str, *, bound: Bound | None = None, today: date = TODAY) -> tuple[Smallest, ...]:
    """The smallest record for each form of one rule alone: a part of `analyse` that takes a part of its time."""
    return Smallests(Inquiry(subject, bound=bound or Bound(), today=today), rule).found


def decided(subject: Subject, example: Example) -> Decision:
    """What the whole ruleset says of an example."""
    rules = subject.whole(tuple(sorted(example.settings.items())))
    return rules.evaluate(example.records, today=example.today, deployment=example.deployment)


def _report(inquiry: Inquiry, rule: str, found: Smallests) -> RuleReport:
    table = inquiry.table(rule)
    said = {each.form for each in found.found}
    gaps: list[NotAnalysed] = list(inquiry.shortened(rule))
    return RuleReport(
        id=rule,
        severity=inquiry.judges[rule].rule.severity,
        outcomes=dict(_outcomes(inquiry, rule)),
        smallest=found.found,
        unsaid=tuple(form for form in found.forms if form not in said),
        states=len(table.states),
        whole=not gaps,
    )


def _outcomes(inquiry: Inquiry, rule: str) -> Iterator[tuple[str, Example]]:
    """Each outcome that a rule has, with the smallest example."""
    table, told = inquiry.table(rule), set[str]()
    for state in table.states:
        if state.outcome.name not in told:
            told.add(state.outcome.name)
            yield state.outcome.name, inquiry.example(table.sketch(state), asked=inquiry.judges[rule].asks)
