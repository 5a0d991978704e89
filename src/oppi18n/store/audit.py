"""The audit log says who asked for which closing, when, on what, and what came of it; entries are only ever added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from oppi18n.errors import InputError
from oppi18n.store.database import SQLITE, kept, told
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
        self.root = tables.root
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

    def kept(self, request_id: str, opportunity: str, *, is_late: bool) -> Entry | None:
        """The entry of a request that may have been carried out although nobody heard of it. Raises StoreError.

        With `is_late` the database may still be at it; it is waited for.
        """
        with told(), self.engine.connect().execution_options(oppi18n_reading=True) as connection:
            if is_late:
                # Locked until it is kept or not; SQLite knows no such lock, and does nothing after it has answered.
                wanted = select(self.root.c.id).where(self.root.c.id == key_of(opportunity)).with_for_update()
                connection.execute(wanted).all()
            return self.answered(connection, request_id)

    def erase(
        self, *, who: str, before: str | None = None, opportunity: str | None = None, person: str | None = None
    ) -> int:
        """Take out entries from before a moment (ISO), of an opportunity, of what a person asked for; how many.

        Of several conditions all have to be met; a moment that does not say its zone is in UTC. That it was done, by
        whom and of what stays on record, save for the name of the person.
        Raises InputError `wrong-value`, also for a condition that is an empty text, StoreError.

        >>> from oppi18n import load_rules
        >>> from oppi18n.store import Store
        >>> with Store.open("sqlite:///:memory:", load_rules().model) as store:
        ...     store.audit.erase(who="me", before="2020-01-01")
        0
        """
        moment = _moment(before) if before is not None else None
        conditions = list(self._conditions(moment, opportunity, person))
        if not conditions:
            return 0
        note = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who,
            "before": moment,
            "opportunity": opportunity,
            "of_person": person is not None,
            "active": True,
        }
        with told(), self.engine.connect() as connection:
            is_sqlite = connection.dialect.name == SQLITE
            with kept(connection):
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

    def _conditions(
        self, moment: str | None, opportunity: str | None, person: str | None
    ) -> Iterator[ColumnElement[bool]]:
        own = self.table.c
        if "" in (opportunity, person):
            raise InputError("wrong-value", found="", expected="person" if person == "" else "opportunity")
        if moment is not None:
            yield own.at < moment
        if opportunity is not None:
            yield own.opportunity == key_of(opportunity)
        if person is not None:
            yield own.who == person


def _moment(given: str) -> str:
    """A moment as the log writes it.

    >>> _moment("2026-04-01T01:30:00+02:00"), _moment("2026-04-01")
    ('2026-03-31T23:30:00.000+00:00', '2026-04-01T00:00:00.000+00:00')
    """
    try:
        found = datetime.fromisoformat(given)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError("wrong-value", found=given, expected="timestamp") from None
    return found.isoformat(timespec="milliseconds")


def _forget(connection: Connection) -> None:
    """Empty the journal, in which the entries may still stand; while somebody reads, it waits, and then leaves it."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{**row, "codes": tuple(json.loads(row["codes"]))})
