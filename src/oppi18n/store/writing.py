"""What a closing changes is written row by row, in the transaction that has decided it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, update

from oppi18n.closing import REOPENED, Closing, record_at
from oppi18n.payloads import Activity
from oppi18n.store.columns import plain
from oppi18n.store.database import Conflict
from oppi18n.store.reading import Stored
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
