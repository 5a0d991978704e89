"""The pages: the list of opportunities, and the dialog that closes one of them."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from oppi18n.dialog.form import close_form
from oppi18n.dialog.html import STYLE, Frame, Link, Post, asset, closed_html, dialog_html
from oppi18n.dialog.records import EXPECTED, rows_of
from oppi18n.dialog.typed import Typed, cleansed, read_typed
from oppi18n.engine.decision import BLOCKED, CLOSABLE, RecordValue
from oppi18n.i18n.speech import Text
from oppi18n.remedies import is_closed
from oppi18n.server.bodies import form_of
from oppi18n.server.calls import Call
from oppi18n.server.forgery import FIELD, check_form, token_for
from oppi18n.server.judging import refused, status_of_refusal
from oppi18n.server.live import live_of
from oppi18n.server.problems import HttpError
from oppi18n.server.words import Words, languages, page
from oppi18n.store.database import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.dialog.parts import Form
    from oppi18n.store import Stored

HTML: Final = "text/html"
OPPORTUNITY: Final = "/opportunities/{}"
CLOSED: Final = "closed"
ROWS: Final = 50


class Row(NamedTuple):
    """A row of the list."""

    href: str
    name: Text
    state: Text | None
    verdict: str
    answer: Text
    closed: bool


def listing(call: Call) -> Response:
    """The list: a search, and for each opportunity whether it can be closed."""
    say, model = Words(call.localizer), call.service.rules.model
    q = cleansed(call.query("q"))[:300]
    found = call.service.store.search(q.strip(), after=cleansed(call.query("after")), limit=ROWS + 1)
    shown = found[:ROWS]
    more = urlencode({"q": q, "after": str(shown[-1].facts.id)}) if len(found) > ROWS else ""
    label = call.localizer.label
    content = page(
        "list",
        lang=call.localizer.locale,
        title=say("Opportunities"),
        frame=frame_of(call, home=False),
        action=call.url("/"),
        q=q,
        rows=[_row(call, each) for each in shown],
        columns=[label(model, model.root, "name"), label(model, model.root, "state"), say("Can it be closed?")],
        words={
            "by": say("Name or ID"),
            "search": say("Search"),
            "none": say("No opportunity was found."),
            "more": say("Next page"),
        },
        more=f"{call.url('/')}?{more}" if more else "",
    )
    return Response(content, media_type=HTML)


def _row(call: Call, stored: Stored) -> Row:
    service, root = call.service, call.service.rules.model.root
    record = stored.facts.record[root]
    verdict = service.rules.evaluate(stored.facts, today=call.today, deployment=service.deployment).verdict
    state = record.get("state")
    model = service.rules.model
    shown = (
        call.localizer.value(model, model.records[root].fields["state"].of, state) if isinstance(state, str) else None
    )
    href = call.url(OPPORTUNITY, str(stored.facts.id))
    return Row(
        href,
        call.localizer.record(RecordValue.of(root, record), model),
        shown,
        verdict,
        _answer(call, verdict),
        is_closed(stored.facts.record, model),
    )


def _answer(call: Call, verdict: str) -> Text:
    say = Words(call.localizer)
    if verdict == CLOSABLE:
        return say("Can be closed", context="oppi18n/cli")
    return say("Can't be closed" if verdict == BLOCKED else "Data is missing", context="oppi18n/cli")


# ---- one opportunity ----


def opportunity(call: Call) -> Response:
    """The dialog of an opportunity, or what became of it."""
    stored = call.service.store.get(call.id)
    done = call.query("done")
    return shown(call, stored, outcome=_outcome(call.query("outcome")), done=done)


def answer(call: Call) -> Response:
    """A form that was sent: closes the opportunity, or carries out a remedy, once however often it is sent."""
    form = form_of(call.request, call.body)
    typed = read_typed(call.service.rules.model, call.localizer, form)
    stored = call.service.store.get(call.id)
    try:
        check_form(call.request, form, call.service.secret)
    except HttpError as error:
        forged = call.localizer.error(error)
        return shown(call, stored, typed=typed, alarm=forged, status=HTTPStatus.FORBIDDEN)
    version = form.get("version", "")
    if not form.get("request") or not (version.isascii() and version.isdigit() and len(version) < 19):
        raise HttpError("http-forged")
    try:
        if form.get("remedy"):
            return _remedied(call, form, typed, version=int(version))
        if typed.faults:
            return shown(call, stored, typed=typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _closed(call, form, typed, version=int(version))
    except Conflict:
        now = call.service.store.get(call.id)
        alarm = _overtaken(call, now)
        return shown(call, now, typed=typed, alarm=alarm, status=HTTPStatus.CONFLICT)


def _overtaken(call: Call, now: Stored) -> Text | None:
    """What to say where somebody else was faster; that the opportunity is closed by now, its page says itself."""
    if is_closed(now.facts.record, call.service.rules.model):
        return None
    say = Words(call.localizer)
    return say("Somebody else has changed this opportunity in the meantime. Look at it again before you close it.")


def _closed(call: Call, form: Mapping[str, str], typed: Typed, *, version: int) -> Response:
    service = call.service
    closed = service.store.close(
        service.rules,
        call.id,
        typed.request,
        today=call.today,
        deployment=service.deployment,
        version=version,
        who=call.who,
        request_id=_request_id(form),
    )
    if closed:
        return _elsewhere(call, {"done": CLOSED})
    now = service.store.get(call.id)
    decision = refused(service, closed, now.facts, typed.request, today=call.today)
    # The page is that of the opportunity now, which may be another one than was refused when the form came first.
    alarm = _overtaken(call, now) if now.version != closed.version else None
    status = status_of_refusal(decision, service.rules.model.request)
    return shown(call, now, typed=typed, alarm=alarm, status=status)


def _remedied(call: Call, form: Mapping[str, str], typed: Typed, *, version: int) -> Response:
    service, name = call.service, form["remedy"]
    done = service.store.remedy(
        service.rules,
        call.id,
        name,
        today=call.today,
        deployment=service.deployment,
        version=version,
        who=call.who,
        request_id=_request_id(form),
    )
    now = service.store.get(call.id)
    if not done and done.status != "unchanged":
        return shown(call, now, typed=typed, status=HTTPStatus.CONFLICT)
    if typed.faults or set(typed.request) - {"outcome", "status_reason", "date"}:
        # A redirection would lose what was typed, and sent again this changes nothing more.
        return shown(call, now, typed=typed, done=name)
    return _elsewhere(call, {"done": name, **({"outcome": typed.outcome} if typed.outcome else {})})


def _request_id(form: Mapping[str, str]) -> str:
    """The id of a request: one form sent twice is one request, but with something else in it, it is another."""
    content = sorted((name, value) for name, value in form.items() if name != FIELD)
    return f"{cleansed(form['request'])[:40]}:{sha256(repr(content).encode('utf-8', 'replace')).hexdigest()[:24]}"


def _elsewhere(call: Call, query: Mapping[str, str]) -> Response:
    url = f"{call.url(OPPORTUNITY, call.id)}?{urlencode(query)}"
    return RedirectResponse(url, HTTPStatus.SEE_OTHER)


def shown(
    call: Call,
    stored: Stored,
    *,
    typed: Typed | None = None,
    outcome: str | None = None,
    done: str = "",
    alarm: Text | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The page of an opportunity as it is now."""
    service, localizer = call.service, call.localizer
    request = typed.request if typed is not None else None
    form = close_form(
        service.rules,
        localizer,
        today=call.today,
        facts=stored.facts,
        outcome=outcome,
        request=request,
        deployment=service.deployment,
    )
    frame = frame_of(call, done=_done(call, stored, form, done), alarm=alarm)
    answered = status >= HTTPStatus.BAD_REQUEST
    if is_closed(stored.facts.record, service.rules.model):
        rows = tuple(rows_of(stored.facts.record, service.rules.model, localizer))
        content = closed_html(form, localizer, rows=rows, frame=frame, answered=answered)
        return Response(content, status, media_type=HTML)
    live = live_of(call, form, stored.facts.record)
    post = _post(call, stored, live.content, answered=answered)
    rows = tuple(rows_of(stored.facts.record, service.rules.model, localizer, EXPECTED))
    frame = replace(frame, script=live.script)
    content = dialog_html(form, localizer, post=post, frame=frame, typed=typed, rows=rows)
    return Response(content, status, media_type=HTML)


