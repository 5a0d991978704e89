"""Marks beside the values of a row: whether a field was loaded, and how much of a list; what is no such mark is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from oppi18n.bulk.mapping import SourceMapping
from oppi18n.bulk.relations import Relation
from oppi18n.model.schema import Model
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.tables import PARTIAL, WHOLE

# What `oppi18n.store.tables` calls them; this room does without its library.
NOT_LOADED: Final = "not_loaded"
_STORE: Final = "oppi18n_store"
_PARENT: Final = "parent"

_NUMBERS: Final = ("int", "wide", "decimal", "double")
_TEXTS: Final = ("text", "csv", "any")


def list_mark(kind: str, cell: str, dialect: Dialect) -> str:
    """SQL of how much of a list is there: 2 all of it, 1 a part, 0 nothing; empty for a column that cannot say so."""
    if kind == "bool":
        return f"CASE WHEN {cell} THEN {WHOLE} ELSE 0 END"
    if kind in _NUMBERS:
        return f"CASE WHEN {cell} = {WHOLE} THEN {WHOLE} WHEN {cell} = {PARTIAL} THEN {PARTIAL} ELSE 0 END"
    whole, partial = ("'whole', '2', '2.0'", "'partial', '1', '1.0'")
    text = f"CAST({cell} AS {dialect.string})"
    found = f"CASE WHEN {text} IN ({whole}) THEN {WHOLE} WHEN {text} IN ({partial}) THEN {PARTIAL} ELSE 0 END"
    return found if kind in _TEXTS else ""


def field_mark(kind: str, cell: str, dialect: Dialect) -> str:
    """SQL that is 1 where a field was loaded and 0 elsewhere; empty for a column that cannot say so."""
    if kind == "bool":
        return f"CASE WHEN {cell} THEN 1 ELSE 0 END"
    if kind in _NUMBERS:
        return f"CASE WHEN {cell} = 1 THEN 1 ELSE 0 END"
    found = f"CASE WHEN CAST({cell} AS {dialect.string}) IN ('1', '1.0', 'true') THEN 1 ELSE 0 END"
    return found if kind in _TEXTS else ""


def unnamed(field: str, cell: str, otherwise: str) -> str:
    """SQL of the mark of a field: 0 where a column of names has it, what else is known of it elsewhere."""
    pattern = field.replace("_", "!_")
    return f"CASE WHEN {cell} LIKE '%\"{pattern}\"%' ESCAPE '!' THEN 0 ELSE {otherwise or '1'} END"


def with_store(mapping: SourceMapping, relations: Mapping[str, Relation], model: Model) -> SourceMapping:
    """A mapping and, where the relations are those of a store, the store's own layout, as far as nobody says otherwise."""
    if _STORE not in relations:
        return mapping
    root = model.records[model.root]
    layout = {root.name: (root.name, "")} | {each.name: (each.of, _PARENT) for each in root.lists}
    records = {
        name: replace(mapping.of(name), table=mapping.of(name).table or table, parent=mapping.of(name).parent or parent)
        for name, (table, parent) in layout.items()
    }
    return SourceMapping(records)
