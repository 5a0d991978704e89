"""A source whose columns are understood: the values of each record, as tables that queries can be compiled for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oppi18n.bulk.relations import Relation
from oppi18n.model.facts import DataError, Problem
from oppi18n.model.schema import Field, Record
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.tables import Column, Table, Tables

RAW = "r"
"""The alias of a source's own table."""
PARENT = "~parent"
"""The column of list elements that names their parent."""
_KEY, _PARENT_KEY = "~key", "~parent_key"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A field and the column that holds it: SQL of the value, of its being there, of its being right."""

    field: Field
    column: str
    raw: str
    value: str
    valid: str
    missing: str
    coded: bool
    loaded: str = ""


@dataclass(frozen=True, slots=True)
class FittedRecord:
    """A relation that holds records: its fields, the column that names the parent, how much of each list is there."""

    record: Record
    relation: Relation
    fields: Mapping[str, Fitted]
    parent: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about the data: fields with gaps, by record; whether ids differ in letter case alone."""

    gaps: frozenset[tuple[str, str]]
    folded: bool = False


def refusal(problems: Sequence[Problem], root: Relation, relations: Mapping[str, Relation]) -> DataError:
    """Everything that is wrong with some relations, of which each problem names one by its label in its pointer.

    Where that says no more than the name of the file does, the file is named alone.
    """
    told = [(relations.get(each.pointer, root).source or each.pointer, each) for each in problems]
    places = {place for place, _ in told}
    source = places.pop() if len(places) == 1 else root.source or root.label
    return DataError(tuple(each._replace(pointer="") if each.pointer == source else each for _, each in told), source)


@dataclass(frozen=True, slots=True)
class FittedSource:
    """A source whose relations are understood."""

    dialect: Dialect
    root: FittedRecord
    lists: Mapping[str, FittedRecord]
    notices: tuple[tuple[Problem, str], ...] = ()
    """What is odd in it although it can be used: the problem, the file or database."""

    def tables(self, known: Known | None = None) -> Tables:
        """The tables that queries read; what is known of the data makes them shorter."""
        root = self._table(self.root, known)
        return Tables(root, {name: self._table(each, known) for name, each in self.lists.items()})

    def relation(self, fitted: FittedRecord, *, folded: bool = False) -> str:
        """The values of a relation under the names of the fields, as a query in brackets."""
        name, quoted = self.dialect.name_of, []
        for each in fitted.fields.values():
            quoted.append(f"{each.value} AS {name(each.field.name)}")
            if each.loaded:
                quoted.append(f"{each.loaded} AS {name('~' + each.field.name)}")
        quoted += [f"{sql} AS {name('~' + list_)}" for list_, sql in fitted.lists.items()]
        if fitted.parent:
            quoted.append(f"{fitted.parent} AS {name(PARENT)}")
        if folded:
            quoted.append(f"LOWER({fitted.fields['id'].value}) AS {name(_KEY)}")
        if folded and fitted.parent:
            quoted.append(f"LOWER({fitted.parent}) AS {name(_PARENT_KEY)}")
        return f"(SELECT {', '.join(quoted)} FROM {fitted.relation.sql} {RAW})"

    def _table(self, fitted: FittedRecord, known: Known | None) -> Table:
        folded = known is not None and known.folded
        columns = {name: self._column(fitted.record, each, known) for name, each in fitted.fields.items()}
        return Table(
            self.relation(fitted, folded=folded),
            columns,
            self.place(_KEY if folded else "id"),
            self.place(_PARENT_KEY if folded else PARENT) if fitted.parent else "",
            {name: self.place("~" + name) for name in fitted.lists},
        )

    def _column(self, record: Record, fitted: Fitted, known: Known | None) -> Column:
        name = fitted.field.name
        gaps = known is None or (record.name, name) in known.gaps
        return Column(
            self.place(name),
            coded=fitted.coded,
            nullable=gaps and name != "id",
            checked=known is not None,
            loaded=self.place("~" + name) if fitted.loaded else "",
        )

    def place(self, column: str) -> str:
        """A column under the alias that a query gives to its table."""
        return "{0}." + self.dialect.name_of(column)
