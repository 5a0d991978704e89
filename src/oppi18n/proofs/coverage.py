"""How much of a ruleset its cases show: what each rule can do, and both sides of every branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from oppi18n.diagnostics import Span
from oppi18n.engine.decision import CLOSABLE
from oppi18n.proofs.branches import ANSWERS, OUTCOMES, Branch, branches, can_be_unknown
from oppi18n.proofs.cases import Case
from oppi18n.proofs.probes import Probes
from oppi18n.proofs.runner import Programs, Result
from oppi18n.proofs.suites import Suite
from oppi18n.rules.ruleset import Rule
from oppi18n.rules.settings import given

RULE: Final = "rule"


class Item(NamedTuple):
    """Something that cases should show from all sides: a rule, or a branch of its conditions.

    `part` is `rule` for a rule as a whole, else the key that the branch stands under (`when`, `assert`, `forbid`,
    `let`) as `text`. `can` are the sides that it has, `shown` those that some case shows.
    """

    owner: str
    part: str
    text: str
    span: Span
    can: tuple[str, ...]
    shown: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The sides that no case shows."""
        return tuple(side for side in self.can if side not in self.shown)

    @property
    def impossible(self) -> tuple[str, ...]:
        """The sides that were proved not to exist, without any record."""
        every = OUTCOMES if self.part == RULE else ANSWERS
        return tuple(side for side in every if side not in self.can)


class Coverage(NamedTuple):
    """What the cases of a ruleset show."""

    ruleset: str
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """The sides there are."""
        return sum(len(item.can) for item in self.items)

    @property
    def covered(self) -> int:
        """The sides that some case shows."""
        return self.total - sum(len(item.missing) for item in self.items)


def percent(found: Iterable[Coverage]) -> Decimal:
    """How much is covered, to a tenth, rounded down: 100 is everything and nothing less.

    >>> percent([]), percent([Coverage("r", (Item("a", RULE, "", Span("f", 1, 1, 1, 2), OUTCOMES, frozenset({"fails"})),))])
    (Decimal('100'), Decimal('33.3'))
    """
    every = list(found)
    total = sum(each.total for each in every)
    return Decimal(sum(each.covered for each in every) * 1000 // total) / 10 if total else Decimal(100)


def coverage(suite: Suite, results: Sequence[Result], programs: Programs) -> Coverage:
    """What the results of a suite's cases show; `programs` are those that judged them.

    A rule's outcome is shown where a case that passed says so: what merely happened, nobody may have meant. A branch
    is shown by every case in which it was asked; what stands behind an operand that decides was not, and neither was
    the condition of a rule that does not apply.
    """
    said = {side for result in results if result.passed for side in _said(result, suite)}
    found = branches(suite.ruleset, suite.model)
    answers = _answers(suite, found, [result.case for result in results], programs)
    rules = (_rule(rule, suite, said) for rule in suite.ruleset.rules)
    asked = (
        Item(branch.owner, branch.part, branch.text, branch.span, branch.can, frozenset(shown))
        for branch, shown in zip(found, answers, strict=True)
    )
    return Coverage(suite.ruleset.id, (*rules, *asked))


def _rule(rule: Rule, suite: Suite, said: set[tuple[str, str]]) -> Item:
    can = OUTCOMES if can_be_unknown(rule, suite.ruleset, suite.model) else OUTCOMES[:2]
    shown = frozenset(outcome for outcome in OUTCOMES if (rule.id, outcome) in said)
    return Item(rule.id, RULE, "", rule.span, can, shown)


def _answers(suite: Suite, found: Sequence[Branch], cases: Iterable[Case], programs: Programs) -> tuple[set[str], ...]:
    probes = Probes(suite.ruleset, found)
    for case in cases:
        probes.watch(case, programs.of(case), given(suite.ruleset.settings, case.settings, suite.model))
    return probes.notes.answers


def _said(result: Result, suite: Suite) -> Iterator[tuple[str, str]]:
    """The rules and outcomes that a case vouches for."""
    case, expected = result.case, result.case.expected
    if case.rule:
        yield case.rule, case.shows
    for key, outcome, names in (("violations", "fails", expected.violations), ("unknown", "unknown", expected.unknown)):
        yield from ((name, outcome) for name in {*(names or ()), *expected.includes.get(key, ())})
    yield from ((name, "passes") for name in _passing(result, suite))


def _passing(result: Result, suite: Suite) -> Iterator[str]:
    """The rules that must pass for the case to come out as expected: nothing else is left for them."""
    expected, decision = result.case.expected, result.decision
    everything = expected.violations is not None and expected.unknown is not None
    others = {*(expected.violations or ()), *(expected.unknown or ()), *decision.pending}
    for rule in suite.ruleset.rules:
        closable = expected.verdict == CLOSABLE and rule.severity == "error"
        if (everything or closable) and rule.id not in others and _in_force(rule, result.case):
            yield rule.id


def _in_force(rule: Rule, case: Case) -> bool:
    first, last = rule.effective
    if (first and case.today < first) or (last and case.today > last):
        return False
    return case.deployment is None or not rule.applies_to or case.deployment in rule.applies_to
