"""Closing an opportunity, and opening it again, are pure changes of its records: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.engine.careful import Careful
from oppi18n.engine.decision import Need
from oppi18n.engine.rules import record_of
from oppi18n.errors import InputError
from oppi18n.model.values import NOT_LOADED
from oppi18n.payloads import QUOTE_ACTIONS, Activity, LeftOut, Payload, Payloads, is_guid
from oppi18n.remedies import (
    OUTCOMES,
    Applied,
    Change,
    Planner,
    Step,
    is_closed,
    is_closing,
    kind_of,
    unsettled,
    with_changes,
)

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision
    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Model

CLOSED: Final = "closed"
REFUSED: Final = "refused"
ALREADY_CLOSED: Final = "already-closed"
REOPENED: Final = "reopened"
ALREADY_OPEN: Final = "already-open"
REMEDIED: Final = "remedied"
UNCHANGED: Final = "unchanged"

OPEN: Final = "open"
CLOSE_QUOTES: Final = "close-quotes"
"""The remedy that closes the quotes: rulesets say in it which ones, and with which reason."""
MAX_SUBJECT: Final = 200

QuoteSubject = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Closing:
    """What came out. It is true only if the opportunity was closed or reopened, or a remedy has changed something.

    `record` has the records afterwards, those before if nothing was done; `changes` leads from one to the other.
    `needs` is what is missing, `left_open` are pointers to quotes that stay a draft or active. `payloads` are the
    calls that do the same in Dataverse, `left_out` is what they cannot carry. `decision` is None for a reopening.
    """

    status: str
    record: Mapping[str, Any]
    decision: Decision | None = None
    changes: tuple[Change, ...] = ()
    activities: tuple[Activity, ...] = ()
    payloads: tuple[Payload, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    needs: tuple[Need, ...] = ()
    left_open: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.status in (CLOSED, REOPENED, REMEDIED)


class Paperwork(NamedTuple):
    """The activities of some changes, and the calls that make them in Dataverse."""

    activities: tuple[Activity, ...]
    payloads: tuple[Payload, ...]
    left_out: tuple[LeftOut, ...]


def close(
    rules: Rules,
    facts: Any,
    request: Any = None,
    *,
    today: date,
    close_quotes: bool = False,
    defaults: bool = True,
    deployment: str | None = None,
    subject: str = "",
    quote_subject: QuoteSubject | None = None,
) -> Closing:
    """Close an opportunity as won or lost; with `close_quotes`, all its active and draft quotes at the same time.

    Facts and request are those of `Rules.evaluate`. Nothing is closed unless the rules say closable and the request
    has an outcome and a status reason that goes with it. `subject` and `quote_subject` name the activities.

    >>> from oppi18n import load_rules
    >>> facts = {"opportunity": {"id": "o1", "state": "open", "quotes": []}}
    >>> closing = close(load_rules(), facts, {"outcome": "lost"}, today=date(2026, 3, 31))
    >>> closing.status, closing.record["opportunity"]["status_reason"]
    ('closed', 'canceled')
    """
    if not is_closing(rules):
        raise InputError("ruleset-without-closing", name=rules.id, action=rules.action)
    planner = Planner(rules, today=today, deployment=deployment)
    record: Mapping[str, Any] = {rules.model.request: {}, **planner.checked(facts, request)}
    before = {rules.model.root: record[rules.model.root]}
    record, added = planner.completed(record) if defaults else (record, {})
    if is_closed(record, rules.model):
        return Closing(ALREADY_CLOSED, before, planner.decide(facts, record))
    step, record, missing = planner.apply(record, CLOSE_QUOTES) if close_quotes else _untouched(record)
    decision = planner.decide(facts, record)
    decision.defaults = added
    if (needs := _needs(decision, missing, rules)) or not decision:
        return Closing(REFUSED, before, decision, needs=needs)
    changes = (*step.changes, closing_change(record, rules.model))
    after, asked = with_changes(before, changes), record[rules.model.request]
    papers = paperwork(rules.model, after, changes, asked, today=today, subject=subject, quote_subject=quote_subject)
    return Closing(CLOSED, after, decision, changes, *papers, left_open=_left_open(after, rules.model))


def remedy(rules: Rules, facts: Any, name: str, *, today: date, deployment: str | None = None) -> Closing:
    """Carry out one remedy on an open opportunity, such as closing all its quotes; it stays open itself.

    All records that the remedy is about change, or none where something is missing to be sure of them.

    >>> from oppi18n import load_rules
    >>> quotes = [{"id": "q1", "state": "active", "order_type": "project"}]
    >>> facts = {"opportunity": {"id": "o1", "state": "open", "quotes": quotes}}
    >>> done = remedy(load_rules(), facts, "close-quotes", today=date(2026, 3, 31))
    >>> done.status, done.record["opportunity"]["quotes"][0]["status_reason"]
    ('remedied', 'lost')
    """
    planner = Planner(rules, today=today, deployment=deployment)
    model = rules.model
    before = {model.root: planner.checked(facts)[model.root]}
    decision = planner.decide(facts, before)
    if is_closed(before, model):
        return Closing(ALREADY_CLOSED, before, decision)
    step, after, missing = planner.apply(before, name)
    state = () if before[model.root].get("state", NOT_LOADED) == OPEN else (f"/{model.root}/state",)
    if needs := tuple(Need(each, ()) for each in (*state, *missing)):
        return Closing(REFUSED, before, decision, needs=needs)
    if not step.changes:
        return Closing(UNCHANGED, before, decision)
    papers = paperwork(model, after, step.changes, {}, today=today)
    return Closing(REMEDIED, after, planner.decide(facts, after), step.changes, *papers)


def reopen(rules: Rules, facts: Any, *, activity: str = "") -> Closing:
    """Open a closed opportunity again: its actual revenue and close date are cleared; its quotes stay as they are.

    The activity that is canceled is the one of the closing that is undone, the latest of the opportunity. The platform
    cancels it by itself; a call for it is added where `activity` gives its id.

    >>> from oppi18n import load_rules
    >>> reopened = reopen(load_rules(), {"opportunity": {"id": "o1", "state": "won", "quotes": []}})
    >>> reopened.status, reopened.record["opportunity"]["state"]
    ('reopened', 'open')
    """
    if activity and not is_guid(activity):
        raise InputError("not-a-guid", id=activity)
    model = rules.model
    opportunity = Careful(rules).checked(facts, record_of(facts), None)[0][model.root]
    before = {model.root: opportunity}
    state = opportunity.get("state", NOT_LOADED)
    if state is NOT_LOADED:
        return Closing(REFUSED, before, needs=(Need(f"/{model.root}/state", ()),))
    if state not in OUTCOMES:
        return Closing(ALREADY_OPEN, before)
    return _reopened(opportunity, state, activity, model)


def _reopened(opportunity: Mapping[str, Any], state: str, activity: str, model: Model) -> Closing:
    pointer = f"/{model.root}"
    reasons = model.enumerations[model.records[model.root].fields["status_reason"].of]
    values = {
        "state": OPEN,
        "status_reason": reasons.belonging(OPEN)[0],
        "actual_revenue": None,
        "actual_close_date": None,
    }
    changes = (_change(pointer, opportunity, values),)
    payloads = Payloads(model)
    calls = tuple(payloads.changed(pointer, model.root, opportunity, values))
    undone = {"id": activity or None, "opportunity": opportunity.get("id"), "outcome": state, "state": "canceled"}
    canceled = (payloads.canceled(pointer, activity),) if activity else ()
    return Closing(
        REOPENED,
        with_changes({model.root: opportunity}, changes),
        changes=changes,
        activities=(Activity(model.records[model.request].entity, pointer, undone),),
        payloads=(*calls, *canceled),
        left_out=payloads.left_out,
    )


def paperwork(
    model: Model,
    record: Mapping[str, Any],
    changes: Iterable[Change],
    asked: Mapping[str, Any],
    *,
    today: date,
    subject: str = "",
    quote_subject: QuoteSubject | None = None,
) -> Paperwork:
    """The activities and the calls of changes, in their order; `record` has the records that change, `asked` the request."""
    payloads = Payloads(model)
    activities: list[Activity] = []
    calls: list[Payload] = []
    for change in changes:
        kind, pointer = kind_of(change.pointer, model).name, change.pointer
        after = {**record_at(record, pointer), **change.values} if kind != model.request else {}
        if kind == "quote" and change.values.get("state") in QUOTE_ACTIONS:
            first = {name: value for name, value in change.values.items() if name not in ("state", "status_reason")}
            calls += payloads.changed(pointer, kind, after, first)
            made = _quote_activity(after, asked.get("date") or today, quote_subject)
            activities.append(Activity("quoteclose", pointer, made))
            calls += payloads.quote(pointer, after, made)
        elif kind == model.root and change.values.get("state") in OUTCOMES:
            line = _within(subject or str(after.get("name") or after.get("id")))
            given = {name: value for name, value in asked.items() if value is not None}
            values = {"subject": line, "opportunity": after.get("id"), **given}
            activities.append(Activity(model.records[model.request].entity, pointer, values))
            calls += payloads.opportunity(pointer, after, asked, line)
        elif after:
            calls += payloads.changed(pointer, kind, after, change.values)
    return Paperwork(tuple(activities), tuple(calls), payloads.left_out)


def record_at(record: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    """The record at a pointer of the model's shape."""
    found: Any = record
    for part in pointer.split("/")[1:]:
        found = found[int(part)] if part.isdigit() else found[part]
    return found  # type: ignore[no-any-return]


