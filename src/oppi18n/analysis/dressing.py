"""A smallest record with the fields that make it look like a real one, as long as the rules say the same of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from oppi18n.analysis.results import Example
from oppi18n.engine.decision import Decision
from oppi18n.engine.rules import Rules
from oppi18n.model.schema import Field, Model

Fill = Callable[[str, Field, int], object]
"""(record type, field, number of the record) → a value for the field, or None to leave it as it is."""


def dressed(example: Example, rules: Rules, fill: Fill) -> Example:
    """The example with values filled in that it does not have.

    A field is filled in, on all records of its type, only if the same rules fail and the same are unknown; required
    fields may get another value, too. `rules` are those under the settings of the example.

    >>> from oppi18n.analysis.analyse import smallest
    >>> from oppi18n.analysis.subject import understood
    >>> subject = understood("close-quotes")
    >>> found = smallest(subject, "to-be-closed")[0].example
    >>> names = {"number": "QUO-1", "state": "won"}
    >>> dressed(found, subject.whole(), lambda record, field, number: names.get(field.name)).facts["opportunity"]["quotes"]
    [{'id': 'q1', 'number': 'QUO-1', 'state': 'draft'}]
    """
    before = _judged(example, rules)
    for record in rules.model.records.values():
        for field in record.fields.values():
            tried = _Tailor(rules.model, record.name, field, fill).dressed(example)
            if tried != example and _judged(tried, rules) == before:
                example = tried
    return example


def _judged(example: Example, rules: Rules) -> tuple[Any, ...]:
    decision: Decision = rules.evaluate(example.records, today=example.today, deployment=example.deployment)
    told = tuple((each.rule, each.partial, len(each.pointers)) for each in decision.violations)
    return decision.verdict, told, tuple(each.rule for each in decision.unknown)


class _Tailor(NamedTuple):
    """Fills in one field of one type of records."""

    model: Model
    record: str
    field: Field
    fill: Fill

    def dressed(self, example: Example) -> Example:
        facts = {name: self.filled(each, name) for name, each in example.facts.items()}
        asked = None if example.request is None else self.filled(example.request, self.model.request)
        return replace(example, facts=facts, request=asked)

    def filled(self, values: Mapping[str, Any], kind: str, number: int = 1) -> dict[str, Any]:
        """A record, and those in it; fields stand in the order of the model."""
        found = {name: self.below(each, kind, name) for name, each in values.items()}
        if kind == self.record and (self.field.name not in found or self.field.required):
            value = None if self.field.type == "list" else self.fill(kind, self.field, number)
            if value is not None:
                found[self.field.name] = value
        return {name: found[name] for name in self.model.records[kind].fields if name in found}

    def below(self, value: Any, kind: str, name: str) -> Any:
        if not isinstance(value, list):
            return value
        of = self.model.records[kind].fields[name].of
        return type(value)(self.filled(each, of, number) for number, each in enumerate(value, 1))
