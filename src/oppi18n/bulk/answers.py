"""Rows of `flags` and `items` become answers: the same verdicts, violations and values that the engine gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from oppi18n.engine.decision import ParamType, RecordValue, RuleInfo, Violation
from oppi18n.model.schema import Field
from oppi18n.targets.sql.queries import FAILS, UNKNOWN, ParamColumn, Queries, RuleColumns, shown_fields

Row = Sequence[Any]


class Found(NamedTuple):
    """A rule that failed; `offenders` are the ids of the elements that it points at, None if it points at none."""

    violation: Violation
    offenders: tuple[str, ...] | None


class Answer(NamedTuple):
    """What came out about one record: the verdict, the rules that failed, those that could not be decided."""

    id: str
    verdict: str
    found: tuple[Found, ...]
    unknown: tuple[str, ...]


class Answers:
    """Reads the rows of some queries."""

    def __init__(self, queries: Queries, infos: Iterable[RuleInfo]) -> None:
        self.queries = queries
        by_id = {info.id: info for info in infos}
        self.rules = [(rule, by_id[rule.id]) for rule in queries.rules]
        places = [queries.id, queries.verdict, *(each.name for each in queries.columns)]
        self.places = {name: number for number, name in enumerate(places)}
        self.scaled = queries.dialect.scaled
        self.fields = {field: [each for each, _ in queries.shown(field)] for field in queries.named}
        self.blank = {
            field: dict.fromkeys(each.name for each in shown_fields(queries.lists[field])) for field in queries.named
        }

    def answers(self, flags: Iterable[Row], items: Mapping[str, Iterable[Row]]) -> Iterator[Answer]:
        """An answer per row of `flags`; `items` by list, both in the order of the records' ids."""
        streams = [_Stream(self.blank[field], self.fields[field], rows) for field, rows in items.items()]
        for row in flags:
            identity = row[0]
            named: dict[tuple[str, str], list[dict[str, Any]]] = {}
            for stream in streams:
                stream.take(identity, named, self.scaled)
            yield self.answer(row, named)

    def answer(self, row: Row, named: Mapping[tuple[str, str], list[dict[str, Any]]]) -> Answer:
        """The answer of one row and the elements that it names, by rule and part."""
        found, unknown = [], []
        for rule, info in self.rules:
            outcome = row[self.places[rule.column]]
            if outcome == FAILS:
                found.append(self._found(rule, info, row, named))
            elif outcome == UNKNOWN:
                unknown.append(rule.id)
        return Answer(row[0], row[1], tuple(found), tuple(unknown))

    def _found(
        self, rule: RuleColumns, info: RuleInfo, row: Row, named: Mapping[tuple[str, str], list[dict[str, Any]]]
    ) -> Found:
        values = tuple(
            self._value(rule, param, kind, row, named) for param, kind in zip(rule.params, info.params, strict=True)
        )
        partial = bool(rule.partial and row[self.places[rule.partial]])
        offenders = None
        if rule.at is not None:
            records = sorted(map(_order, named.get((rule.id, rule.at), ())))
            offenders = tuple(identity for _, _, identity in records)
        return Found(Violation(info, offenders, values, partial), offenders)

    def _value(
        self,
        rule: RuleColumns,
        param: ParamColumn,
        kind: ParamType,
        row: Row,
        named: Mapping[tuple[str, str], list[dict[str, Any]]],
    ) -> Any:
        if kind.kind == "records":
            if not param.part or (param.loaded and not row[self.places[param.loaded]]):
                return None
            return [RecordValue(kind.of, each) for each in named.get((rule.id, param.part), ())]
        if not param.column and kind.kind != "money":
            return param.constant
        value = typed(kind.kind, row[self.places[param.column]], self.scaled) if param.column else param.constant
        if kind.kind != "money":
            return value
        return value, row[self.places[param.currency]] if param.currency else param.constant_currency


class _Stream:
    """The rows of `items` for one list, taken record by record."""

    def __init__(self, blank: Mapping[str, None], fields: Sequence[Field], rows: Iterable[Row]) -> None:
        self.blank = blank
        self.fields = fields
        self.rows = iter(rows)
        self.next: Row | None = next(self.rows, None)

    def take(self, identity: Any, named: dict[tuple[str, str], list[dict[str, Any]]], scaled: bool) -> None:
        """Sort the rows of one record by rule and part."""
        while self.next is not None and self.next[0] == identity:
            row = self.next
            pairs = zip(self.fields, row[3:], strict=True)
            record = {**self.blank, **{field.name: typed(field.type, value, scaled) for field, value in pairs}}
            named.setdefault((row[1], row[2]), []).append(record)
            self.next = next(self.rows, None)


def typed(kind: str, value: Any, scaled: bool) -> Any:
    """A value of a database in the type that the engine has for it."""
    if value is None or kind not in _TYPED:
        return value
    return _TYPED[kind](value, scaled)


def _order(record: Mapping[str, Any]) -> tuple[str, int, str]:
    revision = record.get("revision")
    return str(record.get("number") or ""), revision if isinstance(revision, int) else -1, str(record.get("id") or "")


def _decimal(found: Any, scaled: bool) -> Decimal:
    return shortest(Decimal(found).scaleb(-4) if scaled else Decimal(str(found)))


def shortest(number: Decimal) -> Decimal:
    """The number without zeros at its end: a database does not remember how many were written.

    >>> shortest(Decimal("1.5000")), shortest(Decimal("1000.0000"))
    (Decimal('1.5'), Decimal('1000'))
    """
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


def _date(found: Any, scaled: bool) -> date:
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else date.fromisoformat(str(found)[:10])


_TYPED: dict[str, Callable[[Any, bool], Any]] = {
    "int": lambda found, _: int(found),
    "bool": lambda found, _: bool(found),
    "decimal": _decimal,
    "money": _decimal,
    "date": _date,
    "timestamp": _date,
}
