"""Which table and column of a database hold which record and field of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oppi18n.model.schema import Field, Model, Record
from oppi18n.targets.sql.dialects import Dialect

WHOLE: Final = 2
PARTIAL: Final = 1
"""What a column says about a list whose row has it: all of it is there, or only a part; anything else: nothing is."""


@dataclass(frozen=True, slots=True)
class Column:
    """How to read a field: SQL in which `{0}` stands for the alias of the table.

    `coded` says that an enumeration is given by its Dataverse codes, `nullable` that a row may have no value, `checked`
    that every value is known to be one of the field's. `loaded` is SQL that is 1 in the rows for which the field was
    asked for; empty when that goes for all rows.
    """

    sql: str
    coded: bool = False
    nullable: bool = True
    checked: bool = False
    loaded: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the columns of the fields that it has; a field without a column was not loaded.

    `key` tells the rows apart. For a table of list elements, `parent` is the key of the row whose list they are in. For
    the root, `lists` has by list field the SQL that says how much of the list is there; without it, all of it.
    """

    relation: str
    columns: Mapping[str, Column]
    key: str
    parent: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of the record that rules judge, and those of its lists; a list without a table was not loaded."""

    root: Table
    lists: Mapping[str, Table]


def usual(model: Model, dialect: Dialect, *, dataverse: bool = False, zone: str = "UTC") -> Tables:
    """Tables that are called as the model calls its records and fields, or as Dataverse does.

    >>> from oppi18n.engine.loading import load_rules
    >>> from oppi18n.targets.sql.dialects import DIALECTS
    >>> tables = usual(load_rules().model, DIALECTS["duckdb"])
    >>> tables.root.relation, tables.lists["quotes"].parent
    ('"opportunity"', '{0}."opportunity"')
    """
    return _Usual(model, dialect, dataverse, zone).tables()


class _Usual:
    def __init__(self, model: Model, dialect: Dialect, dataverse: bool, zone: str) -> None:
        self.model = model
        self.dialect = dialect
        self.dataverse = dataverse
        self.zone = zone

    def tables(self) -> Tables:
        root = self.model.records[self.model.root]
        return Tables(self.table(root), {each.name: self.table(self.model.records[each.of]) for each in root.lists})

    def table(self, record: Record) -> Table:
        columns = {each.name: self.column(each) for each in record.fields.values() if self.has(each)}
        root = self.model.records[self.model.root]
        back = root.fields["id"].dataverse if self.dataverse else root.name
        return Table(
            self.dialect.name_of((record.entity or record.name) if self.dataverse else record.name),
            columns,
            columns["id"].sql,
            "" if record is root else self.place(back),
        )

    def has(self, field: Field) -> bool:
        """Dataverse's tables know a currency by a mere id."""
        if field.type == "list" or not self.dataverse:
            return field.type != "list"
        return bool(field.dataverse) and field.type != "currency"

    def column(self, field: Field) -> Column:
        if not self.dataverse:
            return Column(self.place(field.name))
        sql = self.place(field.dataverse.removeprefix("_").removesuffix("_value"))
        if field.type == "timestamp":
            sql = self.dialect.day_of.format(sql, self.dialect.text_of(self.zone))
        return Column(sql, coded=field.type == "enumeration")

    def place(self, column: str) -> str:
        return "{0}." + self.dialect.name_of(column.replace("{", "{{").replace("}", "}}"))
