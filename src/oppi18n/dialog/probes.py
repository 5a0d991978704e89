"""Which fields must be filled in, and which values may be chosen, is found by asking the rules.

Nothing of it is declared a second time: a rule of a pack changes the dialog without a word about the dialog.
Each probe is a small close request; what counts is whether an error of the answer points at the field in question.
What depends on data that nobody has stays unknown, and so forbids nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.model.values import NOT_LOADED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Field, Model

OUTCOME: Final = "outcome"
"""The field of the request that all others may depend on."""


def blank(model: Model) -> dict[str, Any]:
    """An opportunity of which nothing is known."""
    return {model.root: dict.fromkeys(model.records[model.root].fields, NOT_LOADED)}


class Probes:
    """Asks one ruleset about the fields of its request.

    `record` has the facts in the model's shape; None asks what holds for every opportunity.

    >>> from oppi18n.engine.loading import load_rules
    >>> probes = Probes(load_rules(), today=date(2026, 3, 31))
    >>> probes.fits("status_reason", "canceled", "won"), probes.fits("status_reason", "canceled", "lost")
    (False, True)
    """

    def __init__(
        self, rules: Rules, *, today: date, deployment: str | None = None, record: Mapping[str, Any] | None = None
    ) -> None:
        self.rules = rules
        self.today = today
        self.deployment = deployment
        self._blank = blank(rules.model)
        self._record = record if record is not None else self._blank

    def required(self, outcome: str | None) -> frozenset[str]:
        """The fields that must not be left empty with an outcome."""
        return self._faulty({} if outcome is None else {OUTCOME: outcome}, self._record)

    def fits(self, name: str, value: Any, outcome: str) -> bool:
        """Whether a field may have a value with an outcome."""
        return name not in self._faulty({OUTCOME: outcome, name: value}, self._record)

    def relevant(self, field: Field, outcome: str) -> bool:
        """Whether a field may be given at all with an outcome, whatever the opportunity is."""
        requests = ({OUTCOME: outcome, field.name: value} for value in self._samples(field))
        return any(field.name not in self._faulty(each, self._blank) for each in requests)

    def max_length(self, field: Field, outcome: str) -> int:
        """The most characters that a text field may have: the model's bound, or less if a rule says so."""
        if self.fits(field.name, "x" * field.max_length, outcome):
            return field.max_length
        good, bad = 0, field.max_length
        while bad - good > 1:
            middle = (good + bad) // 2
            if self.fits(field.name, "x" * middle, outcome):
                good = middle
            else:
                bad = middle
        return good

    def _samples(self, field: Field) -> tuple[Any, ...]:
        if field.type == "enumeration":
            return tuple(self.rules.model.enumerations[field.of].values)
        # Few of a kind, but far apart: a field is out of place only if none of them will do.
        if field.type == "decimal":
            return Decimal(1), Decimal(0), Decimal(-1)
        if field.type in ("date", "timestamp"):
            return self.today, date.min, date.max
        return {"int": (1, 0, -1), "bool": (True, False), "currency": ("XXX",)}.get(field.type, ("x",))

    def _faulty(self, request: Mapping[str, Any], record: Mapping[str, Any]) -> frozenset[str]:
        """The fields of the request that errors point at."""
        model = self.rules.model
        facts = {model.root: record[model.root]}
        found = self.rules.evaluate(facts, request=dict(request), today=self.today, deployment=self.deployment)
        start = f"/{model.request}/"
        pointers = (pointer for each in found.errors for pointer in each.pointers)
        return frozenset(each.removeprefix(start) for each in pointers if each.startswith(start))