def _untouched(record: Mapping[str, Any]) -> Applied:
    return Applied(Step(CLOSE_QUOTES, ()), record, ())


def _needs(decision: Decision, missing: tuple[str, ...], rules: Rules) -> tuple[Need, ...]:
    """What is missing: for the rules, for the quotes, and, where the rules allow it, for the closing itself."""
    known = {need.pointer for need in decision.needs}
    open_ends = unsettled(decision, rules) if decision else ()
    return (*decision.needs, *(Need(each, ()) for each in (*missing, *open_ends) if each not in known))


def closing_change(record: Mapping[str, Any], model: Model) -> Change:
    """How the opportunity itself changes when it is closed as the request in the record asks."""
    asked = record[model.request]
    values = {
        "state": asked["outcome"],
        "status_reason": asked["status_reason"],
        "actual_revenue": asked.get("revenue"),
        "actual_close_date": asked.get("date"),
    }
    return _change(f"/{model.root}", record[model.root], values)


def _change(pointer: str, record: Mapping[str, Any], values: Mapping[str, Any]) -> Change:
    """The change to new values, without those that say nothing new: what nobody has loaded does not become empty."""
    before = {name: record.get(name) for name in values}
    new = {
        name: value
        for name, value in values.items()
        if before[name] != value and not (value is None and before[name] is NOT_LOADED)
    }
    return Change(pointer, {name: before[name] for name in new}, new)


