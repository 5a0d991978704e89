"""Changes of records become calls of the Dataverse Web API, written out for whoever sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from oppi18n.model.schema import Field, Model

ACTION: Final = "Microsoft.Dynamics.CRM."
PROJECT: Final = "project"
QUOTE_ACTIONS: Final = {
    "closed": ("CloseQuote", "lost", "msdyn_CloseQuoteAsLost"),
    "won": ("WinQuote", "won", "msdyn_CloseQuoteAsWon"),
}
"""State of a quote → the action for any quote; the reason that the action bound to a project quote gives, and that one."""
OPPORTUNITY_ACTIONS: Final = {"won": "WinOpportunity", "lost": "LoseOpportunity"}
DEFAULT_REASON: Final = -1
CANCELED: Final = {"statecode": 2, "statuscode": 3}
"""The codes of an activity that is canceled; they are the same for all kinds of activities."""

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Payload(NamedTuple):
    """One call: method, address below `/api/data/v9.2/`, body, and the pointer of the record it is about."""

    method: str
    url: str
    body: Mapping[str, Any]
    record: str


class LeftOut(NamedTuple):
    """What no payload can carry, as a pointer, and why: `not-a-guid`, `no-code` or `lookup`."""

    pointer: str
    code: str


class Activity(NamedTuple):
    """What closing leaves behind: its entity, the pointer of the record it belongs to, its values in the model's words."""

    entity: str
    record: str
    values: Mapping[str, Any]


class Payloads:
    """Writes calls for the records of one model, and keeps in mind what it had to leave out."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._left_out: dict[LeftOut, None] = {}

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What the calls so far could not carry."""
        return tuple(self._left_out)

    def opportunity(
        self, pointer: str, record: Mapping[str, Any], close: Mapping[str, Any], subject: str
    ) -> Iterator[Payload]:
        """The call that closes an opportunity, with its activity."""
        asked = self.model.records[self.model.request]
        place = self._place(pointer, self.model.root, record)
        status = self._code(asked.fields["status_reason"], close.get("status_reason"), f"/{asked.name}/status_reason")
        if place is None or status is None:
            return
        body: dict[str, Any] = {"subject": subject}
        for name in ("revenue", "date", "description"):
            if close.get(name) is not None:
                body[asked.fields[name].dataverse] = plain(close[name])
        body["opportunityid@odata.bind"] = f"/{place}"
        if close.get("competitor") is not None:
            if is_guid(close["competitor"]):
                body["competitorid@odata.bind"] = f"/competitors({close['competitor']})"
            else:
                self._leave_out(f"/{asked.name}/competitor", "not-a-guid")
        yield Payload(
            "POST", OPPORTUNITY_ACTIONS[close["outcome"]], {"Status": status, "OpportunityClose": body}, pointer
        )

    def quote(self, pointer: str, quote: Mapping[str, Any], activity: Mapping[str, Any]) -> Iterator[Payload]:
        """The call that closes a quote, or wins it. `quote` is the record as it is to be.

        The action of project quotes gives one reason only, so another one goes by the action of all quotes.
        """
        kind = self.model.records["quote"]
        place = self._place(pointer, kind.name, quote)
        reason = quote.get("status_reason")
        status: int | None = DEFAULT_REASON
        if isinstance(reason, str):
            status = self._code(kind.fields["status_reason"], reason, f"{pointer}/status_reason")
        if place is None or status is None:
            return
        action, bound_reason, bound = QUOTE_ACTIONS[quote["state"]]
        if quote.get("order_type") == PROJECT and reason == bound_reason:
            yield Payload("POST", f"{place}/{ACTION}{bound}", {}, pointer)
            return
        body = {"subject": activity["subject"], "quotenumber": activity["number"], "revision": activity["revision"]}
        body = {name: value for name, value in body.items() if value is not None}
        body |= {"actualend": plain(activity["date"]), "quoteid@odata.bind": f"/{place}"}
        yield Payload("POST", action, {"Status": status, "QuoteClose": body}, pointer)

    def changed(
        self, pointer: str, kind: str, record: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Iterator[Payload]:
        """The call that gives fields of a record new values."""
        place = self._place(pointer, kind, record)
        body: dict[str, Any] = {}
        for name, value in values.items():
            field = self.model.records[kind].fields[name]
            if field.type in ("currency", "reference"):
                self._leave_out(f"{pointer}/{name}", "lookup")
            elif field.type != "enumeration" or value is None:
                body[field.dataverse] = plain(value)
            elif (code := self._code(field, value, f"{pointer}/{name}")) is not None:
                body[field.dataverse] = code
        if place is not None and body:
            yield Payload("PATCH", place, body, pointer)

    def canceled(self, pointer: str, activity: str) -> Payload:
        """The call that cancels the activity of a closing."""
        return Payload("PATCH", f"{self.model.records[self.model.request].collection}({activity})", CANCELED, pointer)

    def _place(self, pointer: str, kind: str, record: Mapping[str, Any]) -> str | None:
        found = record.get("id")
        if is_guid(found):
            return f"{self.model.records[kind].collection}({found})"
        self._leave_out(f"{pointer}/id", "not-a-guid")
        return None

    def _code(self, field: Field, value: Any, pointer: str) -> int | None:
        found = self.model.enumerations[field.of].values[value].dataverse
        if found is None:
            self._leave_out(pointer, "no-code")
        return found

    def _leave_out(self, pointer: str, code: str) -> None:
        self._left_out[LeftOut(pointer, code)] = None


def is_guid(found: object) -> bool:
    """Whether this is an id by which Dataverse knows a record.

    >>> is_guid("5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a711"), is_guid("o1")
    (True, False)
    """
    return isinstance(found, str) and _GUID.fullmatch(found) is not None


def plain(value: Any) -> Any:
    """A value as a body has it: dates as text, amounts as exact decimals."""
    return value.isoformat() if hasattr(value, "isoformat") else value
