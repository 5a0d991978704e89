"""Whether an opportunity can be closed, as the text of an answer; and why it was not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from oppi18n.engine.decision import CLOSABLE, UNDETERMINED, Violation
from oppi18n.model.facts import Facts
from oppi18n.readers.json_text import parse_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from oppi18n.engine.decision import Decision
    from oppi18n.server.service import Service
    from oppi18n.store import Closed

SHORT: Final = 8_000
"""Bytes of facts that are judged between two turns of the event loop: fifty quotes in half a millisecond, or in five
milliseconds the longest sentence that so many bytes can ask for."""


def judged(service: Service, locale: str, facts: Facts, request: Any, *, today: date) -> str:
    """The machine output about facts; with a request, about the closing, the defaults filled in."""
    rules = service.rules
    asked, added = (None, None) if request is None else rules.complete(facts, request, today=today)
    decision = rules.evaluate(facts, request=asked, today=today, deployment=service.deployment)
    if added:
        decision.defaults = added
    result = service.lines(locale).result(facts, decision)
    return f'{service.opening(locale, today)}"asked":"{decision.asked}","results":[{result}],"errors":[]}}\n'


def at_once(service: Service, locale: str, body: bytes) -> bytes | None:
    """The answer about the facts of a short body, without a detour.

    None for all that is long, strange or wrong: the ordinary way is for that, and has the words for it.
    """
    if len(body) > SHORT:
        return None
    try:
        record = service.fitting(parse_or_none(body.decode()))
        if record is None:
            return None
        request = record.get(service.rules.model.request)
        return judged(service, locale, Facts(record), request, today=service.the_day()).encode()
    except Exception:  # noqa: BLE001 - whatever goes wrong, goes wrong the ordinary way too, and is told there
        return None


def refused(service: Service, closed: Closed, facts: Facts, request: Any, *, today: date) -> Decision:
    """Why nothing was changed; where the same was refused before, as it was then."""
    if closed.closing is not None and closed.closing.decision is not None:
        decision = closed.closing.decision
    else:
        rules = service.rules
        filled = None if request is None else rules.complete(facts, request, today=today)[0]
        decision = rules.evaluate(facts, request=filled, today=today, deployment=service.deployment)
        if closed.verdict is not None:
            decision._violations = tuple(_as_then(service, closed, decision))
            decision.verdict = closed.verdict
    if decision.verdict == CLOSABLE:
        # Nothing stands in the way, but something is missing to be sure of what would be done.
        decision.verdict = UNDETERMINED
    return decision


def _as_then(service: Service, closed: Closed, decision: Decision) -> Iterator[Violation]:
    """What was violated then, with the values of now. The values of then are not kept: what holds by now has none."""
    now = {each.rule: each for each in decision.violations}
    infos = {each.id: each for each in service.rules.infos}
    for name in closed.codes:
        if name in now:
            yield now[name]
        elif name in infos:
            yield Violation(infos[name], None, (None,) * len(infos[name].params), False)


def status_of_refusal(decision: Decision, request: str) -> HTTPStatus:
    """422 if what was sent can mend it, 409 if the state of the records refuses, or is not known."""
    asked = f"/{request}/"
    mendable = all(each.pointers and all(p.startswith(asked) for p in each.pointers) for each in decision.errors)
    return HTTPStatus.UNPROCESSABLE_ENTITY if decision.errors and mendable else HTTPStatus.CONFLICT
