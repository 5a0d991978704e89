"""How activities name themselves in the reader's language; the texts are stored, and read in Dataverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oppi18n.engine.decision import RecordValue

if TYPE_CHECKING:
    from oppi18n.cli.session import Session
    from oppi18n.model.schema import Model


class Subjects:
    """The subject lines of a closing, in one language."""

    def __init__(self, model: Model, session: Session) -> None:
        self.model = model
        self.session = session

    def opportunity(self, record: Mapping[str, Any], outcome: object) -> str:
        """The subject of the activity that closes an opportunity."""
        name = self._named(self.model.root, record)
        if outcome == "won":
            return self.session.say("Opportunity closed as won: {opportunity}", opportunity=name)
        return self.session.say("Opportunity closed as lost: {opportunity}", opportunity=name)

    def quote(self, record: Mapping[str, Any]) -> str:
        """The subject of the activity that closes a quote."""
        return self.session.say("Quote closed: {quote}", quote=self._named("quote", record))

    def _named(self, kind: str, record: Mapping[str, Any]) -> str:
        return named(kind, record, self.model, self.session)


def named(kind: str, record: Mapping[str, Any], model: Model, session: Session) -> str:
    """A record as sentences name it."""
    return session.localizer.record(RecordValue.of(kind, record), model).text
