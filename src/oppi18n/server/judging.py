"""Whether an opportunity can be closed, as the text of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oppi18n.model.facts import Facts
from oppi18n.readers.json_text import parse_or_none

if TYPE_CHECKING:
    from oppi18n.server.service import Service

SHORT: Final = 8_000
"""Bytes of facts that are judged between two turns of the event loop: fifty quotes in half a millisecond, or in five
milliseconds the longest sentence that so many bytes can ask for."""


def judged(service: Service, locale: str, facts: Facts, request: Any) -> str:
    """The machine output about facts; with a request, about the closing, the defaults filled in."""
    today, rules = service.the_day(), service.rules
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
        return judged(service, locale, Facts(record), record.get(service.rules.model.request)).encode()
    except Exception:  # noqa: BLE001 - whatever goes wrong, goes wrong the ordinary way too, and is told there
        return None
