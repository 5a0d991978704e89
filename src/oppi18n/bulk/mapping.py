"""A mapping file says which tables and columns hold the records, where they are not called as the model calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from oppi18n.diagnostics import AuthoringError, Diagnostics, suggest
from oppi18n.files import read_text
from oppi18n.model.schema import Model
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Source, load
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.tables import Table, Tables


class MappingError(AuthoringError):
    """A mapping file is wrong; `diagnostics` holds every finding."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """One record: its table, its columns by field, the column that names the parent, the fields that hold codes."""

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    coded: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """What a mapping file says: the records by root and list field."""

    records: Mapping[str, RecordMapping] = field(default_factory=dict)

    def of(self, name: str) -> RecordMapping:
        """What is said of the root, or of a list."""
        return self.records.get(name, RecordMapping())

    def applied(self, tables: Tables, model: Model, dialect: Dialect) -> Tables:
        """Tables of the usual names under those that the mapping has."""
        lists = {name: self._renamed(each, name, dialect) for name, each in tables.lists.items()}
        return Tables(self._renamed(tables.root, model.root, dialect), lists)

    def _renamed(self, table: Table, name: str, dialect: Dialect) -> Table:
        mapping = self.of(name)

        def place(column: str) -> str:
            return "{0}." + dialect.name_of(column.replace("{", "{{").replace("}", "}}"))

        columns = {
            field: replace(
                column,
                sql=place(mapping.columns[field]) if field in mapping.columns else column.sql,
                coded=column.coded if mapping.coded is None else field in mapping.coded,
            )
            for field, column in table.columns.items()
        }
        relation = dialect.path_of(mapping.table) if mapping.table else table.relation
        parent = place(mapping.parent) if mapping.parent else table.parent
        return replace(table, relation=relation, columns=columns, key=columns["id"].sql, parent=parent)


def read_mapping(path: str, model: Model) -> SourceMapping:
    """The mapping in a YAML file; `MappingError` carries everything that is wrong with it.

    Its keys are the root record and the root's lists:

        opportunity: {table: crm.opps, columns: {id: guid, state: statecode}, coded: [state]}
        quotes: {table: crm.quotes, parent: opp_guid, columns: {number: quote_no}}
    """
    source = Source(path, read_text(path))
    diagnostics = Diagnostics()
    tree = load(source, diagnostics)
    records = dict(_Reader(model, diagnostics).records(tree)) if tree is not None else {}
    if diagnostics.failed:
        raise MappingError(diagnostics, {path: source.text})
    return SourceMapping(records)


class _Reader:
    def __init__(self, model: Model, diagnostics: Diagnostics) -> None:
        self.model = model
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def records(self, tree: Node) -> Iterator[tuple[str, RecordMapping]]:
        root = self.model.records[self.model.root]
        kinds = {root.name: root.name} | {each.name: each.of for each in root.lists}
        top = self.shapes.mapping(tree, optional=tuple(kinds))
        for key, node in top.pairs if top else ():
            if key.text in kinds:
                yield key.text, self.record(node, kinds[key.text], is_root=key.text == root.name)

    def record(self, node: Node, record: str, *, is_root: bool) -> RecordMapping:
        keys = ("table", "columns", "coded") if is_root else ("table", "columns", "coded", "parent")
        body = self.shapes.mapping(node, optional=keys)
        if body is None:
            return RecordMapping()
        return RecordMapping(
            self.shapes.text(body.get("table")),
            dict(self.columns(body.get("columns"), record)),
            self.shapes.text(body.get("parent")),
            self.coded(body, record),
        )

    def columns(self, node: Node | None, record: str) -> Iterator[tuple[str, str]]:
        fields = self.model.records[record].fields
        for key, value in self.shapes.entries(node):
            if key.text not in fields:
                self.diagnostics.report(
                    "unknown-field", key.span, suggest(key.text, fields), record=record, name=key.text
                )
            yield key.text, self.shapes.text(value)

    def coded(self, body: YamlMapping, record: str) -> frozenset[str] | None:
        """The enumerations whose columns hold codes; None if nothing is said about that."""
        if body.get("coded") is None:
            return None
        fields = self.model.records[record].fields.values()
        known = [each.name for each in fields if each.type == "enumeration"]
        return frozenset(self.shapes.choice(item, known) for item in self.shapes.items(body.get("coded")))
