"""A decision and a plan are held against what a case expects of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from oppi18n.engine.decision import Decision, Money, RecordValue, Violation
from oppi18n.i18n.localizer import Localizer
from oppi18n.proofs.cases import Case
from oppi18n.proofs.differences import Difference
from oppi18n.proofs.expectations import Expected, ExpectedPlan, Shown
from oppi18n.remedies import Plan


def differences(
    case: Case, decision: Decision, plan: Plan | None, speaker: Callable[[str], Localizer]
) -> Iterator[Difference]:
    """What came out otherwise than expected, in the order of the decision's parts.

    `plan` is needed where the case expects one; `speaker` gives the localizer of a locale.
    """
    held = _Held(case)
    expected = case.expected
    if case.rule:
        yield from held.text("shows", case.shows, outcome(decision, case.rule))
    yield from held.text("verdict", expected.verdict, decision.verdict)
    yield from held.names("violations", expected.violations, (each.rule for each in decision.violations))
    yield from held.names("unknown", expected.unknown, (each.rule for each in decision.unknown))
    yield from held.names("pending", expected.pending, decision.pending)
    yield from held.names("needs", expected.needs, (each.pointer for each in decision.needs))
    for violation in decision.violations:
        if violation.rule == case.rule:
            yield from held.failure(violation, speaker)
    if expected.plan is not None and plan is not None:
        yield from held.plan(expected.plan, plan)


def outcome(decision: Decision, rule: str) -> str:
    """What a rule did: fails, passes, unknown or pending."""
    if any(each.rule == rule for each in decision.violations):
        return "fails"
    if any(each.rule == rule for each in decision.unknown):
        return "unknown"
    return "pending" if rule in decision.pending else "passes"


class _Held:
    """Holds what was found against one case; each difference gets the place where the case says otherwise."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.expected: Expected = case.expected

    def text(self, what: str, expected: Shown, found: Shown) -> Iterator[Difference]:
        """One value; None is not asserted."""
        if expected is not None:
            yield from self.value(what, expected, found)

    def value(self, what: str, expected: Shown, found: Shown) -> Iterator[Difference]:
        """One value, of which nothing can be expected as well."""
        if expected != found:
            yield Difference(what, expected, found, self.expected.places.get(what, self.case.span))

    def names(self, what: str, exact: frozenset[str] | None, found: Iterable[str]) -> Iterator[Difference]:
        """Names in no order: all there may be, some that must be among them, some that must not."""
        present = tuple(sorted(found))
        includes, excludes = self.expected.includes.get(what), self.expected.excludes.get(what)
        if exact is not None and exact != set(present):
            yield self._names(what, exact, present, exact.difference(present), set(present) - exact)
        if includes is not None and not includes <= set(present):
            yield self._names(f"{what}.includes", includes, present, includes.difference(present), ())
        if excludes is not None and excludes & set(present):
            yield self._names(f"{what}.excludes", excludes, present, (), excludes.intersection(present))

    def _names(
        self,
        what: str,
        expected: Iterable[str],
        found: tuple[str, ...],
        missing: Iterable[str],
        unwanted: Iterable[str],
    ) -> Difference:
        place = self.expected.places[what]
        return Difference(what, tuple(sorted(expected)), found, place, tuple(sorted(missing)), tuple(sorted(unwanted)))

    def ordered(self, what: str, expected: tuple[str, ...] | None, found: tuple[str, ...]) -> Iterator[Difference]:
        """Names whose order counts."""
        if expected is not None and expected != found:
            missing, unwanted = set(expected) - set(found), set(found) - set(expected)
            yield self._names(what, (), found, missing, unwanted)._replace(expected=expected)

    def failure(self, violation: Violation, speaker: Callable[[str], Localizer]) -> Iterator[Difference]:
        """What the violation of the case's rule says."""
        expected = self.expected
        yield from self.ordered("pointers", expected.pointers, violation.pointers)
        found = violation.params if expected.params else {}
        for name, value in expected.params.items():
            yield from self.value(f"params.{name}", value, shown(found[name]))
        for locale, sentence in expected.message.items():
            said = speaker(locale).violation(violation)
            if said.text != sentence:
                # A sentence that nobody has translated comes out in another language, and the diff says so.
                told = said.text if said.locale == locale else f"[{said.locale}] {said.text}"
                yield from self.value(f"message.{locale}", sentence, told)

    def plan(self, expected: ExpectedPlan, plan: Plan) -> Iterator[Difference]:
        """What the cheapest plan is."""
        yield from self.text("plan.status", expected.status, plan.status)
        yield from self.ordered("plan.remedies", expected.remedies, tuple(step.remedy for step in plan.steps))
        cost = None if expected.cost is None else str(expected.cost)
        yield from self.text("plan.cost", cost, str(plan.cost))
        yield from self.names("plan.needs", expected.needs, (each.pointer for each in plan.needs))


def shown(value: Any) -> Shown:
    """A param as cases write it: records by number, else id; amounts with their currency; dates as YYYY-MM-DD.

    >>> shown(Money(Decimal("-0.01"), "JPY"))
    '-0.01 JPY'
    """
    if value is None:
        return None
    if isinstance(value, tuple) and not isinstance(value, (Money, RecordValue)):
        return tuple(str(shown(each)) for each in value)
    return _SHOWN.get(type(value), str)(value)


_SHOWN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: str(value).lower(),
    Decimal: lambda value: format(value, "f"),
    Money: lambda value: format(value.amount, "f") + (f" {value.currency}" if value.currency else ""),
    RecordValue: lambda value: str(value.key),
    date: date.isoformat,
}