def _post(call: Call, stored: Stored, live: str, *, answered: bool) -> Post:
    service = call.service
    hidden = {
        FIELD: token_for(call.browser, service.secret),
        "version": str(stored.version),
        "request": token_urlsafe(18),
    }
    # What a person has to choose first cannot be done at the push of a button.
    buttons = frozenset(each.id for each in service.rules.remedies.values() if not each.ask)
    action = call.url(OPPORTUNITY, str(stored.facts.id))
    return Post(action, hidden, buttons, answered=answered, live=live)


def _done(call: Call, stored: Stored, form: Form, done: str) -> Text | None:
    """What was done; nothing is believed because the address says so."""
    say, state = Words(call.localizer), stored.facts.record[call.service.rules.model.root].get("state")
    if done == CLOSED and state == "won":
        return say("This opportunity was closed as won.", context="oppi18n/cli")
    if done == CLOSED and state == "lost":
        return say("This opportunity was closed as lost.", context="oppi18n/cli")
    remedy = call.service.rules.remedies.get(done)
    still = {each.id for each in form.panel.remedies} if form.panel is not None else set()
    if remedy is None or done in still:
        return None
    return say("Done: {remedy}", remedy=call.localizer.remedy(remedy))


def _outcome(text: str) -> str | None:
    return text if text in ("won", "lost") else None


# ---- around the pages ----


def frame_of(call: Call, *, home: bool = True, done: Text | None = None, alarm: Text | None = None) -> Frame:
    """What stands around a page: the way back, and the same page in other languages."""
    say = Words(call.localizer)
    kept = {name: call.query(name) for name in ("q", "after", "outcome", "done") if call.query(name)}
    return Frame(
        call.url("/static/dialog.css"),
        Link(call.url("/"), say("Opportunities")) if home else None,
        tuple(languages(call.localizer, kept)),
        say("Languages", context="oppi18n/gallery"),
        done,
        alarm,
    )


def style(_: Call) -> Response:
    """The style of the pages."""
    return Response(asset(STYLE), media_type="text/css")
