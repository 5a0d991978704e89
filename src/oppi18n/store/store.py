"""Closing in a database is one transaction: decided inside it, written whole or not at all, and written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import Engine

from oppi18n.closing import Closing, close, remedy, reopen
from oppi18n.errors import InputError
from oppi18n.model.facts import Facts
from oppi18n.store.audit import Audit, Entry
from oppi18n.store.database import Conflict, StoreError, engine_for, make_ready
from oppi18n.store.loading import Loader
from oppi18n.store.reading import Reading, Stored
from oppi18n.store.rows import digest_of
from oppi18n.store.tables import Tables, tables_of
from oppi18n.store.writing import Writer, timestamp

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Model

ANYONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Closed:
    """What came of a closing or a reopening.

    `status` is that of `closing`, which is None where the same request was answered before; `version` is the one that
    the opportunity had then, `codes` are the rules that failed. It is true only if something was changed:
    the opportunity closed or reopened, a remedy carried out.
    """

    status: str
    verdict: str | None
    codes: tuple[str, ...]
    version: int
    closing: Closing | None = None

    def __bool__(self) -> bool:
        return self.status in ("closed", "reopened", "remedied")


class Store(Reading):
    """Opportunities in a database.

    It may be shared between threads; each call is a transaction of its own. Its connections end with `dispose`, or
    with the `with` statement.
    """

    def __init__(self, engine: Engine, tables: Tables) -> None:
        super().__init__(engine, tables)
        self.audit = Audit(engine, tables)

    @classmethod
    def open(cls, url: str, model: Model) -> Store:
        """The store in a database, made ready for a model.

        Raises StoreError: `store-url`, `store-newer`, `store-failed`, `store-locked`.

        >>> from oppi18n import load_rules
        >>> with Store.open("sqlite:///:memory:", load_rules().model) as store:
        ...     store.count()
        0
        """
        engine, tables = engine_for(url), tables_of(model)
        try:
            make_ready(engine, tables)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, tables)

    def load(self, facts: Iterable[Facts | Mapping[str, Any]], *, replace: bool = False) -> int:
        """Put opportunities in, all or none; how many. One that is there already is refused, or replaced.

        Raises InputError `store-no-id`, `store-already-there`, StoreError.
        """
        with self._writing() as connection:
            return Loader(connection, self.tables).load(facts, replace=replace)

    def close(
        self,
        rules: Rules,
        identity: str,
        request: Mapping[str, Any],
        *,
        today: date,
        close_quotes: bool = False,
        version: int | None = None,
        who: str = ANYONE,
        request_id: str | None = None,
        deployment: str | None = None,
        subject: str = "",
    ) -> Closed:
        """Close an opportunity, with `close_quotes` all its active and draft quotes too, in one transaction.

        The rules decide inside the transaction, on what is in the database then. `version` is the one that the caller
        has seen. A request that comes twice with the same id is answered the same and carried out once.
        Raises `Conflict` (`version-conflict`), InputError (`store-not-found`, `request-id-reused`), StoreError:
        with `store-unsure` nobody knows whether it was carried out, so send it again with the same id.
        """

        def act(facts: Facts) -> Closing:
            return close(
                rules,
                facts,
                request,
                today=today,
                close_quotes=close_quotes,
                deployment=deployment,
                subject=subject,
            )

        asked = {"action": "close", "request": dict(request), "quotes": close_quotes, "id": identity}
        return self._change(rules, identity, act, asked=asked, version=version, who=who, request_id=request_id)

    def reopen(
        self,
        rules: Rules,
        identity: str,
        *,
        version: int | None = None,
        who: str = ANYONE,
        request_id: str | None = None,
    ) -> Closed:
        """Open a closed opportunity again; the activity of its closing is canceled. Raises what `close` raises."""
        asked = {"action": "reopen", "id": identity}
        return self._change(
            rules,
            identity,
            lambda facts: reopen(rules, facts),
            asked=asked,
            version=version,
            who=who,
            request_id=request_id,
        )

    def remedy(
        self,
        rules: Rules,
        identity: str,
        name: str,
        *,
        today: date,
        version: int | None = None,
        who: str = ANYONE,
        request_id: str | None = None,
        deployment: str | None = None,
    ) -> Closed:
        """Carry out a remedy of the ruleset, such as closing all quotes, in one transaction. Raises what `close` raises."""
        return self._change(
            rules,
            identity,
            lambda facts: remedy(rules, facts, name, today=today, deployment=deployment),
            asked={"action": name, "id": identity},
            version=version,
            who=who,
            request_id=request_id,
        )

    def _change(
        self,
        rules: Rules,
        identity: str,
        act: Any,
        *,
        asked: Mapping[str, Any],
        version: int | None,
        who: str,
        request_id: str | None,
    ) -> Closed:
        request_id = request_id or str(uuid4())
        try:
            with self._writing() as connection:
                stored = self._stored(connection, identity, locked=True)
                known = self.audit.answered(connection, request_id)
                if known is not None:
                    return _again(known, asked, who)
                if version is not None and version != stored.version:
                    raise Conflict("version-conflict", id=identity, found=stored.version, expected=version)
                closing = act(stored.facts)
                now = stored.version + bool(closing)
                entry = _entry(rules, stored, closing, asked, who=who, request_id=request_id, now=now)
                if closing:
                    Writer(connection, self.tables).write(stored, closing)
                self.audit.write(connection, entry)
                return Closed(closing.status, entry.verdict, entry.codes, now, closing)
        except StoreError as error:
            return _again(_unheard(self.audit, error, identity, request_id), asked, who)


def _unheard(audit: Audit, error: StoreError, identity: str, request_id: str) -> Entry:
    """The entry of a request that was carried out although nobody heard of it; else what has become of it is raised."""
    if error.code not in ("store-failed", "store-unsure"):
        raise error
    try:
        known = audit.kept(request_id, identity, is_late=error.code == "store-unsure")
    except StoreError:
        raise error from None
    if known is None:
        raise StoreError("store-failed", **error.params) from None
    return known


def _again(known: Entry, asked: Mapping[str, Any], who: str) -> Closed:
    """What the same request of the same person was answered before."""
    if known.fingerprint != digest_of(asked) or known.who != who:
        raise InputError("request-id-reused", id=known.request_id)
    return Closed(known.outcome, known.verdict, known.codes, known.row_version or 0)


def _entry(
    rules: Rules,
    stored: Stored,
    closing: Closing,
    asked: Mapping[str, Any],
    *,
    who: str,
    request_id: str | None,
    now: int,
) -> Entry:
    decision = closing.decision
    return Entry(
        at=timestamp(),
        who=who,
        action=asked["action"],
        opportunity=str(stored.facts.id),
        request_id=request_id,
        fingerprint=digest_of(asked),
        ruleset=rules.id,
        ruleset_digest=rules.digest,
        facts_digest=digest_of(stored.facts.record),
        verdict=decision.verdict if decision is not None else None,
        codes=tuple(each.rule for each in decision.violations) if decision is not None else (),
        outcome=closing.status,
        row_version=now,
    )
