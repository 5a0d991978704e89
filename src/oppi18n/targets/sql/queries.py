"""A ruleset as flat SQL: `flags` has a row per record on which a rule does not pass, `items` the offending elements.

`flags` holds the record's id, the verdict, a column per rule (0 it passes or does not apply, 1 it fails, 2 it is
unknown) and the values of messages. `items` names the elements of lists that failed rules point at. There are no lists,
common table expressions, window functions or boolean columns in them, so every dialect takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from oppi18n.model.schema import Field, Record
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.lists import ELEMENT, Counts
from oppi18n.targets.sql.logic import ALWAYS, Condition, case, every, size, some, text
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


class Gathered(NamedTuple):
    """Elements put into one value per record, where a dialect can do that: the aggregate, of which elements, its column."""

    column: str
    sql: str
    member: Condition
    loaded: Condition


Gathering = Mapping[str, Sequence[Gathered]]
"""By list field."""


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

    def flags(self, *, all_rows: bool = False, comments: bool = False, gather: Gathering | None = None) -> str:
        """The rows of records on which a rule fails or is unknown; with `all_rows`, of all records.

        `gather` adds columns with the elements of lists.
        """
        name = self.dialect.name_of
        lines = [f"-- {each}" for each in self.head] if comments else []
        lines += ["SELECT", f"  f.{name(self.id)},", f"  {self._verdict()} AS {name(self.verdict)}"]
        gathered = [each.column for some_list in (gather or {}).values() for each in some_list]
        for column in (*(each.name for each in self.columns), *gathered):
            lines[-1] += ","
            lines.append(f"  f.{name(column)}")
        lines += ["FROM (", *(f"  {line}" for line in self._inner(comments, gather or {})), ") f"]
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

    def _inner(self, comments: bool, gather: Gathering) -> Iterator[str]:
        name = self.dialect.name_of
        lines = [f"  {self.tables.root.columns['id'].sql.format('o')} AS {name(self.id)}"]
        yield "SELECT"
        for each in self.columns:
            yield lines.pop() + ","
            if comments and each.comment:
                yield f"  -- {' '.join(each.comment.split())}"
            lines.append(f"  {each.sql} AS {name(each.name)}")
        for field, gathered in gather.items():
            for one in gathered:
                yield lines.pop() + ","
                sql = case([(one.loaded, f"{self.counts[field].alias}.{name(one.column)}")])
                lines.append(f"  {sql} AS {name(one.column)}")
        yield from lines
        yield f"FROM {self.tables.root.relation} o"
        for field, counts in self.counts.items():
            if counts.conditions or gather.get(field):
                yield from self._counted(field, counts, gather.get(field, ()))

    def _counted(self, field: str, counts: Counts, gathered: Sequence[Gathered]) -> Iterator[str]:
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
        for each in gathered:
            yield f"  {lines.pop()},"
            lines.append(f"  {each.sql} AS {name(each.column)}")
        yield from (f"  {line}" for line in lines)
        yield f"  FROM {table.relation} {ELEMENT}"
        if counts.outside:
            yield f"  JOIN {self.tables.root.relation} o ON {self.tables.root.key.format('o')} = {parent}"
        wanted = some(*counts.conditions, *(each.member for each in gathered))
        if wanted != ALWAYS and size(wanted) <= _FEW:
            yield f"  WHERE {text(wanted)}"
        yield f"  GROUP BY {parent}"
        yield f") {counts.alias} ON {counts.alias}.{name('k')} = {self.tables.root.key.format('o')}"

    def items(self, field: str, flags: str, *, comments: bool = False) -> str:
        """The elements of a list that failed rules name; `flags` is that relation: a name, or a query in brackets."""
        return "\n".join([*(f"-- {each}" for each in self.head if comments), *_Items(self, field).lines(flags)])

    def shown(self, field: str) -> list[tuple[Field, str]]:
        """The fields that elements are shown by, as columns of `items`."""
        columns = self.tables.lists[field].columns
        return [
            (each, columns[each.name].sql.format(ELEMENT))
            for each in shown_fields(self.lists[field])
            if each.name in columns
        ]


class _Items:
    """The query of the elements of one list."""

    def __init__(self, queries: Queries, field: str) -> None:
        self.queries = queries
        self.field = field
        self.parts = [each for each in queries.parts if each.field == field]
        self.name = queries.dialect.name_of

    def lines(self, flags: str) -> list[str]:
        queries, name, tables = self.queries, self.name, self.queries.tables
        key, table, root = f"f.{name(queries.id)}", tables.lists[self.field], tables.root
        lines = ["SELECT", f"  {key},", f"  p.{name('rule')},", f"  p.{name('part')}"]
        for each, sql in queries.shown(self.field):
            lines[-1] += ","
            lines.append(f"  {sql} AS {name(each.name)}")
        lines.append(f"FROM {flags} f")
        if self.reads_root():
            lines.append(f"JOIN {root.relation} o ON {root.columns['id'].sql.format('o')} = {key}")
            key = root.key.format("o")
        lines.append(f"JOIN {table.relation} {ELEMENT} ON {table.parent.format(ELEMENT)} = {key}")
        lines.append(f"CROSS JOIN ({self.numbered()}) p")
        # Said once more for the sake of optimizers, which do not look into a CASE: most elements are none of those.
        wanted = some(*(each.member for each in self.parts))
        said = f"({text(wanted)}) AND " if wanted != ALWAYS and size(wanted) <= _FEW else ""
        return [*lines, f"WHERE {said}{self.named()} = 1"]

    def numbered(self) -> str:
        """A row per part of a rule: one pass with these is quicker than a query for each."""
        name, text = self.name, self.queries.dialect.text_of
        return " UNION ALL ".join(
            f"SELECT {number} AS {name('n')}, {text(each.rule)} AS {name('rule')}, {text(each.name)} AS {name('part')}"
            for number, each in enumerate(self.parts, 1)
        )

    def reads_root(self) -> bool:
        """Whether the elements cannot be told without the record whose list they are in."""
        root = self.queries.tables.root
        by_key = root.key == root.columns["id"].sql
        outside = self.queries.counts[self.field].outside
        return outside or not by_key or any(each.loaded != ALWAYS for each in self.parts)

    def named(self) -> str:
        """1 where a failed rule names an element."""
        columns = {rule.id: f"f.{self.name(rule.column)} = {FAILS}" for rule in self.queries.rules}
        written = []
        for number, each in enumerate(self.parts, 1):
            named = every(each.loaded, each.member)
            member = "" if named == ALWAYS else f" AND ({text(named)})"
            written.append(f"WHEN {number} THEN CASE WHEN {columns[each.rule]}{member} THEN 1 END")
        return f"CASE p.{self.name('n')} {' '.join(written)} END"


def shown_fields(record: Record) -> list[Field]:
    """The fields that a record may be shown by, and those that order it."""
    wanted = {part for template in record.display for part in placeholders(template)} | {"id", "number", "revision"}
    return [field for field in record.fields.values() if field.name in wanted and field.type != "list"]
