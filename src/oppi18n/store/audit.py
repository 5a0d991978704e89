"""The audit log says who asked for which closing, when, on what, and what came of it; entries are only ever added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from oppi18n.store.database import SQLITE, StoreError, told
from oppi18n.store.rows import key_of
from oppi18n.store.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `at` is in UTC; digests are those of the ruleset and of the facts that were decided on.

    `action` is `close`, `reopen` or the name of a remedy. `outcome` is what came of it (`closed`, `refused`,
    `already-closed`, `reopened`, `already-open`, `remedied`, `unchanged`), `verdict` what the rules said, `codes` which of them failed, `row_version` the version of the opportunity afterwards.
    """

    at: str
    who: str
    action: str
    opportunity: str
    request_id: str | None = None
    fingerprint: str | None = None
    ruleset: str
    ruleset_digest: str
    facts_digest: str
    verdict: str | None
    codes: tuple[str, ...] = ()
    outcome: str
    row_version: int | None = None
    number: int | None = None


class Audit:
    """The audit log of a store."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self.engine = engine
        self.table = tables.audit
        self.erasures = tables.erasures

    def entries(self, opportunity: str = "") -> Iterator[Entry]:
        """The entries, oldest first: of one opportunity, or all."""
        wanted = select(self.table).order_by(self.table.c.number)
        if opportunity:
            wanted = wanted.where(self.table.c.opportunity == key_of(opportunity))
        with told(), self.engine.connect().execution_options(oppi18n_reading=True) as connection:
            for row in connection.execute(wanted).mappings():
                yield _entry(row)

    def write(self, connection: Connection, entry: Entry) -> None:
        """Add an entry, in the transaction that it tells of."""
        row = {**asdict(entry), "codes": json.dumps(entry.codes)}
        del row["number"]
        connection.execute(self.table.insert(), row)

    def answered(self, connection: Connection, request_id: str | None) -> Entry | None:
        """The entry of a request that was answered before."""
        if request_id is None:
            return None
        row = connection.execute(select(self.table).where(self.table.c.request_id == request_id)).mappings().first()
        return _entry(row) if row is not None else None

    def kept(self, request_id: str) -> Entry | None:
        """The entry of a request that may have been carried out although nobody heard of it; None if nobody can say."""
        try:
            with told(), self.engine.connect().execution_options(oppi18n_reading=True) as connection:
                return self.answered(connection, request_id)
        except StoreError:
            return None

    def erase(self, *, who: str, before: str = "", opportunity: str = "", person: str = "") -> int:
        """Take out entries from before a moment (ISO, UTC), of an opportunity, of what a person asked for; how many.

        Of several conditions all have to be met. That it was done, by whom and of what stays on record, save for the
        name of the person.

        >>> from oppi18n import load_rules
        >>> from oppi18n.store import Store
        >>> with Store.open("sqlite:///:memory:", load_rules().model) as store:
        ...     store.audit.erase(who="me", before="2020-01-01")
        0
        """
        own = self.table.c
        conditions = [own.at < before] if before else []
        conditions += [own.opportunity == key_of(opportunity)] if opportunity else []
        conditions += [own.who == person] if person else []
        if not conditions:
            return 0
        note = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who,
            "before": before or None,
            "opportunity": opportunity or None,
            "of_person": bool(person),
            "active": True,
        }
        with told(), self.engine.connect() as connection:
            is_sqlite = connection.dialect.name == SQLITE
            with connection.begin():
                if is_sqlite:
                    # What is deleted would stay in the file until something else is written there.
                    connection.exec_driver_sql("PRAGMA secure_delete = ON")
                made = connection.execute(self.erasures.insert(), note).inserted_primary_key
                count = connection.execute(delete(self.table).where(*conditions)).rowcount
                mine = update(self.erasures).where(self.erasures.c.number == (made[0] if made else 0))
                connection.execute(mine.values(active=False, count=count))
            if is_sqlite:
                _forget(connection)
        return count


def _forget(connection: Connection) -> None:
    """Empty the journal, in which the entries may still stand; while somebody reads, it waits, and then leaves it."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{**row, "codes": tuple(json.loads(row["codes"]))})
