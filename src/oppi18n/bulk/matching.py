"""The relations of a source are told apart: which holds the records that are judged, which holds their lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from oppi18n.bulk.casts import CASTS
from oppi18n.bulk.columns import Columns
from oppi18n.bulk.fitting import PARENT, RAW, FittedRecord, FittedSource, refusal
from oppi18n.bulk.mapping import RecordMapping, SourceMapping
from oppi18n.bulk.marks import with_store
from oppi18n.bulk.relations import Relation, column_named
from oppi18n.errors import InputError
from oppi18n.model.schema import Field, Model, Record
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.tables import WHOLE


def fit(
    relations: list[Relation],
    model: Model,
    dialect: Dialect,
    *,
    mapping: SourceMapping | None = None,
    zone: str = "UTC",
) -> FittedSource:
    """The relations as records of the model.

    Raises InputError `bulk-no-table` or `bulk-two-tables` where it cannot be told which relation holds what, and
    DataError with every column that is of a wrong type.
    """
    return _Fitting(model, dialect, mapping or SourceMapping(), zone).source(relations)


class _Fitting(Columns):
    def source(self, relations: list[Relation]) -> FittedSource:
        self.seen = {each.label: each for each in relations}
        self.mapping = with_store(self.mapping, self.seen, self.model)
        by_name = self.sorted(relations)
        root = self.record(by_name[self.root.name], self.root, self.mapping.of(self.root.name))
        lists: dict[str, FittedRecord] = {}
        states: dict[str, str] = {}
        for each in self.root.lists:
            if each.name in by_name:
                lists[each.name] = self.child(by_name[each.name], each)
                states |= {each.name: mark} if (mark := self.mark(root.relation, each)) else {}
            else:
                nested = column_named(root.relation.columns, each.name, each.dataverse)
                kind = root.relation.columns[nested[0]] if nested else ""
                if kind == "other":
                    self.wrong_type(root.relation, nested[0], "list")
                if kind == "list":
                    lists[each.name] = self.nested(root, nested[0], each)
                    mark = self.mark(root.relation, each) or str(WHOLE)
                    states[each.name] = f"CASE WHEN {self.raw(nested[0])} IS NULL THEN 0 ELSE {mark} END"
        self.refuse(root.relation)
        return FittedSource(self.dialect, replace(root, lists=states), lists, tuple(self.notices))

    def refuse(self, relation: Relation) -> None:
        """Tell everything that is wrong with columns, if anything is."""
        if self.problems:
            raise refusal(self.problems, relation, self.seen)

    # ---- which relation holds what ----

    def sorted(self, relations: list[Relation]) -> dict[str, Relation]:
        """The relations by root and list field."""
        candidates: dict[str, list[Relation]] = {}
        for relation in relations:
            name = self.holds(relation)
            if name:
                candidates.setdefault(name, []).append(relation)
        named = [name for name, mapped in self.mapping.records.items() if mapped.table]
        for name in [*named, self.root.name]:
            if name not in candidates:
                raise InputError("bulk-no-table", record=name, found=tuple(each.label for each in relations) or "-")
        return {name: self.chosen(name, each) for name, each in candidates.items()}

    def chosen(self, name: str, found: list[Relation]) -> Relation:
        """The relation that holds a record, by its name where several could."""
        if len(found) == 1:
            return found[0]
        record = self.root if name == self.root.name else self.model.records[self.root.fields[name].of]
        known = {each.lower() for each in (name, record.name, record.entity, record.collection) if each}
        named = [each for each in found if each.label.lower() in known]
        if len(named) != 1:
            raise InputError("bulk-two-tables", record=name, first=found[0].label, other=found[1].label)
        return named[0]

    def is_output(self, columns: Iterable[str]) -> bool:
        """Whether a relation is what came out of an earlier run."""
        there = {each.lower() for each in columns}
        return self.root.name in there and ("verdict" in there or {"rule", "part"} <= there)

    def holds(self, relation: Relation) -> str:
        """The root or list that a relation holds; empty if it holds neither."""
        for name, mapped in self.mapping.records.items():
            if mapped.table and relation.is_called(mapped.table):
                return name
        columns, refers = relation.columns, False
        if self.is_output(columns):
            return ""
        for each in self.root.lists:
            if self.mapping.of(each.name).table:
                continue
            identity = self.model.records[each.of].fields["id"]
            parent = self.mapping.of(each.name).parent
            back = column_named(columns, *([parent] if parent else self.back))
            # Dataverse's own name of the id is there in its tables; in ours every id is called alike.
            own = column_named(columns, identity.dataverse) or (column_named(columns, "id") and self.is_named(back))
            if back and own:
                if self.is_known(columns, self.model.records[each.of], each.name):
                    return each.name
                refers = True
        # Tasks and activities name an opportunity too; they are none themselves.
        if self.mapping.of(self.root.name).table or (refers and not self.is_known(columns, self.root, self.root.name)):
            return ""
        own_id = self.mapping.of(self.root.name).columns.get("id")
        names = [own_id] if own_id else ["id", self.root.fields["id"].dataverse]
        return self.root.name if column_named(columns, *names) else ""

    def is_known(self, columns: Iterable[str], record: Record, name: str) -> bool:
        """Whether columns hold what a record must have beside an id, as far as there is anything."""
        mapped = self.mapping.of(name).columns
        needed = [
            each for each in record.fields.values() if each.required and each.name != "id" and each.type != "list"
        ]
        names = [mapped.get(each.name) or given for each in needed for given in (each.name, each.dataverse) if given]
        return not needed or bool(column_named(columns, *names))

    def is_named(self, back: list[str]) -> bool:
        """Whether a column names a parent and is not the root's own id under Dataverse's name."""
        return any(each.lower() != self.root.fields["id"].dataverse.lower() for each in back)

    # ---- records ----

    def record(self, relation: Relation, record: Record, mapping: RecordMapping) -> FittedRecord:
        fields = {
            name: fitted
            for name, each in record.fields.items()
            if each.type != "list" and (fitted := self.field(relation, each, mapping))
        }
        told = self.misspelt(relation, record, fields)
        self.notices += ((each, relation.source or relation.label) for each in told)
        if "id" not in fields:
            self.refuse(relation)
            raise InputError("bulk-no-column", column=mapping.columns.get("id", "id"), table=relation.label)
        return FittedRecord(record, relation, fields)

    def child(self, relation: Relation, field: Field) -> FittedRecord:
        mapping = self.mapping.of(field.name)
        found = column_named(relation.columns, *([mapping.parent] if mapping.parent else self.back))
        if not found:
            raise InputError("bulk-no-column", column=mapping.parent or self.back[0], table=relation.label)
        fitted = self.record(relation, self.model.records[field.of], mapping)
        kind = relation.columns[found[0]]
        cast = CASTS[self.dialect.name].get(("string", kind))
        if cast is None:
            self.wrong_type(relation, found[0], "string")
            return fitted
        return replace(fitted, parent=self.written(cast.value, self.cell(found[0], kind)))

    def nested(self, root: FittedRecord, column: str, field: Field) -> FittedRecord:
        """The elements of a list column as a relation of their own."""
        inner, name = root.relation, self.dialect.name_of
        parent = root.fields["id"].value
        elements = self.dialect.unnested.format(self.raw(column))
        sql = f"(SELECT {parent} AS {name(PARENT)}, {elements} FROM {inner.sql} {RAW})"
        relation = Relation(f"{inner.label}.{column}", sql, inner.elements[column], source=inner.source)
        fitted = self.record(relation, self.model.records[field.of], self.mapping.of(field.name))
        return replace(fitted, parent=f"{RAW}.{name(PARENT)}")
