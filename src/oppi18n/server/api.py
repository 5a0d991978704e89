"""The API for programs: whether an opportunity can be closed, and the closing itself."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from oppi18n.dialog.form import close_form
from oppi18n.dialog.machine import as_json
from oppi18n.dialog.panel import Panels
from oppi18n.dialog.typed import cleansed
from oppi18n.i18n import answers
from oppi18n.model.facts import MOST_PROBLEMS, DataError, Facts, Problem, checked
from oppi18n.model.values import literal
from oppi18n.server.bodies import is_json, json_of
from oppi18n.server.calls import Call, json_answer
from oppi18n.server.conditions import version_of
from oppi18n.server.judging import at_once, judged, refused, status_of_refusal
from oppi18n.server.problems import MEDIA_TYPE, refusal

if TYPE_CHECKING:
    from oppi18n.store import Closed, Stored

ONE: Final = "/api/opportunities/{}"
ROWS: Final = 50
MOST_ROWS: Final = 500
KEY: Final = 200
"""Characters of an `Idempotency-Key` that are kept as they are."""


# ---- asking ----


def opportunities(call: Call) -> Response:
    """Opportunities whose name or id holds `q`, each with its verdict; `after` and `limit` turn pages."""
    service = call.service
    limit = _limit(call.request.query_params.get("limit", str(ROWS)))
    q, state, after = (cleansed(call.query(each)) for each in ("q", "state", "after"))
    found = service.store.search(q, state=state, after=after, limit=limit + 1)
    rows = [_row(call, each) for each in found[:limit]]
    following = rows[-1]["opportunity"] if len(found) > limit else None
    return json_answer(
        answers.envelope(
            "opportunities", call.service.head(call.localizer.locale, call.today), results=rows, after=following
        )
    )


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 0 < int(text) <= MOST_ROWS):
        raise DataError((Problem("wrong-value", "/limit", {"found": text, "expected": f"1…{MOST_ROWS}"}),))
    return int(text)


def _row(call: Call, stored: Stored) -> dict[str, Any]:
    service = call.service
    root = stored.facts.record[service.rules.model.root]
    decision = service.rules.evaluate(stored.facts, today=call.today, deployment=service.deployment)
    name, state = root.get("name"), root.get("state")
    return {
        "opportunity": stored.facts.id,
        "name": name if isinstance(name, str) else None,
        "state": state if isinstance(state, str) else None,
        "version": stored.version,
        "verdict": decision.verdict,
        "violations": [each.rule for each in decision.violations],
    }


def closability(call: Call) -> Response:
    """The answer about a stored opportunity; with `outcome`, about its closing with the defaults filled in."""
    stored = call.service.store.get(call.id)
    return _judged(call, stored.facts, _outcome(call), stored.version)


def closability_of_request(call: Call) -> Response:
    """The answer about closing a stored opportunity as the body asks."""
    body = _members(call, {call.service.rules.model.request})
    stored = call.service.store.get(call.id)
    return _judged(call, stored.facts, body.get(call.service.rules.model.request) or {}, stored.version)


def closability_of_facts(call: Call) -> Response:
    """The answer about facts that the body holds; nothing is stored."""
    service = call.service
    record = checked(service.rules.model, json_of(call.request, call.body), zone=service.zone)
    return _judged(call, Facts(record), record.get(service.rules.model.request), None)


def closability_at_once(call: Call) -> Response | None:
    """The same for short facts about which there is nothing to say but the answer."""
    if not is_json(call.request):
        return None
    content = at_once(call.service, call.localizer.locale, call.body)
    return None if content is None else Response(content, media_type="application/json")


def _judged(call: Call, facts: Facts, request: Any, version: int | None) -> Response:
    content = judged(call.service, call.localizer.locale, facts, request, today=call.today)
    return Response(content, headers=_tag(version), media_type="application/json")


def closing_form(call: Call) -> Response:
    """The dialog as data, filled in for a stored opportunity."""
    service, stored = call.service, call.service.store.get(call.id)
    form = close_form(
        service.rules,
        call.localizer,
        today=call.today,
        facts=stored.facts,
        request=_outcome(call),
        deployment=service.deployment,
    )
    return json_answer(as_json(form, zone=service.zone), headers=_tag(stored.version))


def _outcome(call: Call) -> dict[str, str] | None:
    """The request that an address makes by its outcome alone. An empty outcome is one, and a wrong one."""
    found = call.request.query_params.get("outcome")
    return {"outcome": found} if found is not None else None


# ---- changing ----


def closing(call: Call) -> Response:
    """Close an opportunity as the body asks, with `close_quotes` all its active and draft quotes too."""
    service, request = call.service, call.service.rules.model.request
    body = _members(call, {request, "close_quotes"})
    quotes = body.get("close_quotes", False)
    if not isinstance(quotes, bool):
        raise DataError((Problem("wrong-type", "/close_quotes", {"expected": "bool", "found": literal(quotes)}),))
    closed = service.store.close(
        service.rules,
        call.id,
        body.get(request) or {},
        today=call.today,
        close_quotes=quotes,
        deployment=service.deployment,
        version=version_of(call),
        who=call.who,
        request_id=_key(call),
    )
    return _done(call, closed, body.get(request) or {})


def remedy(call: Call) -> Response:
    """Carry out a remedy of the ruleset on an opportunity."""
    service = call.service
    done = service.store.remedy(
        service.rules,
        call.id,
        str(call.request.path_params["remedy"]),
        today=call.today,
        deployment=service.deployment,
        version=version_of(call),
        who=call.who,
        request_id=_key(call),
    )
    return _done(call, done, None)


def _done(call: Call, closed: Closed, request: Any) -> Response:
    """What came of it: the state of the opportunity now, or why not."""
    if not closed and closed.status != "unchanged":
        return _refused(call, closed, request)
    answer = {
        "opportunity": call.id,
        "status": closed.status,
        "version": closed.version,
        "verdict": closed.verdict,
        "violations": list(closed.codes),
    }
    return json_answer(
        answers.envelope("closing", call.service.head(call.localizer.locale, call.today), results=[answer]),
        headers=_tag(closed.version),
    )


def _refused(call: Call, closed: Closed, request: Any) -> Response:
    service, stored = call.service, call.service.store.get(call.id)
    decision = refused(service, closed, stored.facts, request, today=call.today)
    status = status_of_refusal(decision, service.rules.model.request)
    panels = Panels(service.rules, call.localizer, decision, stored.facts.record)
    panel = panels.panel(frozenset())
    needs = closed.closing.needs if closed.closing is not None else decision.needs
    found = refusal(
        "already-closed" if closed.status == "already-closed" else decision.verdict,
        panel.title.text,
        status=status,
        opportunity=call.id,
        version=closed.version,
        violations=[answers.violation(each, decision, call.localizer) for each in decision.violations],
        needs=[{"pointer": each.pointer, "rules": list(each.rules)} for each in needs],
        remedies=[
            {"remedy": each.id, "label": each.label.text, "href": call.url(f"{ONE}/remedies/{{}}", call.id, each.id)}
            for each in panel.remedies
        ],
    )
    return json_answer(found, status=status, media_type=MEDIA_TYPE, headers=_tag(closed.version))


# ---- parts of requests and answers ----


def _members(call: Call, known: set[str]) -> Mapping[str, Any]:
    """The members of a JSON object in the body. Raises DataError for others."""
    found = json_of(call.request, call.body)
    if not isinstance(found, dict):
        raise DataError((Problem("wrong-type", "", {"expected": "object", "found": literal(found)}),))
    names = islice((name for name in found if name not in known), MOST_PROBLEMS)
    strange = [Problem("unknown-member", f"/{name}", {"name": name}) for name in names]
    request = found.get(call.service.rules.model.request)
    if request is not None and not isinstance(request, dict):
        params = {"expected": "object", "found": literal(request)}
        strange.append(Problem("wrong-type", f"/{call.service.rules.model.request}", params))
    # No database keeps this character, and no keyboard types it.
    given = request if isinstance(request, dict) else {}
    nul = [name for name, value in given.items() if isinstance(value, str) and "\0" in value]
    for name in nul if not strange else ():
        params = {"expected": "string", "found": cleansed(given[name])}
        strange.append(Problem("wrong-value", f"/{call.service.rules.model.request}/{name}", params))
    if strange:
        raise DataError(tuple(strange))
    return found


def _tag(version: int | None) -> dict[str, str]:
    return {"ETag": f'"{version}"'} if version is not None else {}


def _key(call: Call) -> str | None:
    """The key by which a request is known when it comes again; a long one by its digest, for indexes hold no more."""
    given = call.request.headers.get("idempotency-key", "").strip()
    return sha256(given.encode()).hexdigest() if len(given) > KEY else given or None
