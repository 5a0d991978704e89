"""Cases are run: what they expect is held against what the rules say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.decision import Decision, Money, RecordValue, Violation
from oppi18n.engine.loading import load_rules
from oppi18n.engine.rules import Rules
from oppi18n.errors import InputError
from oppi18n.i18n.localizer import Localizer
from oppi18n.packs import OURS, Pack
from oppi18n.proofs.cases import Case, Shown
from oppi18n.proofs.library import case_contents, library, rule_contents
from oppi18n.widths import display_width

NOTHING: Final = "-"
"""What a diff shows for an empty list and for a value that is not there."""


class Difference(NamedTuple):
    """Something that came out otherwise than expected; `what` names it (`verdict`, `params.count`, `message.ko`)."""

    what: str
    expected: str
    found: str


class Result(NamedTuple):
    """A case, the decision about it, and how the two differ."""

    case: Case
    decision: Decision
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences

    def diff(self, expected: str = "expected", found: str = "found") -> str:
        """The differences, the found text under the expected one, and a caret where the two part.

        `expected` and `found` are the words in front of them, for readers of another language.
        """
        return "\n".join(line for each in self.differences for line in _lines(each, expected, found))


def run(
    ruleset: str = "close-opportunity", packs: Iterable[str | Pack] = (), filter: str | None = None
) -> Iterator[Result]:
    """The results of the cases of a ruleset, in the order of their files.

    Without packs our own cases are run. With packs, which are laid over ours, only theirs are: an overlay exists to
    make ours come out otherwise (name `oppi18n` among the packs to see where it does). `filter` is the id of a rule,
    or a part of the names of cases.

    Raises `AuthoringError` if rules or cases are wrong, `InputError` for an unknown ruleset or pack.

    >>> all(result.passed for result in run("close-quotes", filter="reason-fits"))
    True
    """
    named = [each if isinstance(each, Pack) else packing.named(each) for each in packs]
    layers = [each for each in named if each.name != OURS]
    cases = cases_of(ruleset, layers, tellers=named or [packing.shipped()])
    return judged([case for case in cases if _wanted(case, filter)], Programs(ruleset, layers), Speakers(layers))


def cases_of(ruleset: str, layers: Sequence[Pack], tellers: Iterable[Pack]) -> tuple[Case, ...]:
    """The cases that `tellers` bring for a ruleset that `layers` are laid over."""
    found = library(rule_contents([packing.shipped(), *layers]), case_contents(tellers))
    found.check_names()
    if ruleset not in found.space.names:
        raise InputError("unknown-ruleset", name=ruleset, known=", ".join(sorted(found.space.names)))
    understood = found.ruleset(ruleset)
    cases = found.cases(ruleset, understood) if understood else ()
    if found.space.diagnostics.failed:
        raise AuthoringError(found.space.diagnostics, found.space.texts)
    return cases


def _wanted(case: Case, wanted: str | None) -> bool:
    return wanted is None or wanted == case.rule or wanted.casefold() in case.name.casefold()


class Programs:
    """The ruleset under the settings of each case, compiled once for each."""

    def __init__(self, ruleset: str, layers: Sequence[Pack]) -> None:
        self.ruleset = ruleset
        self.layers = layers
        self._known: dict[str, Rules] = {}

    def of(self, case: Case) -> Rules:
        """The program that judges a case."""
        key = repr(sorted(case.settings.items()))
        if key not in self._known:
            self._known[key] = load_rules(self.ruleset, packs=self.layers, settings=case.settings)
        return self._known[key]


class Speakers:
    """The localizers of some packs, each made once."""

    def __init__(self, layers: Sequence[Pack]) -> None:
        self.layers = layers
        self._known: dict[str, Localizer] = {}

    def of(self, locale: str) -> Localizer:
        """The localizer of a locale."""
        if locale not in self._known:
            self._known[locale] = Localizer(locale, packs=self.layers)
        return self._known[locale]


def judged(cases: Iterable[Case], programs: Programs, speakers: Speakers) -> Iterator[Result]:
    """Each case with the decision about it."""
    for case in cases:
        rules = programs.of(case)
        decision = rules.evaluate(case.facts, request=case.request, today=case.today, deployment=case.deployment)
        yield Result(case, decision, tuple(_differences(case, decision, speakers)))


def outcome(decision: Decision, rule: str) -> str:
    """What a rule did: fails, passes, unknown or pending."""
    if any(each.rule == rule for each in decision.violations):
        return "fails"
    if any(each.rule == rule for each in decision.unknown):
        return "unknown"
    return "pending" if rule in decision.pending else "passes"


def _differences(case: Case, decision: Decision, speakers: Speakers) -> Iterator[Difference]:
    expected = case.expected
    if case.rule:
        yield from _compared(case.rule, case.shows, outcome(decision, case.rule))
    yield from _compared("verdict", expected.verdict, decision.verdict)
    yield from _sets("violations", expected.violations, (each.rule for each in decision.violations))
    yield from _sets("unknown", expected.unknown, (each.rule for each in decision.unknown))
    yield from _sets("pending", expected.pending, decision.pending)
    yield from _sets("needs", expected.needs, (each.pointer for each in decision.needs))
    for violation in decision.violations:
        if violation.rule == case.rule:
            yield from _told(case, violation, speakers)


def _told(case: Case, violation: Violation, speakers: Speakers) -> Iterator[Difference]:
    expected = case.expected
    if expected.pointers is not None:
        yield from _compared("pointers", _joined(expected.pointers), _joined(violation.pointers))
    found = violation.params if expected.params else {}
    for name, value in expected.params.items():
        yield from _compared(f"params.{name}", _written(value), _written(shown(found[name])))
    for locale, sentence in expected.message.items():
        yield from _compared(f"message.{locale}", sentence, speakers.of(locale).message(violation))


def _compared(what: str, expected: str | None, found: str) -> Iterator[Difference]:
    if expected is not None and expected != found:
        yield Difference(what, expected, found)


def _sets(what: str, expected: frozenset[str] | None, found: Iterable[str]) -> Iterator[Difference]:
    if expected is not None:
        yield from _compared(what, _joined(sorted(expected)), _joined(sorted(found)))


def _joined(items: Iterable[str]) -> str:
    return ", ".join(items) or NOTHING


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


def _written(value: Shown) -> str:
    return NOTHING if value is None else value if isinstance(value, str) else _joined(value)


def _lines(difference: Difference, expected: str, found: str) -> Iterator[str]:
    width = max(display_width(expected), display_width(found))
    yield difference.what
    for word, text in ((expected, difference.expected), (found, difference.found)):
        yield f"  {word}{' ' * (width - display_width(word))}  {text}"
    yield " " * (width + 4 + display_width(_common(difference.expected, difference.found))) + "^"


def _common(one: str, other: str) -> str:
    """The beginning that two texts share."""
    length = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    return one[: min(len(one), len(other)) if length is None else length]
