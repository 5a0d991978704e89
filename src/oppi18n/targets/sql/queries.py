"""A ruleset as flat SQL: `flags` has a row per record on which a rule does not pass, `items` the offending elements.

`flags` holds the record's id, the verdict, a column per rule (0 it passes or does not apply, 1 it fails, 2 it is
unknown) and the values of messages. `items` names the elements of lists that failed rules point at. There are no lists,
common table expressions, window functions or boolean columns in them, so every dialect takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from oppi18n.model.schema import Field, Record
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.lists import ELEMENT, Counts
from oppi18n.targets.sql.logic import ALWAYS, Condition, every, size, some, text
from oppi18n.targets.sql.tables import Tables
from oppi18n.templates import placeholders

PASSES: Final = 0
FAILS: Final = 1
UNKNOWN: Final = 2
_FEW: Final = 12
"""Tests up to which it pays to leave out rows that nobody counts."""
AT: Final = "at"
"""The part of a rule whose elements are those that it points at; every other part is a value of its message."""


class Part(NamedTuple):
    """Elements of a list that a failed rule names: those that it points at, or a value of its message."""

    rule: str
    name: str
    field: str
    member: Condition
    loaded: Condition


class ParamColumn(NamedTuple):
    """Where the value of a message stands.

    Its `column` (and that of its `currency`) in `flags`, the `part` in `items`, or no place at all for a `constant`.
    A list that is not loaded for all records has a column `loaded`, which is 1 where it is.
    """

    name: str
    column: str = ""
    currency: str = ""
    part: str = ""
    loaded: str = ""
    constant: Any = None
    constant_currency: str | None = None


class RuleColumns(NamedTuple):
    """Where the outcome of a rule stands.

    `partial` is the column that is 1 where its lists are only partly known. `at` is the part of `items` with the
    elements that it points at, empty if nobody has loaded them, None if it points at none.
    """

    id: str
    severity: str
    column: str
    partial: str
    at: str | None
    params: tuple[ParamColumn, ...]


class Selected(NamedTuple):
    """A column of `flags`: its name, its SQL, and what a reader should know of it."""

    name: str
    sql: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Queries:
    """The SQL of a ruleset in one dialect, and what its columns mean.

    `pending` are the rules that were not asked, because no closing was; `read` are the fields that conditions and values
    read, by record.
    """

    dialect: Dialect
    tables: Tables
    root: Record
    lists: dict[str, Record]
    rules: tuple[RuleColumns, ...]
    pending: tuple[str, ...]
    columns: tuple[Selected, ...]
    counts: dict[str, Counts]
    parts: tuple[Part, ...]
    read: frozenset[tuple[str, str]]
    head: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The column of the record's id in `flags` and `items`."""
        return self.root.name

    @property
    def named(self) -> tuple[str, ...]:
        """The lists of which failed rules name elements: each has an `items` query."""
        return tuple(dict.fromkeys(part.field for part in self.parts))

    @property
    def used(self) -> frozenset[tuple[str, str]]:
        """All fields that the queries read, by record."""
        shown = {(self.lists[name].name, each.name) for name in self.named for each, _ in self.shown(name)}
        return self.read | shown | {(self.root.name, "id")}

    @property
    def verdict(self) -> str:
        """The column of the verdict in `flags`."""
        return "verdict"

    def flags(self, *, all_rows: bool = False, comments: bool = False) -> str:
        """The rows of records on which a rule fails or is unknown; with `all_rows`, of all records."""
        name = self.dialect.name_of
        lines = [f"-- {each}" for each in self.head] if comments else []
        lines += ["SELECT", f"  f.{name(self.id)},", f"  {self._verdict()} AS {name(self.verdict)}"]
        for each in self.columns:
            lines[-1] += ","
            lines.append(f"  f.{name(each.name)}")
        lines += ["FROM (", *(f"  {line}" for line in self._inner(comments)), ") f"]
        columns = [f"f.{name(rule.column)} <> {PASSES}" for rule in self.rules]
        if not all_rows:
            lines.append(f"WHERE {' OR '.join(columns) if columns else '1 = 0'}")
        return "\n".join(lines)

    def _verdict(self) -> str:
        columns = [f"f.{self.dialect.name_of(rule.column)}" for rule in self.rules if rule.severity == "error"]
        if not columns:
            return self.dialect.text_of("closable")
        blocked, undetermined = (" OR ".join(f"{each} = {code}" for each in columns) for code in (FAILS, UNKNOWN))
        texts = [self.dialect.text_of(each) for each in ("blocked", "undetermined", "closable")]
        return f"CASE WHEN {blocked} THEN {texts[0]} WHEN {undetermined} THEN {texts[1]} ELSE {texts[2]} END"

    def _inner(self, comments: bool) -> Iterator[str]:
        name = self.dialect.name_of
        lines = [f"  {self.tables.root.columns['id'].sql.format('o')} AS {name(self.id)}"]
        yield "SELECT"
        for each in self.columns:
            yield lines.pop() + ","
            if comments and each.comment:
                yield f"  -- {' '.join(each.comment.split())}"
            lines.append(f"  {each.sql} AS {name(each.name)}")
        yield from lines
        yield f"FROM {self.tables.root.relation} o"
        for field, counts in self.counts.items():
            if counts.conditions:
                yield from self._counted(field, counts)

    def _counted(self, field: str, counts: Counts) -> Iterator[str]:
        """The counts of a list's elements by parent, joined to it."""
        name, table = self.dialect.name_of, self.tables.lists[field]
        parent = table.parent.format(ELEMENT)
        lines = [f"  {parent} AS {name('k')}"]
        yield "LEFT JOIN ("
        yield "  SELECT"
        for condition, column in counts.conditions.items():
            yield f"  {lines.pop()},"
            counted = "*" if condition == ALWAYS else f"CASE WHEN {text(condition)} THEN 1 END"
            lines.append(f"  COUNT({counted}) AS {name(column)}")
        yield from (f"  {line}" for line in lines)
        yield f"  FROM {table.relation} {ELEMENT}"
        if counts.outside:
            yield f"  JOIN {self.tables.root.relation} o ON {self.tables.root.key.format('o')} = {parent}"
        wanted = some(*counts.conditions)
        if wanted != ALWAYS and size(wanted) <= _FEW:
            yield f"  WHERE {text(wanted)}"
        yield f"  GROUP BY {parent}"
        yield f") {counts.alias} ON {counts.alias}.{name('k')} = {self.tables.root.key.format('o')}"

    def items(self, field: str, flags: str, *, comments: bool = False) -> str:
        """The elements of a list that failed rules name; `flags` is that relation: a name, or a query in brackets."""
        name, table, root = self.dialect.name_of, self.tables.lists[field], self.tables.root
        parts = [each for each in self.parts if each.field == field]
        rows = " UNION ALL ".join(
            f"SELECT {number} AS {name('n')}, {self.dialect.text_of(each.rule)} AS {name('rule')}, "
            f"{self.dialect.text_of(each.name)} AS {name('part')}"
            for number, each in enumerate(parts, 1)
        )
        lines = [f"-- {each}" for each in self.head] if comments else []
        lines += ["SELECT", f"  f.{name(self.id)},", f"  p.{name('rule')},", f"  p.{name('part')}"]
        for each, sql in self.shown(field):
            lines[-1] += ","
            lines.append(f"  {sql} AS {name(each.name)}")
        key = f"f.{name(self.id)}"
        lines.append(f"FROM {flags} f")
        if self._reads_root(field, parts):
            lines.append(f"JOIN {root.relation} o ON {root.columns['id'].sql.format('o')} = {key}")
            key = root.key.format("o")
        lines += [
            f"JOIN {table.relation} {ELEMENT} ON {table.parent.format(ELEMENT)} = {key}",
            f"CROSS JOIN ({rows}) p",
            f"WHERE {self._named(parts)} = 1",
        ]
        return "\n".join(lines)

    def _reads_root(self, field: str, parts: Sequence[Part]) -> bool:
        """Whether the elements cannot be told without the record whose list they are in."""
        root = self.tables.root
        by_key = root.key == root.columns["id"].sql
        return self.counts[field].outside or not by_key or any(each.loaded != ALWAYS for each in parts)

    def shown(self, field: str) -> list[tuple[Field, str]]:
        """The fields that elements are shown by, as columns of `items`."""
        columns = self.tables.lists[field].columns
        return [
            (each, columns[each.name].sql.format(ELEMENT))
            for each in shown_fields(self.lists[field])
            if each.name in columns
        ]

    def _named(self, parts: Sequence[Part]) -> str:
        """1 where a failed rule names an element."""
        columns = {rule.id: f"f.{self.dialect.name_of(rule.column)} = {FAILS}" for rule in self.rules}
        written = []
        for number, each in enumerate(parts, 1):
            named = every(each.loaded, each.member)
            member = "" if named == ALWAYS else f" AND ({text(named)})"
            written.append(f"WHEN {number} THEN CASE WHEN {columns[each.rule]}{member} THEN 1 END")
        return f"CASE p.{self.dialect.name_of('n')} {' '.join(written)} END"


def shown_fields(record: Record) -> list[Field]:
    """The fields that a record may be shown by, and those that order it."""
    wanted = {part for template in record.display for part in placeholders(template)} | {"id", "number", "revision"}
    return [field for field in record.fields.values() if field.name in wanted and field.type != "list"]
