"""The data is looked over before it is judged: ids that occur twice, elements without a parent, values that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from oppi18n.bulk.fitting import PARENT, RAW, Fitted, FittedRecord, FittedSource, Known, refusal
from oppi18n.model.facts import Problem
from oppi18n.model.schema import Model
from oppi18n.model.values import shown

Run = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query and gives its rows."""

_EXAMPLES: Final = 3


def look_over(source: FittedSource, used: frozenset[tuple[str, str]], model: Model, run: Run) -> Known:
    """What is known of the data; DataError with everything that is wrong with it.

    Only the fields that queries use are looked at: `used` has them by record.
    """
    checks = _Checks(source, used, model, run)
    known = checks.known()
    if checks.problems:
        relations = [each.relation for each in (source.root, *source.lists.values())]
        raise refusal(checks.problems, source.root.relation, {each.label: each for each in relations})
    return known


class _Checks:
    def __init__(self, source: FittedSource, used: frozenset[tuple[str, str]], model: Model, run: Run) -> None:
        self.source = source
        self.dialect = source.dialect
        self.used = used
        self.model = model
        self.run = run
        self.problems: list[Problem] = []
        self.gaps: set[tuple[str, str]] = set()

    def known(self) -> Known:
        """Everything that there is to know; problems are collected."""
        records = [self.source.root, *self.source.lists.values()]
        for each in records:
            self.values(each)
            self.ids(each)
        folded = False
        if not self.problems:
            # Ids are compared as they are unless elements are left over that way, for that is what nearly all data is like.
            orphans = {name: self.orphans(each, folded=False) for name, each in self.source.lists.items()}
            folded = any(orphans.values())
            for each in self.source.lists.values() if folded else ():
                self.tell_orphans(each, self.orphans(each, folded=True))
        return Known(frozenset(self.gaps), folded)

    # ---- values ----

    def fields(self, fitted: FittedRecord) -> list[Fitted]:
        """The fields of a record that queries use."""
        return [each for name, each in fitted.fields.items() if (fitted.record.name, name) in self.used]

    def values(self, fitted: FittedRecord) -> None:
        """Values that are missing, and values that are none: one look at the rows for all fields together."""
        fields = self.fields(fitted)
        pairs = [*self.pairs(fitted, fields)]
        selected = ["COUNT(*)"]
        for each in fields:
            selected += [_count(each.missing), *(self.faulty(each) if each.valid else ("0", "NULL"))]
        for _, _, condition in pairs:
            selected.append(_count(condition))
        row = self.run(f"SELECT {', '.join(selected)} FROM {fitted.relation.sql} {RAW}")[0]
        if fitted is self.source.root and not row[0]:
            self.problem("no-opportunity", fitted)
        cells = iter(row[1:])
        for each in fields:
            missing, faulty, example = next(cells), next(cells), next(cells)
            if missing:
                self.gaps.add((fitted.record.name, each.field.name))
            if faulty:
                self.tell_values(fitted, each, faulty, example)
            if missing and each.field.name == "id":
                self.problem("bulk-no-ids", fitted, count=missing)
        for (reason, state, _), count in zip(pairs, cells, strict=True):
            if count:
                self.problem("bulk-reasons", fitted, count=count, column=reason.column, other=state.column)

    def fault(self, fitted: Fitted) -> str:
        """Where a value is there that is none."""
        return f"NOT ({fitted.missing}) AND CASE WHEN {fitted.valid} THEN 0 ELSE 1 END = 1"

    def faulty(self, fitted: Fitted) -> tuple[str, str]:
        """How many values are wrong, and one of them."""
        fault = self.fault(fitted)
        return _count(fault), f"MIN(CASE WHEN {fault} THEN CAST({fitted.raw} AS {self.dialect.string}) END)"

    def tell_values(self, fitted: FittedRecord, field: Fitted, count: int, example: object) -> None:
        expected = field.field.of if field.field.type == "enumeration" else field.field.type
        self.problem(
            "bulk-values", fitted, count=count, column=field.column, expected=expected, example=shown(str(example))
        )

    def pairs(self, fitted: FittedRecord, fields: list[Fitted]) -> Iterator[tuple[Fitted, Fitted, str]]:
        """(reason, state, condition): a status reason that belongs to another status than the one of its row."""
        for reason in fields:
            enumeration = self.model.enumerations.get(reason.field.of)
            if enumeration is None or not enumeration.of:
                continue
            for state in fitted.fields.values():
                if state.field.type == "enumeration" and state.field.of == enumeration.of:
                    yield reason, state, self.stray(reason, state)

    def stray(self, reason: Fitted, state: Fitted) -> str:
        """Where a reason does not belong to the state beside it."""
        reasons, states = (self.model.enumerations[each.field.of] for each in (reason, state))
        written = []
        for name in states.values:
            own = [self.spelled(reason, each) for each in reasons.belonging(name)]
            there = f"{state.value} = {self.spelled(state, name)}"
            written.append(f"({there} AND {reason.value} NOT IN ({', '.join(own)}))" if own else f"({there})")
        return f"NOT ({reason.missing}) AND ({' OR '.join(written)})"

    def spelled(self, fitted: Fitted, name: str) -> str:
        value = self.model.enumerations[fitted.field.of].values[name]
        return str(value.dataverse) if fitted.coded else self.dialect.text_of(name)

    # ---- ids ----

    def ids(self, fitted: FittedRecord) -> None:
        """Ids that occur twice; letter case does not count."""
        key = f"LOWER({fitted.fields['id'].value})"
        relation = fitted.relation.sql
        distinct = self.hashed(key)
        total, different = self.run(f"SELECT COUNT({key}), COUNT(DISTINCT {distinct}) FROM {relation} {RAW}")[0]
        if total == different:
            return
        twice = f"SELECT {key} AS k FROM {relation} {RAW} WHERE {key} IS NOT NULL GROUP BY {key} HAVING COUNT(*) > 1"
        count = self.run(f"SELECT COUNT(*) FROM ({twice}) d")[0][0]
        if count:
            examples = tuple(shown(str(row[0])) for row in self.run(f"{twice} ORDER BY k LIMIT {_EXAMPLES}"))
            self.problem("bulk-duplicates", fitted, count=count, examples=examples)

    def hashed(self, key: str) -> str:
        """Numbers are counted faster than texts; where two texts share a number, they are counted once more themselves."""
        return f"HASH({key})" if self.dialect.name == "duckdb" else key

    def orphans(self, fitted: FittedRecord, *, folded: bool) -> int:
        """Elements whose parent is not there."""
        return int(self.run(f"SELECT COUNT(*) {self.lonely(fitted, folded)}")[0][0])

    def lonely(self, fitted: FittedRecord, folded: bool) -> str:
        name, root = self.dialect.name_of, self.source.root
        own, other = f"q.{name(PARENT)}", f"o.{name('id')}"
        if folded:
            own, other = f"LOWER({own})", f"LOWER({other})"
        return (
            f"FROM {self.source.relation(fitted)} q LEFT JOIN {self.source.relation(root)} o ON {other} = {own}"
            f" WHERE {other} IS NULL"
        )

    def tell_orphans(self, fitted: FittedRecord, count: int) -> None:
        if count:
            name = self.dialect.name_of("id")
            rows = self.run(f"SELECT q.{name} {self.lonely(fitted, True)} ORDER BY 1 LIMIT {_EXAMPLES}")
            self.problem("bulk-orphans", fitted, count=count, examples=tuple(shown(str(row[0])) for row in rows))

    def problem(self, code: str, fitted: FittedRecord, **params: object) -> None:
        self.problems.append(Problem(code, fitted.relation.label, params))


def _count(condition: str) -> str:
    return f"COUNT(CASE WHEN {condition} THEN 1 END)"
