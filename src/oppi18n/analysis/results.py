"""What analysis has found, as values that stand still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from oppi18n.analysis.choices import Bound, Cost, Listed
from oppi18n.analysis.judges import Form
from oppi18n.engine.tracing import FAILS, NOT_APPLICABLE, PASSES, UNKNOWN
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.rules.outcomes import escape

NO_HELP, BREAKS = "no-help", "breaks"
TOO_MANY_STATES, FEWER_RECORDS = "too-many-states", "fewer-records"
SEARCH_ENDED, UNDECIDED = "search-ended", "undecided"


@dataclass(frozen=True, slots=True)
class Example:
    """A record, and all else that the engine must be asked with to come to the same answer."""

    facts: Mapping[str, Any]
    request: Mapping[str, Any] | None
    today: date
    settings: Mapping[str, Any]
    """Settings that differ from those in force."""
    deployment: str | None = None
    asked: str = "close"
    """What the model calls the request."""

    @property
    def records(self) -> dict[str, Any]:
        """The facts, the request among them if there is one."""
        return {**self.facts, **({} if self.request is None else {self.asked: self.request})}

    @property
    def without(self) -> tuple[str, ...]:
        """JSON Pointers to what was not loaded."""
        return tuple(pointer for pointer, value in self._values() if value is NOT_LOADED)

    @property
    def partial(self) -> tuple[str, ...]:
        """JSON Pointers to lists of which only a part was loaded."""
        return tuple(pointer for pointer, value in self._values() if isinstance(value, PartialList))

    def _values(self) -> Iterator[tuple[str, Any]]:
        return _walked("", self.records)

    def written(self) -> dict[str, Any]:
        """The example as JSON data, in the words of a case."""
        found: dict[str, Any] = {name: _plain(record) for name, record in self.records.items()}
        more: dict[str, Any] = {
            "today": self.today.isoformat(),
            "settings": _plain(self.settings),
            "deployment": self.deployment,
            "without": list(self.without),
            "partial": list(self.partial),
        }
        return {**found, **{name: value for name, value in more.items() if value}}


def _walked(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield pointer, value
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walked(f"{pointer}/{escape(name)}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walked(f"{pointer}/{number}", inner)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items() if each is not NOT_LOADED}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest record on which a rule fails in one of the forms of its message.

    `others` are the errors and warnings that fail on it as well: none, unless no record was found on which the rule
    fails alone. `unknown` are the rules that it leaves undecided.
    """

    rule: str
    form: Form
    example: Example
    others: tuple[str, ...]
    unknown: tuple[str, ...]
    size: Cost

    @property
    def alone(self) -> bool:
        """Whether no other error and no other warning fails."""
        return not self.others


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What one rule can do.

    `outcomes` maps fails, passes, unknown and not-applicable to the smallest example of each that there is.
    """

    id: str
    severity: str
    outcomes: Mapping[str, Example]
    smallest: tuple[Smallest, ...]
    unsaid: tuple[Form, ...]
    """Forms of the message that no record within the bound brings about."""
    states: int
    whole: bool
    """Whether all states within the bound were tried."""

    @property
    def can_fail(self) -> bool:
        """Whether it fails on any record."""
        return FAILS in self.outcomes

    @property
    def can_pass(self) -> bool:
        """Whether it applies and passes on any record."""
        return PASSES in self.outcomes

    @property
    def can_be_unknown(self) -> bool:
        """Whether missing data, or an error, leaves it undecided on any record."""
        return UNKNOWN in self.outcomes

    @property
    def can_be_not_applicable(self) -> bool:
        """Whether there is a record that it is not about."""
        return NOT_APPLICABLE in self.outcomes

    @property
    def dead(self) -> bool:
        """Whether it never fails."""
        return self.whole and not self.can_fail

    @property
    def always(self) -> bool:
        """Whether it fails wherever it applies and is decided."""
        return self.whole and self.can_fail and not self.can_pass


class Implication(NamedTuple):
    """Wherever `rule` fails, `other` fails as well."""

    rule: str
    other: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A remedy that is at odds with a rule.

    `kind` is no-help (the rule offers it, but fails as before wherever it is applied) or breaks (applied where the
    rule fails, it makes `breaks`, another error, fail).
    """

    kind: str
    rule: str
    remedy: str
    breaks: str
    example: Example


@dataclass(frozen=True, slots=True)
class Stuck:
    """Values on record with which the rules never agree, whatever is asked for and whatever is remedied.

    `fields` are one JSON Pointer or two, `values` the combinations of their values; the records of a list are told by
    what rules read of them. `rules` cannot all pass on such a record, and if one of them were not, the others could.
    """

    fields: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    rules: tuple[str, ...]
    example: Example

    def written(self) -> list[list[Any]]:
        """The values as JSON data."""
        return [[_told(value) for value in values] for values in self.values]


def _told(value: Any) -> Any:
    return (
        [{name: _told(each) for name, each in item} for item in value.items]
        if isinstance(value, Listed)
        else _plain(value)
    )


class NotAnalysed(NamedTuple):
    """Something that was not tried to the end: what kind of finding, of which rules or remedies, and why."""

    what: str
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was found out about one ruleset."""

    ruleset: str
    digest: str
    today: date
    rules: Mapping[str, RuleReport]
    implications: tuple[Implication, ...]
    conflicts: tuple[Conflict, ...]
    stuck: tuple[Stuck, ...]
    bound: Bound
    not_analysed: tuple[NotAnalysed, ...]

    @property
    def dead(self) -> tuple[str, ...]:
        """The rules that never fail within the bound."""
        return tuple(each.id for each in self.rules.values() if each.dead)

    @property
    def always(self) -> tuple[str, ...]:
        """The rules that fail wherever they apply."""
        return tuple(each.id for each in self.rules.values() if each.always)

    @property
    def clean(self) -> bool:
        """Whether no rule is dead, none always fails and no remedy is at odds with a rule."""
        return not (self.dead or self.always or self.conflicts)

    def implied_by(self, rule: str) -> tuple[str, ...]:
        """The rules that fail wherever this one does."""
        return tuple(each.other for each in self.implications if each.rule == rule)

    def smallest(self, rule: str, form: str = "", *, partial: bool = False) -> Smallest | None:
        """The smallest record on which a rule fails, said in a form of its message; the smallest of all without one.

        None if the rule never fails so within the bound.
        """
        found = (each for each in self.rules[rule].smallest if not form or each.form == (form, partial))
        return min(found, key=lambda each: (len(each.others), each.size), default=None)
