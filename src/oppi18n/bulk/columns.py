"""The column of a source that holds a field: found by its name, read by its kind, or told to be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from oppi18n.bulk.casts import CASTS, Cast
from oppi18n.bulk.fitting import RAW, Fitted
from oppi18n.bulk.mapping import RecordMapping, SourceMapping
from oppi18n.bulk.marks import NOT_LOADED, field_mark, list_mark, unnamed
from oppi18n.bulk.relations import Relation, column_named
from oppi18n.errors import InputError
from oppi18n.model.facts import Problem
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import shown
from oppi18n.targets.sql.dialects import Dialect

_NEAR: Final = 0.8
_WIDE: Final = 500
"""Columns of a table in which nobody looks for misspelt ones any more: that is slow."""
_TYPES = {"reference": "string", "currency": "string"}


class Columns:
    """Finds columns; what is wrong with them is collected."""

    def __init__(self, model: Model, dialect: Dialect, mapping: SourceMapping, zone: str) -> None:
        self.model = model
        self.root = model.records[model.root]
        self.dialect = dialect
        self.mapping = mapping
        self.zone = zone
        self.problems: list[Problem] = []
        self.notices: list[tuple[Problem, str]] = []
        self.back = [model.root, f"_{self.root.fields['id'].dataverse}_value", self.root.fields["id"].dataverse]

    def field(self, relation: Relation, field: Field, mapping: RecordMapping) -> Fitted | None:
        """The column of a field; None if it has none, and so was not loaded."""
        mapped = mapping.columns.get(field.name)
        bare = field.dataverse.removeprefix("_").removesuffix("_value")
        names = [mapped] if mapped else [each for each in (field.name, field.dataverse, bare) if each]
        found = column_named(relation.columns, *names)
        if mapped and not found:
            raise InputError("bulk-no-column", column=mapped, table=relation.label)
        if len(found) > 1:
            self.problem("csv-column-twice", relation, first=found[0], name=found[1])
        if not found or self.is_bare_currency(relation, field, found[0], mapped):
            return None
        kind = relation.columns[found[0]]
        coded = self.is_coded(field, found[0], kind, mapping)
        target = ("int" if coded else "string") if field.type == "enumeration" else _TYPES.get(field.type, field.type)
        cast = CASTS[self.dialect.name].get((target, kind))
        if cast is None:
            self.wrong_type(relation, found[0], field.type)
            return None
        return self.fitted(relation, field, found[0], kind, cast, coded)

    def fitted(self, relation: Relation, field: Field, column: str, kind: str, cast: Cast, coded: bool) -> Fitted:
        cell = self.cell(column, kind)
        value = self.written(cast.value, cell)
        valid = [self.written(cast.valid, cell)] if cast.valid else []
        if field.type == "enumeration":
            valid.append(f"{value} IN ({', '.join(self.known(field, coded))})")
        if field.type == "currency":
            valid.append(self.is_currency(value))
        missing = f"{cell} IS NULL" + (f" OR {self.written(cast.missing, cell)}" if cast.missing else "")
        loaded = self.mark(relation, field)
        return Fitted(
            field,
            column,
            cell,
            value,
            " AND ".join(f"({each})" for each in valid),
            missing,
            coded,
            loaded,
        )

    def mark(self, relation: Relation, field: Field) -> str:
        """SQL of whether a field, or how much of a list, was loaded in each row; empty where the columns do not say."""
        column, *_ = column_named(relation.columns, f"{field.name}_loaded") or [""]
        found = ""
        if column:
            kind = relation.columns[column]
            marked = list_mark if field.type == "list" else field_mark
            found = marked(kind, self.cell(column, kind), self.dialect)
            if not found:
                self.wrong_type(relation, column, "int")
        if field.type == "list" or field.required or NOT_LOADED not in relation.columns:
            return found
        kind = relation.columns[NOT_LOADED]
        if kind not in ("text", "csv", "any"):
            self.wrong_type(relation, NOT_LOADED, "string")
        return unnamed(field.name, self.cell(NOT_LOADED, kind), found)

    def is_bare_currency(self, relation: Relation, field: Field, column: str, mapped: str | None) -> bool:
        """Whether a currency is given by the id of a record that nobody has read."""
        if field.type != "currency" or mapped:
            return False
        return relation.columns[column] == "uuid" or column.lower() != field.name.lower()

    def is_coded(self, field: Field, column: str, kind: str, mapping: RecordMapping) -> bool:
        if field.type != "enumeration":
            return False
        if mapping.coded is not None:
            return field.name in mapping.coded
        return kind in ("int", "wide", "double") or (kind in ("csv", "any") and column.lower() != field.name.lower())

    def known(self, field: Field, coded: bool) -> Iterator[str]:
        for each in self.model.enumerations[field.of].values.values():
            if not coded:
                yield self.dialect.text_of(each.name)
            elif each.dataverse is not None:
                yield str(each.dataverse)

    def is_currency(self, value: str) -> str:
        """Whether a text is three capital letters."""
        letters = [self.dialect.collate.format(f"SUBSTR({value}, {place}, 1)") for place in (1, 2, 3)]
        return " AND ".join([f"LENGTH({value}) = 3", *(f"{each} BETWEEN 'A' AND 'Z'" for each in letters)])

    def misspelt(self, relation: Relation, record: Record, found: Mapping[str, Fitted]) -> Iterator[Problem]:
        """Columns that are nearly called as a field that has none: others are nobody's business."""
        known = {
            name: field for field in record.fields.values() for name in (field.name, field.dataverse.lower()) if name
        }
        absent = [name for name, field in known.items() if field.name not in found and field.type != "list"]
        taken = {each.column for each in found.values()} | {each for each in relation.columns if each.lower() in known}
        for column in relation.columns if len(relation.columns) <= _WIDE else ():
            near = get_close_matches(column.lower(), absent, n=1, cutoff=_NEAR)
            if near and column not in taken and not column.endswith("_loaded") and column not in self.back:
                pointer = "" if relation.source == relation.label else relation.label
                yield Problem("unknown-member-near", pointer, {"name": shown(column), "near": near[0]})

    # ---- SQL ----

    def raw(self, column: str) -> str:
        return f"{RAW}.{self.dialect.name_of(column)}"

    def cell(self, column: str, kind: str) -> str:
        """A column; an empty cell of a CSV file is nothing."""
        return f"NULLIF({self.raw(column)}, '')" if kind == "csv" else self.raw(column)

    def written(self, template: str, cell: str) -> str:
        return template.format(cell, zone=self.dialect.text_of(self.zone))

    # ---- what is wrong ----

    def problem(self, code: str, relation: Relation, **params: object) -> None:
        self.problems.append(Problem(code, relation.label, params))

    def wrong_type(self, relation: Relation, column: str, expected: str) -> None:
        kind = relation.columns[column]
        code = "bulk-naive-timestamps" if (expected, kind) == ("timestamp", "naive") else "bulk-column-type"
        self.problem(code, relation, column=column, expected=expected, found=kind)
