"""What a closing changes is written row by row, in the transaction that has decided it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select, update

from oppi18n.closing import REOPENED, Closing, record_at
from oppi18n.errors import InputError
from oppi18n.payloads import Activity
from oppi18n.store.columns import plain
from oppi18n.store.database import Conflict
from oppi18n.store.reading import BATCH, Stored
from oppi18n.store.rows import rows_of
from oppi18n.store.tables import Tables


def timestamp() -> str:
    """Now, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Writer:
    """Writes in one transaction."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection = connection
        self.tables = tables
        self.model = tables.model

    def load(self, facts: Iterable[Any], *, replace: bool) -> int:
        """Put opportunities in; how many."""
        count = 0
        for batch in _batches(facts):
            self._load([getattr(each, "record", each) for each in batch], replace=replace)
            count += len(batch)
        return count

    def _load(self, batch: list[Mapping[str, Any]], *, replace: bool) -> None:
        root = self.tables.root
        rows = [rows_of(each, self.tables) for each in batch]
        ids = [row[root.name][0]["id"] for row in rows]
        twice = [each for each, count in Counter(ids).items() if count > 1]
        if twice and not replace:
            raise InputError("store-already-there", id=min(twice))
        # The last one counts, as it does where they come in two batches.
        rows = list(dict(zip(ids, rows, strict=True)).values())
        known = self.connection.execute(select(root.c.id, root.c.row_version).where(root.c.id.in_(ids)))
        there = {row[0]: row[1] for row in known}
        if there and not replace:
            raise InputError("store-already-there", id=min(there))
        if there:
            self.connection.execute(root.delete().where(root.c.id.in_(list(there))))
        for row in rows:
            row[root.name][0]["row_version"] = there.get(row[root.name][0]["id"], 0) + 1
        for name, table in self.tables.records.items():
            every = [each for row in rows for each in row[name]]
            if every:
                self.connection.execute(table.insert(), every)

    def write(self, stored: Stored, closing: Closing) -> None:
        """Write what a closing or a reopening changes, and its activities. Raises `Conflict`."""
        root = self.tables.root
        for change in closing.changes:
            name, identity = self._place(closing, change.pointer)
            table = self.tables.records[name]
            self.connection.execute(update(table).where(table.c.id == identity).values(**dict(change.values)))
        bump = update(root).where(root.c.id == stored.facts.id, root.c.row_version == stored.version)
        if self.connection.execute(bump.values(row_version=stored.version + 1)).rowcount != 1:
            raise Conflict("version-conflict", id=stored.facts.id, found="?", expected=stored.version)
        if closing.status == REOPENED:
            self._cancel(str(stored.facts.id))
            return
        for activity in closing.activities:
            self._file(str(stored.facts.id), closing, activity)

    def _place(self, closing: Closing, pointer: str) -> tuple[str, str]:
        """The table and the id of the record at a pointer."""
        parts = pointer.split("/")
        root = self.model.records[self.model.root]
        name = root.name if len(parts) == 2 else root.fields[parts[2]].of
        return name, record_at(closing.record, pointer)["id"]

    def _file(self, identity: str, closing: Closing, activity: Activity) -> None:
        values = {name: plain(value) for name, value in activity.values.items()}
        self.connection.execute(
            self.tables.activities.insert(),
            {
                "id": str(uuid4()),
                "entity": activity.entity,
                "opportunity": identity,
                "record": self._place(closing, activity.record)[1],
                "subject": values.pop("subject", None),
                "values": json.dumps(values, ensure_ascii=False, sort_keys=True),
                "revenue": activity.values.get("revenue"),
                "created_at": timestamp(),
                "canceled": False,
            },
        )

    def _cancel(self, identity: str) -> None:
        table = self.tables.activities
        entity = self.model.records[self.model.request].entity
        mine = update(table).where(table.c.opportunity == identity, table.c.entity == entity, ~table.c.canceled)
        self.connection.execute(mine.values(canceled=True))


def _batches(facts: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for each in facts:
        batch.append(each)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
