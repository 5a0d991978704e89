"""The tables follow from the model: a column per field, a table per list, and beside them activities and the audit log.

What a record does not say is told from what it says is empty by the column `not_loaded`, a JSON list of field names;
whether a list was loaded whole, in part or not at all stands in `<list>_loaded` of the opportunity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from oppi18n.model.schema import Field, Model, Record
from oppi18n.store.columns import Amount, type_of

VERSION: Final = 1
"""The version of the tables that are not the model's."""

NOT_LOADED: Final = "not_loaded"
POSITION: Final = "position"
PARENT: Final = "parent"
WHOLE: Final = "whole"
PARTIAL: Final = "partial"

_COUNTED: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only what is called an integer."""


def loaded(field: Field) -> str:
    """The column that says how much of a list is there."""
    return f"{field.name}_loaded"


@dataclass(frozen=True)
class Tables:
    """The tables of one model: `records` by record type, the root's first."""

    model: Model
    metadata: MetaData
    records: dict[str, Table]
    activities: Table
    audit: Table
    erasures: Table
    about: Table

    @property
    def root(self) -> Table:
        """The table of the opportunities."""
        return self.records[self.model.root]

    def lists(self) -> Iterator[tuple[Field, Table]]:
        """The lists of the root, with the tables of their records."""
        for field in self.model.records[self.model.root].lists:
            yield field, self.records[field.of]


def tables_of(model: Model) -> Tables:
    """The tables for a model."""
    metadata = MetaData()
    root = model.records[model.root]
    records = {root.name: Table(root.name, metadata, *_root_columns(root))}
    Index(f"ix_{root.name}_state", records[root.name].c.state)
    for field in root.lists:
        child = model.records[field.of]
        records[child.name] = Table(child.name, metadata, *_child_columns(child, root))
    return Tables(
        model,
        metadata,
        records,
        _activities(metadata, root),
        _audit(metadata),
        _erasures(metadata),
        Table("oppi18n_store", metadata, Column("version", Integer, primary_key=True)),
    )


def _root_columns(record: Record) -> Iterator[Column[Any]]:
    yield from _fields(record)
    for field in record.lists:
        yield Column(loaded(field), Text)
    yield Column("row_version", BigInteger, nullable=False)


def _child_columns(record: Record, root: Record) -> Iterator[Column[Any] | UniqueConstraint]:
    yield from _fields(record)
    # Deleting an opportunity takes its quotes along; adding a quote waits for whoever is closing the opportunity.
    yield Column(PARENT, Text, ForeignKey(f"{root.name}.id", ondelete="CASCADE"), nullable=False)
    yield Column(POSITION, Integer, nullable=False)
    yield UniqueConstraint(PARENT, POSITION)


def _fields(record: Record) -> Iterator[Column[Any]]:
    for field in record.fields.values():
        if field.name == "id":
            yield Column("id", Text, primary_key=True)
        elif field.type != "list":
            yield Column(field.name, type_of(field))
    yield Column(NOT_LOADED, Text)


def _activities(metadata: MetaData, root: Record) -> Table:
    return Table(
        "close_activity",
        metadata,
        Column("id", Text, primary_key=True),
        Column("entity", Text, nullable=False),
        Column("opportunity", Text, ForeignKey(f"{root.name}.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("record", Text, nullable=False),
        Column("subject", Text),
        Column("values", Text, nullable=False),
        Column("revenue", Amount),
        Column("created_at", Text, nullable=False),
        Column("canceled", Boolean, nullable=False),
    )


def _audit(metadata: MetaData) -> Table:
    return Table(
        "audit",
        metadata,
        Column("number", _COUNTED, primary_key=True, autoincrement=True),
        Column("at", Text, nullable=False),
        Column("who", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("opportunity", Text, nullable=False, index=True),
        Column("request_id", Text, unique=True),
        Column("fingerprint", Text),
        Column("ruleset", Text, nullable=False),
        Column("ruleset_digest", Text, nullable=False),
        Column("facts_digest", Text, nullable=False),
        Column("verdict", Text),
        Column("codes", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("row_version", BigInteger),
    )


def _erasures(metadata: MetaData) -> Table:
    return Table(
        "audit_erasure",
        metadata,
        Column("number", _COUNTED, primary_key=True, autoincrement=True),
        Column("at", Text, nullable=False),
        Column("who", Text, nullable=False),
        Column("before", Text),
        Column("opportunity", Text),
        Column("count", Integer),
        Column("active", Boolean, nullable=False),
        # Whether a person's entries were asked for; the name is what was to be forgotten.
        Column("of_person", Boolean),
    )


GUARDS: Final = {
    "sqlite": (
        (
            "CREATE TRIGGER IF NOT EXISTS audit_is_kept BEFORE UPDATE ON audit"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS audit_is_whole BEFORE DELETE ON audit"
            " WHEN NOT EXISTS (SELECT 1 FROM audit_erasure WHERE active)"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        ),
        # INSERT OR REPLACE takes rows away without asking the trigger above.
        (
            "CREATE TRIGGER IF NOT EXISTS audit_is_new BEFORE INSERT ON audit"
            " WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number OR request_id = NEW.request_id)"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION oppi18n_audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_erasure WHERE active) THEN RETURN OLD; END IF;"
            " RAISE EXCEPTION 'the audit log is append-only'; END $$"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit"
            " FOR EACH ROW EXECUTE FUNCTION oppi18n_audit_is_kept()"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_is_whole BEFORE TRUNCATE ON audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION oppi18n_audit_is_kept()"
        ),
    ),
}
"""What keeps the audit log append-only, also for programs other than this one; erasing is told in a table of its own."""