def _quote_activity(quote: Mapping[str, Any], day: date, subject: QuoteSubject | None) -> dict[str, Any]:
    known = {name: value for name, value in quote.items() if value is not NOT_LOADED}
    named = str(known.get("number") or known.get("name") or known.get("id"))
    return {
        "subject": _within(subject(quote) if subject else named),
        "quote": known.get("id"),
        "number": known.get("number"),
        "revision": known.get("revision"),
        "status_reason": known.get("status_reason"),
        "date": day,
    }


def _left_open(record: Mapping[str, Any], model: Model) -> tuple[str, ...]:
    quotes = record[model.root].get("quotes")
    found = enumerate(quotes) if isinstance(quotes, (list, tuple)) else ()
    return tuple(f"/{model.root}/quotes/{index}" for index, each in found if each.get("state") in ("draft", "active"))


def _within(subject: str) -> str:
    """A subject as long as the field is; characters are counted as the platform does, in units of UTF-16.

    >>> len(_within("가" * 300)), _within("short")
    (200, 'short')
    """
    if len(subject.encode("utf-16-le")) <= 2 * MAX_SUBJECT:
        return subject
    cut = subject.encode("utf-16-le")[: 2 * (MAX_SUBJECT - 1)].decode("utf-16-le", "ignore")
    return f"{cut}…"
