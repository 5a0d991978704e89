"""Answers as rows of plain values: one per finding, or one per record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oppi18n.bulk.answers import shortest
from oppi18n.engine.decision import Money, RecordValue

if TYPE_CHECKING:
    from oppi18n.bulk.answers import Answer, Found
    from oppi18n.engine.decision import RuleInfo
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.targets.sql.queries import Queries, RuleColumns


def json_value(value: Any) -> Any:
    """A value of a sentence as machine output has it: decimals and dates as text, records by number or id.

    >>> json_value(Money(Decimal("1.50"), "EUR"))
    '1.5'
    """
    if isinstance(value, Money):
        return json_value(value.amount)
    if isinstance(value, RecordValue):
        return value.key
    if isinstance(value, (tuple, list)):
        return [json_value(each) for each in value]
    if isinstance(value, Decimal):
        return f"{shortest(value):f}"
    return value.isoformat() if isinstance(value, date) else value


def place(rule: RuleColumns, info: RuleInfo) -> str:
    """Where a rule points: a field of the record, or elements of a list (for which a star stands) or a field of these."""
    before, field = info.place
    return f"{before}/*" + (f"/{field}" if field else "") if rule.at is not None else before


class Rows:
    """Writes answers as rows of findings, with sentences in some languages."""

    def __init__(self, queries: Queries, infos: Iterable[RuleInfo], messages: Mapping[str, Localizer]) -> None:
        by_id = {info.id: info for info in infos}
        self.rules = [(rule, by_id[rule.id]) for rule in queries.rules]
        self.messages = messages
        self.columns = [
            queries.id, "verdict", "rule", "severity", "outcome", "partial", "place", "offenders", "params", *messages,
        ]  # fmt: skip

    def of(self, answer: Answer) -> Iterator[list[Any]]:
        """The findings of one answer, in the order of the rules."""
        found = {each.violation.rule: each for each in answer.found}
        for rule, info in self.rules:
            head = [answer.id, answer.verdict, rule.id, info.severity]
            if rule.id in found:
                partial = found[rule.id].violation.partial
                yield [*head, "fails", partial, place(rule, info), *self._said(found[rule.id])]
            elif rule.id in answer.unknown:
                yield [*head, "unknown", False, place(rule, info), None, None, *(None for _ in self.messages)]

    def _said(self, found: Found) -> Iterator[Any]:
        violation = found.violation
        yield list(found.offenders) if found.offenders is not None else None
        params = {name: json_value(value) for name, value in violation.params.items()}
        yield json.dumps(params, ensure_ascii=False)
        yield from (localizer.message(violation) for localizer in self.messages.values())
