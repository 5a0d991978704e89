"""The service over HTTP: each rule of it, for people before a page and for programs behind one."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from hashlib import sha256
from html import unescape
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.errors import TEXTS

pytest.importorskip("starlette", reason="Starlette is absent here")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")
pytest.importorskip("httpx2", reason="httpx2 is absent here")

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from oppi18n.server import bodies, calls, guard
from oppi18n.server.app import create_app
from oppi18n.server.demo import opportunities
from oppi18n.server.openapi import document
from oppi18n.server.service import Service, UserHeader
from oppi18n.store import Store

ROOT = Path(__file__).parent.parent
RULES = load_rules("close-opportunity")
CONTOSO = ROOT / "tests" / "packs" / "contoso"
TODAY = date(2026, 3, 31)
BLOCKED, CLOSABLE, DRAFT, UNKNOWN, WON, LOST = (f"7a1e0000-0000-4000-8000-00000000000{n}" for n in range(1, 7))
LOCAL = ("127.0.0.1", 50000)
NUMBERS = count()
SPEAKERS: dict[str, Localizer] = {}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with the opportunities of the demonstration."""
    with Store.open(f"sqlite:///{tmp_path}/crm.db", RULES.model) as made:
        made.load(opportunities(RULES.model))
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def each_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same opportunities in each kind of database."""
    url = f"sqlite:///{tmp_path}/each.db"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        import psycopg

        name = f"server_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = str(server).replace("/postgres?", f"/{name}?")
    with Store.open(url, RULES.model) as made:
        made.load(opportunities(RULES.model))
        yield made


def client_of(store: Store, *, caller: tuple[str, int] = LOCAL, locale: str = "en", **more: Any) -> TestClient:
    """A browser, or a program, before a service of its own."""
    service = Service(store, RULES, today=TODAY, _speakers=SPEAKERS, **more)
    headers = {"Accept-Language": locale}
    return TestClient(
        create_app(service), base_url="http://localhost", client=caller, headers=headers, follow_redirects=False
    )


@pytest.fixture
def client(store: Store) -> TestClient:
    """A browser on this machine."""
    return client_of(store)


def page_of(client: TestClient, identity: str = BLOCKED, query: str = "") -> tuple[str, dict[str, str]]:
    """The page of an opportunity, and what its form sends beside what is typed."""
    answer = client.get(f"/opportunities/{identity}{query}")
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return answer.text, dict(hidden)


def send(client: TestClient, hidden: dict[str, str], identity: str = BLOCKED, **typed: str) -> Any:
    """The answer to a form."""
    return client.post(f"/opportunities/{identity}", data={**hidden, **typed})


def audit(store: Store) -> list[str]:
    return [each.outcome for each in store.audit.entries()]


# ---- the list ----


def test_list_says_of_each_opportunity_whether_it_can_be_closed(client: TestClient):
    """A row for every opportunity, with its state and the verdict."""
    found = client.get("/").text

    rows = re.findall(r"<bdi>(.*?)</bdi></a></td>\s*<td>(.*?)</td>\s*<td class=\"(\w+)\">(.*?)</td>", found)
    assert [(state, verdict) for _, state, verdict, _ in rows] == [
        ("Open", "blocked"),
        ("Open", "closable"),
        ("Open", "closable"),
        ("Open", "undetermined"),
        ("Won", "blocked"),
        ("Lost", "blocked"),
        ("Open", "closable"),
    ]
    assert rows[3][3] == "Data is missing"
    assert rows[5][0] == "Harbour &lt;Gate&gt; &amp; Sons: control room"


def test_list_is_searched_and_says_when_nothing_is_found(client: TestClient):
    """By part of a name or an id; what was typed stays in the field."""
    assert "Ny packlinje" in client.get("/?q=PACKLINJE").text
    assert "Service contract" not in client.get("/?q=PACKLINJE").text
    nothing = client.get("/", params={"q": '"><script>\x00%_'}).text

    assert "No opportunity was found." in nothing
    assert 'value="&#34;&gt;&lt;script&gt;%_"' in nothing


def test_list_turns_pages(store: Store):
    """Fifty at a time, and a link to the next ones."""
    store.load(
        {"opportunity": {"id": f"o{n:03}", "name": f"Deal {n}", "state": "open", "quotes": []}} for n in range(60)
    )
    client = client_of(store)

    first = client.get("/?q=Deal").text
    more = re.search(r'<a href="([^"]*)" rel="next">', first)
    assert more is not None
    second = client.get(more[1].replace("&amp;", "&")).text

    assert (first.count("<tr>"), second.count("<tr>")) == (51, 11)
    assert 'rel="next"' not in second


# ---- the journey ----


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_whole_journey(each_store: Store, locale: str):
    """Blocked; all quotes closed by a button; closed as won; closed already: each page in the reader's language."""
    client, store = client_of(each_store, locale=locale), each_store

    content, hidden = page_of(client)
    assert 'class="panel blocked"' in content
    refused = send(client, hidden, outcome="won")
    assert refused.status_code == 409
    done = send(client, page_of(client)[1], outcome="won", remedy="close-quotes")
    assert done.status_code == 303
    assert done.headers["location"] == f"/opportunities/{BLOCKED}?done=close-quotes&outcome=won"
    content = client.get(done.headers["location"]).text
    assert 'class="panel closable"' in content
    assert 'id="outcome-won" name="outcome" value="won" checked' in content
    closed = send(client, page_of(client)[1], outcome="won", revenue="240,000.50", date="2026-03-31")
    assert closed.status_code == 303
    content = client.get(closed.headers["location"]).text
    assert {"en": "This opportunity was closed as won.", "ko": "이 영업 기회를 성공으로 종료했습니다."}[
        locale
    ] in content
    already = client.get(f"/opportunities/{BLOCKED}").text
    assert 'class="panel blocked"' in already
    assert "<form" not in already
    record = store.get(BLOCKED).facts.record["opportunity"]
    assert (record["state"], str(record["actual_revenue"])) == ("won", "240000.5")
    assert {each["state"] for each in record["quotes"]} == {"closed"}
    assert audit(store) == ["refused", "remedied", "closed"]


def test_form_sent_twice_is_one_request(client: TestClient, store: Store):
    """The second answer is the same, and nothing is done again."""
    _, hidden = page_of(client, CLOSABLE)
    typed = {"outcome": "lost", "status_reason.lost": "canceled", "date": "2026-03-30"}

    answers = [send(client, hidden, CLOSABLE, **typed) for _ in range(3)]

    assert [each.status_code for each in answers] == [303, 303, 303]
    assert audit(store) == ["closed"]
    assert store.get(CLOSABLE).version == 2


def test_same_page_sent_with_something_else_is_another_request(client: TestClient, store: Store):
    """Who goes back and corrects the form is answered anew."""
    _, hidden = page_of(client, CLOSABLE)

    first = send(client, hidden, CLOSABLE, outcome="won", date="2026-04-02")
    second = send(client, hidden, CLOSABLE, outcome="won", date="2026-03-31")

    assert (first.status_code, second.status_code) == (422, 303)
    assert audit(store) == ["refused", "closed"]


def test_two_tabs_close_one_opportunity(client: TestClient, store: Store):
    """The second one is told; what it wanted is not done, and its form is there for another try."""
    _, first = page_of(client)
    _, second = page_of(client)

    assert send(client, first, remedy="close-quotes").status_code == 303
    late = send(client, second, outcome="lost", description="too late")

    assert late.status_code == 409
    assert "Somebody else has changed this opportunity in the meantime." in late.text
    assert ">\ntoo late</textarea>" in late.text
    assert store.get(BLOCKED).facts.record["opportunity"]["state"] == "open"


def test_closed_meanwhile_says_so(client: TestClient, store: Store):
    """Where the other tab has closed it, the page is that of a closed opportunity."""
    _, first = page_of(client, CLOSABLE)
    _, second = page_of(client, CLOSABLE)

    assert send(client, first, CLOSABLE, outcome="won").status_code == 303
    late = send(client, second, CLOSABLE, outcome="lost")

    assert late.status_code == 409
    assert "This opportunity is already closed (status: Won)." in late.text
    assert store.get(CLOSABLE).facts.record["opportunity"]["state"] == "won"


def test_typed_values_are_kept(client: TestClient, store: Store):
    """What cannot be read stays in its field; nothing reaches the database, nor its log."""
    _, hidden = page_of(client, CLOSABLE)

    answer = send(client, hidden, CLOSABLE, outcome="won", date="31.3.", revenue="viel", description="<b>kept</b>")

    assert answer.status_code == 422
    assert 'value="31.3."' in answer.text
    assert 'value="viel"' in answer.text
    assert "&lt;b&gt;kept&lt;/b&gt;</textarea>" in answer.text
    assert audit(store) == []


def test_remedy_keeps_what_was_typed(client: TestClient, store: Store):
    """A redirection would lose it, so the page is there at once; sent again, nothing more is done."""
    _, hidden = page_of(client)

    answers = [send(client, hidden, remedy="close-quotes", outcome="lost", description="kept") for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert all("\nkept</textarea>" in each.text for each in answers)
    assert "Done: Close all active and draft quotes" in answers[0].text
    assert audit(store) == ["remedied"]


def test_remedy_without_anything_to_do_is_no_news(client: TestClient, store: Store):
    """No quotes are left to close, and nothing changes."""
    send(client, page_of(client)[1], remedy="close-quotes")
    again = send(client, page_of(client)[1], remedy="close-quotes")

    assert again.status_code == 303
    assert store.get(BLOCKED).version == 2


def test_missing_data_is_named_and_nothing_is_closed(client: TestClient, store: Store):
    """Quotes that were not loaded: the page says what is missing, the remedy is refused, the closing too."""
    content, hidden = page_of(client, UNKNOWN, "?outcome=lost")

    assert 'class="panel undetermined"' in content
    assert "<li>Quotes</li>" in content
    assert send(client, hidden, UNKNOWN, outcome="lost").status_code == 409
    assert send(client, page_of(client, UNKNOWN)[1], UNKNOWN, remedy="close-quotes").status_code == 409
    assert store.get(UNKNOWN).version == 1


def test_the_address_is_not_believed(client: TestClient):
    """Only what is true of the records is said to be done."""
    assert 'role="status"' not in client.get(f"/opportunities/{BLOCKED}?done=closed").text
    assert 'role="status"' not in client.get(f"/opportunities/{BLOCKED}?done=close-quotes").text
    assert 'role="status"' not in client.get(f"/opportunities/{CLOSABLE}?done=nonsense&outcome=nonsense").text


def test_status_of_a_refusal_tells_fields_from_state(client: TestClient):
    """422 where the form can mend it, 409 where the records refuse."""
    form = {"outcome": "won", "date": "2026-04-01"}

    assert send(client, page_of(client, CLOSABLE)[1], CLOSABLE, **form).status_code == 422
    assert send(client, page_of(client)[1], **form).status_code == 409


# ---- languages ----


def test_language_is_negotiated(client: TestClient):
    """`Accept-Language` decides, and the answer says which language it is in and what decided."""
    found = client.get("/", headers={"Accept-Language": "de, zh-TW;q=0.5, sv;q=0.1"})

    assert found.headers["content-language"] == "zh-HK"
    assert found.headers["vary"] == "Accept-Language, Cookie"
    assert '<html lang="zh-HK"' in found.text
    assert client.get("/", headers={"Accept-Language": "a" * 5000}).headers["content-language"] == "en"


def test_language_is_switched_and_remembered(client: TestClient):
    """`?lang=` wins and leaves a cookie; a language that nobody offers changes nothing."""
    assert client.get("/?lang=ja", headers={"Accept-Language": "sv"}).headers["content-language"] == "ja"
    assert client.get("/", headers={"Accept-Language": "sv"}).headers["content-language"] == "ja"
    assert client.get("/?lang=xx").headers["content-language"] == "ja"
    assert client.get("/api/opportunities?lang=ko").headers.get("set-cookie") is None


@pytest.mark.parametrize("locale", ["ko", "zh-HK", "ja", "ms", "sv", "ar-XB"])
def test_problems_are_worded_for_the_reader(store: Store, locale: str):
    """A page and a problem about an opportunity that is not there."""
    client = client_of(store, locale=locale)

    page, problem = client.get("/opportunities/none"), client.get("/api/opportunities/none/closability")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert problem.headers["content-type"] == "application/problem+json"
    said = Localizer(locale).text(
        TEXTS["store-not-found"], context="oppi18n/error/store-not-found", values={"id": "none"}
    )
    assert problem.json()["detail"] == said.text != TEXTS["store-not-found"]
    assert said.text in unescape(page.text)


def test_sixteen_threads_speak_six_languages(store: Store):
    """The language belongs to the request, whoever else asks at the same time."""
    client = client_of(store)
    wanted = ["en", "ko", "zh-HK", "ja", "ms", "sv"] * 3
    found: list[tuple[str, str]] = []

    def ask(locale: str) -> None:
        answer = client.get(f"/api/opportunities/{BLOCKED}/closability", headers={"Accept-Language": locale})
        found.append((locale, answer.json()["results"][0]["violations"][0]["locale"]))

    threads = [threading.Thread(target=ask, args=(locale,)) for locale in wanted[:16]]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(found) == sorted((each, each) for each in wanted[:16])


# ---- who may ask ----


def test_forms_from_elsewhere_are_refused(client: TestClient, store: Store):
    """Without our token, with another browser's, from another site: nothing is done, and what was typed is kept."""
    _, hidden = page_of(client, CLOSABLE)
    stranger = client_of(store)
    _, theirs = page_of(stranger, CLOSABLE)

    for token in ("", "x" * 64, theirs["token"], "ü"):
        answer = send(client, {**hidden, "token": token}, CLOSABLE, outcome="won", description="kept")
        assert answer.status_code == 403
        assert "\nkept</textarea>" in answer.text
    for header, value in (("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")):
        answer = client.post(f"/opportunities/{CLOSABLE}", data={**hidden, "outcome": "won"}, headers={header: value})
        assert answer.status_code == 403
    assert client.cookies["oppi18n_form"] != stranger.cookies["oppi18n_form"]
    assert store.get(CLOSABLE).version == 1


@pytest.mark.parametrize("change", [{"version": ""}, {"version": "-1"}, {"version": "9" * 30}, {"request": ""}])
def test_forged_fields_are_refused(client: TestClient, change: dict[str, str]):
    """A form that we have not made is no form."""
    _, hidden = page_of(client, CLOSABLE)

    assert send(client, {**hidden, **change}, CLOSABLE, outcome="won").status_code == 403


def test_refused_form_can_be_sent_again(client: TestClient):
    """The page that says so brings a token that is good."""
    _, hidden = page_of(client, CLOSABLE)
    refused = send(client, {**hidden, "token": "old"}, CLOSABLE, outcome="won")
    again = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', refused.text))

    assert send(client, again, CLOSABLE, outcome="won").status_code == 303


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8017", 200),
        ("[::1]:80", 200),
        ("LOCALHOST:1", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
        ("crm.example", 421),
    ],
)
def test_host_must_be_ours(client: TestClient, host: str, status: int):
    """A page elsewhere that reaches in under its own name is turned away."""
    answer = client.get("/api/opportunities", headers={"Host": host})

    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "http-host"


@pytest.mark.parametrize("name", ["crm.example", "CRM.example", "crm.example:8443"])
def test_names_of_a_proxy_are_ours_too(store: Store, name: str):
    """What `--name` gives is a name of the service, in small letters or large, with a port or without."""
    client = client_of(store, hosts=frozenset({name}))

    assert client.get("/", headers={"Host": "crm.example:8443"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example:8443"}).status_code == 421


def test_other_machines_may_not_ask(store: Store):
    """Loopback only, as long as nobody says who people are."""
    stranger = client_of(store, caller=("10.0.0.7", 1234))

    answer = stranger.get("/api/opportunities")

    assert (answer.status_code, answer.json()["code"]) == (403, "http-not-local")


def test_header_of_a_proxy_says_who_closes(store: Store):
    """With it other machines may ask; without a name nobody is signed in; the name stands in the log."""
    client = client_of(store, caller=("10.0.0.7", 1234), authenticate=UserHeader("X-User"))

    assert client.get("/api/opportunities").status_code == 401
    assert client.get("/health/live").status_code == 200
    client.headers["X-User"] = "ann@example.com"
    assert send(client, page_of(client, CLOSABLE)[1], CLOSABLE, outcome="won").status_code == 303
    assert [each.who for each in store.audit.entries()] == ["ann@example.com"]


@pytest.mark.parametrize(
    ("sent", "who"), [("안나".encode(), "안나"), (b"\xe5sa", "åsa"), ("à".encode(), "à"), (b"ann", "ann")]
)
def test_names_of_people_are_read_as_proxies_write_them(store: Store, sent: bytes, who: str):
    """UTF-8, and Latin-1 of old."""
    client = client_of(store, authenticate=UserHeader("X-User"))
    headers = [(b"x-user", sent), (b"if-match", b"*")]

    assert client.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers=headers).is_success
    assert [each.who for each in store.audit.entries()] == [who]


def test_asynchronous_authenticators_are_refused(store: Store):
    """A coroutine is true whoever asks, so a function that is async lets nobody in."""

    async def nobody(_: Any) -> None:
        return None

    class Nobody:
        async def __call__(self, _: Any) -> None:
            return None

    for each in (nobody, Nobody()):
        with pytest.raises(TypeError, match="ordinary function"):
            Service(store, RULES, authenticate=each)  # type: ignore[arg-type]


@pytest.mark.parametrize("found", [True, 1, b"ann", object(), "", None])
def test_only_a_name_is_a_name(store: Store, found: Any):
    """Whatever else an authenticator says, nobody is signed in."""
    assert client_of(store, authenticate=lambda _: found).get("/api/opportunities").status_code == 401


def test_own_authenticator_is_asked(store: Store):
    """Any function of a request will do."""
    client = client_of(store, authenticate=lambda request: request.query_params.get("me"))

    assert client.get("/api/opportunities?me=x").status_code == 200
    assert client.get("/api/opportunities").status_code == 401


# ---- what browsers are told ----

KINDS = ["/", f"/opportunities/{BLOCKED}", "/api/opportunities", "/nothing", "/static/dialog.css", "/health/live"]


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_is_strict(client: TestClient, path: str):
    """No scripts but our own, no frames, no storing, no guessing of types."""
    headers = client.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def scripts_of(page: str) -> list[str]:
    """The addresses of what a page runs: its script, the rules, their words."""
    live = re.findall(r'data-live="([^"]*)"', page)
    found = json.loads(unescape(live[0])) if live else {}
    return [
        *re.findall(r'<script type="module" src="([^"]*)"></script>', page),
        *(found[each] for each in ("rules", "texts") if found),
    ]


def test_scripts_are_kept_for_ever_under_names_of_their_content(client: TestClient, store: Store):
    """The right type, an address that changes with what it holds, and nothing inline."""
    page = client.get(f"/opportunities/{CLOSABLE}", headers={"Accept-Language": "ja"}).text
    found = scripts_of(page)

    assert [each.rpartition("/")[2] for each in found] == [
        "dialog.js",
        "close-opportunity.mjs",
        "close-opportunity.ja.mjs",
    ]
    for each in found:
        answer = client.get(each)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert each.split("/")[-2] == sha256(answer.content).hexdigest()[:16]
    assert f"digest {RULES.digest}" in client.get(found[1]).text
    assert len(re.findall("<script", page)) == 1
    assert scripts_of(client_of(store, locale="ja").get(f"/opportunities/{CLOSABLE}").text) == found


@pytest.mark.parametrize(
    "path", ["0123456789abcdef/dialog.js", "{}/dialog.css", "{}/close-opportunity.xx.mjs", "{}/..%2fapp.py", "{}/"]
)
def test_scripts_of_other_names_are_not_there(client: TestClient, path: str):
    """Neither an old one under its old name, nor any other file."""
    digest = scripts_of(client.get(f"/opportunities/{CLOSABLE}").text)[0].split("/")[-2]

    assert client.get(f"/static/{path.format(digest)}").status_code == 404


def test_scripts_lie_below_where_a_proxy_has_put_the_service(store: Store):
    """Their addresses begin with the path of the mount."""
    app = Starlette(routes=[Mount("/crm", create_app(Service(store, RULES, today=TODAY, _speakers=SPEAKERS)))])
    client = TestClient(app, base_url="http://localhost", client=LOCAL)
    found = scripts_of(client.get(f"/crm/opportunities/{CLOSABLE}").text)

    assert [client.get(each).status_code for each in found] == [200, 200, 200]
    assert all(each.startswith("/crm/static/") for each in found)


@pytest.mark.parametrize(("named", "scripts"), [((), 0), ((str(CONTOSO),), 3)], ids=["unnamed", "named"])
def test_rules_of_packs_run_in_pages_if_the_service_knows_the_pack(
    tmp_path: Path, named: tuple[str, ...], scripts: int
):
    """Without their text, the server judges alone; the page is whole."""
    rules = load_rules("close-with-approval", packs=[str(CONTOSO)])
    with Store.open(f"sqlite:///{tmp_path}/packs.db", rules.model) as store:
        store.load(opportunities(rules.model))
        app = create_app(Service(store, rules, packs=named, today=TODAY))
        page = TestClient(app, base_url="http://localhost", client=LOCAL).get(f"/opportunities/{CLOSABLE}")

    assert (page.status_code, len(scripts_of(page.text)), '<form id="closing"' in page.text) == (200, scripts, True)


def test_closed_opportunities_and_lists_run_nothing(client: TestClient):
    """There is nothing to type."""
    assert [scripts_of(client.get(each).text) for each in ("/", f"/opportunities/{WON}")] == [[], []]


def test_cookies_are_for_pages_alone(client: TestClient, store: Store):
    """Scripts cannot read them, other sites do not send them along with forms; the API sets none."""
    cookie = client.get("/").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert client_of(store).get("/api/opportunities").headers.get("set-cookie") is None


def test_service_lives_below_another_path(store: Store):
    """Mounted in another application, its links and redirections stay inside."""
    app = Starlette(routes=[Mount("/crm", create_app(Service(store, RULES, today=TODAY, _speakers=SPEAKERS)))])
    client = TestClient(app, base_url="http://localhost", client=LOCAL, follow_redirects=False)

    listed = client.get("/crm/").text
    assert f'href="/crm/opportunities/{BLOCKED}"' in listed
    assert 'href="/crm/static/dialog.css"' in listed
    answer = client.get(f"/crm/opportunities/{CLOSABLE}")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))
    closed = client.post(f"/crm/opportunities/{CLOSABLE}", data={**hidden, "outcome": "won"})
    assert (closed.status_code, closed.headers["location"]) == (303, f"/crm/opportunities/{CLOSABLE}?done=closed")


def test_service_lives_below_a_path_in_any_script(store: Store):
    """Links, cookies and redirections are addresses."""
    app = Starlette(routes=[Mount("/판매", create_app(Service(store, RULES, today=TODAY, _speakers=SPEAKERS)))])
    client = TestClient(app, base_url="http://localhost", client=LOCAL, follow_redirects=False)
    below = "/%ED%8C%90%EB%A7%A4"

    answer = client.get(f"/판매/opportunities/{CLOSABLE}?lang=ko")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))
    closed = client.post(f"/판매/opportunities/{CLOSABLE}", data={**hidden, "outcome": "won"})

    assert all(f"Path={below};" in each for each in answer.headers.get_list("set-cookie"))
    assert f'action="{below}/opportunities/{CLOSABLE}"' in answer.text
    assert [client.get(each).status_code for each in scripts_of(answer.text)] == [200, 200, 200]
    assert (closed.status_code, closed.headers["location"]) == (303, f"{below}/opportunities/{CLOSABLE}?done=closed")
    assert client.get("/판매/nothing").status_code == client.get("/판매/api/nothing").status_code == 404


def test_middleware_of_others_stands_behind_the_guard(store: Store):
    """What is added to the application runs, for whoever may ask; its answers are as strict as ours."""
    seen = []

    async def watching(request: Any, call_next: Any) -> Any:
        seen.append(request.url.path)
        return await call_next(request)

    app = create_app(Service(store, RULES, today=TODAY, _speakers=SPEAKERS))
    app.add_middleware(BaseHTTPMiddleware, dispatch=watching)
    client = TestClient(app, base_url="http://localhost", client=LOCAL)

    assert client.get("/health/live", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/health/live").headers["x-frame-options"] == "DENY"
    assert seen == ["/health/live"]


# ---- limits ----


@pytest.mark.parametrize("path", ["/api/closability", f"/api/opportunities/{CLOSABLE}/closing"])
def test_hundred_errors_are_listed(client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch):
    """However much is wrong with what was sent; the words for it are found away from the event loop."""
    loops = []
    failing = calls.failed

    def watched(*given: Any) -> Any:
        loops.append(_has_loop())
        return failing(*given)

    monkeypatch.setattr(calls, "failed", watched)

    answer = client.post(path, json={f"x{n}": 1 for n in range(3000)}, headers={"If-Match": "*"})

    assert (answer.status_code, len(answer.json()["errors"])) == (422, 100)
    assert loops == [False]


def _has_loop() -> bool:
    try:
        return asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


def test_life_is_told_without_a_turn(store: Store, monkeypatch: pytest.MonkeyPatch):
    """However busy the threads are: whoever asks whether the process is alive does not wait for them."""

    async def busy(*_: Any) -> None:
        raise AssertionError("no thread is free")

    client = client_of(store)
    monkeypatch.setattr(calls, "run_in_threadpool", busy)

    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.head("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 500


def test_large_requests_are_refused(client: TestClient):
    """A body and headers beyond the limits; a length that lies is no way around."""
    large = b"x" * (bodies.BODY + 1)
    kind = {"Content-Type": "application/json"}

    assert client.post("/api/closability", content=large, headers=kind).status_code == 413
    assert client.post("/api/closability", content=iter([large]), headers=kind).status_code == 413
    assert client.get("/", headers={"X": "x" * 1_000_000}).status_code == 431
    assert client.get("/" + "x" * guard.HEAD).status_code == 431
    assert client.get("/api/opportunities").status_code == 200


def test_form_with_too_many_fields_is_refused(client: TestClient):
    """Thousands of fields cost nothing."""
    _, hidden = page_of(client, CLOSABLE)

    assert send(client, {**hidden, **{f"f{n}": "" for n in range(60)}}, CLOSABLE).status_code == 403


def test_bodies_must_be_what_they_are_for(client: TestClient):
    """A form where JSON is expected, and the other way round."""
    form = client.post(f"/opportunities/{BLOCKED}", json={"outcome": "won"})
    data = client.post("/api/closability", data={"outcome": "won"})

    assert (form.status_code, data.status_code) == (415, 415)
    assert data.json()["params"] == {"expected": "application/json"}


def test_wrong_method_names_the_right_ones(client: TestClient):
    """405 with `Allow`."""
    answer = client.delete("/api/opportunities")

    assert (answer.status_code, answer.json()["code"]) == (405, "http-method")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


# ---- the API ----


def one(identity: str, rest: str) -> str:
    return f"/api/opportunities/{identity}/{rest}"


def test_closability_is_machine_output(client: TestClient):
    """The envelope of `oppi18n check`, with the version as an ETag."""
    schema = json.loads((ROOT / "docs/schemas/envelope/check.schema.json").read_text(encoding="utf-8"))

    record = client.get(one(BLOCKED, "closability"))
    closing_ = client.get(one(BLOCKED, "closability?outcome=won"))
    asked = client.post(one(CLOSABLE, "closability"), json={"close": {"outcome": "won", "revenue": "-1"}})

    for answer in (record, closing_, asked):
        assert answer.headers["etag"] == '"1"'
        Draft202012Validator(schema).validate(answer.json())
    assert (record.json()["asked"], closing_.json()["asked"]) == ("record", "closing")
    assert closing_.json()["results"][0]["defaults"]["/close/revenue"] == "240000.5"
    assert [each["rule"] for each in asked.json()["results"][0]["violations"]] == ["revenue-not-negative"]


def test_closability_of_facts_needs_no_database(client: TestClient):
    """Facts in the body, with the request among them or without."""
    facts = {"opportunity": {"id": "x", "state": "open", "quotes": [{"id": "q", "state": "active"}]}}

    blocked = client.post("/api/closability", json=facts).json()
    facts["opportunity"]["quotes"] = []
    closable = client.post("/api/closability", json={**facts, "close": {"outcome": "lost"}}).json()

    assert (blocked["asked"], blocked["results"][0]["verdict"]) == ("record", "blocked")
    assert (closable["asked"], closable["results"][0]["verdict"]) == ("closing", "closable")


def test_closing_over_the_api(client: TestClient, store: Store):
    """Quotes and opportunity in one transaction, with the ETag of what was seen; the answer has the new one."""
    seen = client.get(one(BLOCKED, "closability")).headers["etag"]
    body = {"close": {"outcome": "won", "date": "2026-03-31"}, "close_quotes": True}

    answer = client.post(one(BLOCKED, "closing"), json=body, headers={"If-Match": seen})

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["results"][0]["status"] == "closed"
    record = store.get(BLOCKED).facts.record["opportunity"]
    assert {each["state"] for each in record["quotes"]} == {"closed"}


def test_same_key_is_answered_once(client: TestClient, store: Store):
    """`Idempotency-Key` makes a request that comes twice one request; for another question it needs another key."""
    headers = {"If-Match": '"1"', "Idempotency-Key": "k1"}
    first = client.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers=headers)
    second = client.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers=headers)
    other = client.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "lost"}}, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (200, 200, 409)
    assert first.json() == second.json()
    assert other.json()["code"] == "request-id-reused"
    assert audit(store) == ["closed"]


@pytest.mark.parametrize(
    ("identity", "asked", "status", "code"),
    [
        (BLOCKED, {"outcome": "won"}, 409, "blocked"),
        (CLOSABLE, {"outcome": "won", "revenue": "-1"}, 422, "blocked"),
        (UNKNOWN, {"outcome": "lost"}, 409, "undetermined"),
        (WON, {"outcome": "won"}, 409, "already-closed"),
    ],
)
def test_refusal_is_repeated(client: TestClient, identity: str, asked: dict[str, str], status: int, code: str):
    """With one key the second answer is the first one, to the byte."""
    headers = {"If-Match": "*", "Idempotency-Key": "k1"}

    first, second = (client.post(one(identity, "closing"), json={"close": asked}, headers=headers) for _ in range(2))

    assert (first.status_code, first.json()["code"]) == (status, code)
    assert (second.status_code, second.headers["etag"], second.text) == (status, first.headers["etag"], first.text)


def test_refusal_is_repeated_when_nothing_stands_in_the_way_any_more(client: TestClient):
    """What was refused stays so under its key: with the same rules, but without values that nobody has kept."""
    headers = {"If-Match": "*", "Idempotency-Key": "k1"}
    body = {"close": {"outcome": "won"}}
    schema = json.loads((ROOT / "docs/schemas/problem.schema.json").read_text(encoding="utf-8"))

    first = client.post(one(BLOCKED, "closing"), json=body, headers=headers)
    client.post(one(BLOCKED, "remedies/close-quotes"), headers={"If-Match": "*"})
    second = client.post(one(BLOCKED, "closing"), json=body, headers=headers)

    Draft202012Validator(schema).validate(second.json())
    assert second.status_code == first.status_code == 409
    for name in ("code", "status", "detail", "version", "remedies"):
        assert second.json()[name] == first.json()[name]
    assert [each["rule"] for each in second.json()["violations"]] == [
        each["rule"] for each in first.json()["violations"]
    ]
    assert "(not given)" in second.json()["violations"][0]["message"]


def test_form_that_was_refused_is_refused_again(client: TestClient, store: Store):
    """Sent once more it has the same status; the page says that things have changed since."""
    _, hidden = page_of(client)
    first = send(client, hidden, outcome="won")
    send(client, page_of(client)[1], remedy="close-quotes")
    second = send(client, hidden, outcome="won")

    assert (first.status_code, second.status_code) == (409, 409)
    assert "Somebody else has changed this opportunity" in second.text
    assert "Somebody else has changed this opportunity" not in first.text
    assert store.get(BLOCKED).facts.record["opportunity"]["state"] == "open"


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        ("", 428, "http-no-version"),
        ('"2"', 412, "version-conflict"),
        ('W/"1"', 412, "version-conflict"),
        ("1", 412, "version-conflict"),
        ('"x"', 412, "version-conflict"),
    ],
)
def test_stale_and_missing_versions_change_nothing(client: TestClient, store: Store, tag, status, code):
    """428 without `If-Match`, 412 for a version that is not the one now."""
    headers = {"If-Match": tag} if tag else {}
    missing = client.post(one("none", "closing"), json={"close": {"outcome": "won"}}, headers=headers)
    assert missing.status_code == (404 if tag else 428)

    for path, body in (("closing", {"close": {"outcome": "won"}}), ("remedies/close-quotes", None)):
        answer = client.post(one(CLOSABLE, path), json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert store.get(CLOSABLE).version == 1


def test_any_version_may_be_asked_for(client: TestClient):
    """`If-Match: *` closes whatever is there."""
    answer = client.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers={"If-Match": "*"})

    assert answer.status_code == 200


def test_blocked_closing_says_why_and_what_would_help(store: Store):
    """409 with the violations, their places, and the remedies with their addresses, which work."""
    client = client_of(store, locale="sv")
    headers = {"If-Match": '"1"'}

    refused = client.post(one(BLOCKED, "closing"), json={"close": {"outcome": "won"}}, headers=headers)

    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "blocked")
    assert problem["detail"] == "Den här affärsmöjligheten kan inte stängas som vunnen."
    assert problem["violations"][0]["pointers"][0] == "/opportunity/quotes/0/state"
    (remedy,) = problem["remedies"]
    assert remedy["label"] == "Stäng alla aktiva offerter och offertutkast"
    done = client.post(remedy["href"], headers=headers).json()
    assert (done["results"][0]["status"], done["results"][0]["version"]) == ("remedied", 2)
    assert client.post(remedy["href"], headers={"If-Match": '"2"'}).json()["results"][0]["status"] == "unchanged"


@pytest.mark.parametrize(
    ("identity", "request_", "status", "code"),
    [
        (CLOSABLE, {"outcome": "won", "revenue": "-1"}, 422, "blocked"),
        (CLOSABLE, {}, 422, "blocked"),
        (UNKNOWN, {"outcome": "lost"}, 409, "undetermined"),
        (WON, {"outcome": "won"}, 409, "already-closed"),
        (CLOSABLE, {"outcome": "maybe"}, 422, "unknown-value"),
        (CLOSABLE, {"outcome": "won", "date": "31/3"}, 422, "wrong-value"),
        (CLOSABLE, {"outcom": "won"}, 422, "unknown-member-near"),
        (CLOSABLE, {"outcome": "won", "description": "a\0b"}, 422, "wrong-value"),
        (CLOSABLE, [], 422, "wrong-type"),
    ],
)
def test_refusals_over_the_api(client: TestClient, store: Store, identity, request_, status, code):
    """422 for what was sent, 409 for the state of the records; never half a closing."""
    answer = client.post(one(identity, "closing"), json={"close": request_}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert store.get(identity).version == 1


def test_wrong_values_are_all_named(client: TestClient):
    """Each with its pointer, code and params, in the reader's words."""
    body = {"close": {"outcome": "maybe", "date": 5, "strange": 1}}

    problem = client.post(one(CLOSABLE, "closing"), json=body, headers={"If-Match": '"1"'}).json()

    assert {each["pointer"] for each in problem["errors"]} == {"/close/outcome", "/close/date", "/close/strange"}
    assert all(each["detail"] for each in problem["errors"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty-file"),
        ("{", "json-end"),
        ('{"a":1,"a":2}', "duplicate-member"),
        ("[" * 5000, "too-deep"),
        (b"\xff", "wrong-encoding"),
    ],
)
def test_what_is_no_json_is_a_bad_request(client: TestClient, body: Any, code: str):
    """400, with the line and column where there is one."""
    answer = client.post("/api/closability", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1", "٣", "1" * 30])
def test_wrong_limit_is_refused(client: TestClient, limit: str):
    """A page has at least one row and at most five hundred."""
    assert client.get("/api/opportunities", params={"limit": limit}).status_code == 422


def test_opportunities_are_listed_in_pages(client: TestClient):
    """`after` leads on until there are no more; `state` and `q` choose."""
    first = client.get("/api/opportunities?limit=4").json()
    second = client.get("/api/opportunities", params={"limit": 4, "after": first["after"]}).json()

    found = [each["opportunity"] for each in first["results"] + second["results"]]
    assert len(found) == len(set(found)) == 7
    assert second["after"] is None
    assert [each["opportunity"] for each in client.get("/api/opportunities?state=lost").json()["results"]] == [LOST]


def test_dialog_is_served_as_data(client: TestClient):
    """The form of `oppi18n dialog --format json`."""
    schema = json.loads((ROOT / "docs/schemas/envelope/dialog.schema.json").read_text(encoding="utf-8"))

    answer = client.get(one(BLOCKED, "closing?outcome=lost"))

    Draft202012Validator(schema).validate(answer.json())
    assert (answer.json()["outcome"], answer.headers["etag"]) == ("lost", '"1"')
    assert client.get(one(BLOCKED, "closing?outcome=maybe")).status_code == 422


def test_unknown_remedy_and_strange_ids_are_not_found(each_store: Store):
    """404, whatever stands in the address."""
    client = client_of(each_store)
    tag = {"If-Match": "*"}

    assert client.post(one(BLOCKED, "remedies/pray"), headers=tag).json()["code"] == "unknown-remedy"
    for strange in ("%00", "%F0%9F%92%A9", "..%2F..%2Fetc", "a%1b[31m", "'; DROP TABLE quote"):
        assert client.get(one(strange, "closability")).status_code == 404
        assert client.get(f"/opportunities/{strange}").status_code == 404
        assert client.get(f"/?q={strange}&after={strange}").status_code == 200
        assert client.get(f"/api/opportunities?q={strange}&after={strange}&state={strange}").status_code == 200
    _, hidden = page_of(client, CLOSABLE)
    form = {"outcome": "lost", "competitor": "a\0b", "description": "\0"}
    assert send(client, {**hidden, "request": "\0"}, CLOSABLE, **form).status_code == 303


# ---- the description of the API ----

ANSWERS: list[tuple[str, str, str, Callable[[TestClient], Any]]] = [
    ("/api/opportunities", "get", "200", lambda c: c.get("/api/opportunities")),
    ("/api/opportunities", "get", "422", lambda c: c.get("/api/opportunities?limit=x")),
    ("/api/closability", "post", "200", lambda c: c.post("/api/closability", json={"opportunity": {"state": "open"}})),
    (
        "/api/closability",
        "post",
        "400",
        lambda c: c.post("/api/closability", headers={"Content-Type": "application/json"}),
    ),
    ("/api/opportunities/{id}/closability", "get", "200", lambda c: c.get(one(BLOCKED, "closability"))),
    ("/api/opportunities/{id}/closability", "get", "404", lambda c: c.get(one("x", "closability"))),
    ("/api/opportunities/{id}/closing", "get", "200", lambda c: c.get(one(BLOCKED, "closing"))),
    (
        "/api/opportunities/{id}/closing",
        "post",
        "200",
        lambda c: c.post(one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers={"If-Match": '"1"'}),
    ),
    (
        "/api/opportunities/{id}/closing",
        "post",
        "409",
        lambda c: c.post(one(BLOCKED, "closing"), json={"close": {"outcome": "won"}}, headers={"If-Match": '"1"'}),
    ),
    (
        "/api/opportunities/{id}/remedies/{remedy}",
        "post",
        "200",
        lambda c: c.post(one(BLOCKED, "remedies/close-quotes"), headers={"If-Match": '"1"'}),
    ),
    (
        "/api/opportunities/{id}/remedies/{remedy}",
        "post",
        "428",
        lambda c: c.post(one(BLOCKED, "remedies/close-quotes")),
    ),
    ("/health/ready", "get", "200", lambda c: c.get("/health/ready")),
]


@pytest.mark.parametrize(("path", "method", "status", "ask"), ANSWERS)
def test_answers_are_as_described(client: TestClient, path, method, status, ask):
    """What is answered is valid by the served OpenAPI document."""
    described = client.get("/api/openapi.json").json()

    answer = ask(client)

    assert str(answer.status_code) == status
    known = described["paths"][path][method]["responses"][status]
    (kind,) = known["content"]
    assert answer.headers["content-type"] == kind
    schema = {**known["content"][kind]["schema"], "components": described["components"]}
    Draft202012Validator(schema).validate(answer.json())


def test_description_is_whole(client: TestClient, store: Store):
    """Every route of the API is described with its methods, every reference leads somewhere, every schema is valid."""
    described = client.get("/api/openapi.json").json()

    routes = {
        (route.path.replace(":path", ""), method.lower())
        for route in create_app(Service(store, RULES)).routes
        if isinstance(route, Route) and route.path.startswith(("/api/", "/health/"))
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == {
        (path, method) for path, each in described["paths"].items() for method in each if method in ("get", "post")
    }
    text = json.dumps(described)
    for name in re.findall(r'"#/components/schemas/([^"]*)"', text):
        assert name in described["components"]["schemas"]
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert described == document(RULES.model)


@pytest.mark.parametrize("path", ["/api/closability", one(CLOSABLE, "closability"), one(CLOSABLE, "closing")])
def test_request_has_one_day(store: Store, path: str):
    """Answered around midnight, it says the day that it was judged on."""
    days = iter([date(2026, 3, 31), *[date(2026, 4, 1)] * 20])
    service = type("Service", (Service,), {"the_day": lambda _: next(days)})(store, RULES, _speakers=SPEAKERS)
    client = TestClient(create_app(service), base_url="http://localhost", client=LOCAL)
    facts = {} if path != "/api/closability" else {"opportunity": {"id": "o1", "state": "open", "quotes": []}}

    found = client.post(path, json={**facts, "close": {"outcome": "won"}}, headers={"If-Match": "*"}).json()

    first = found["today"]
    assert found["results"][0].get("defaults", {"/close/date": first})["/close/date"] == first
    if path.endswith("closing"):
        assert str(store.get(CLOSABLE).facts.record["opportunity"]["actual_close_date"]) == first


# ---- faults ----


def test_locked_database_is_told_and_nothing_is_half_closed(store: Store, monkeypatch: pytest.MonkeyPatch):
    """503 with a page or a problem in the reader's language; the opportunity is as it was, and can be closed after."""
    monkeypatch.setattr("oppi18n.store.database._WAIT", 0.1)
    path = store.engine.url.database
    with Store.open(f"sqlite:///{path}", RULES.model) as hasty:
        client = client_of(hasty, locale="sv")
        _, hidden = page_of(client, CLOSABLE)
        with closing(sqlite3.connect(str(path))) as other:
            other.execute("BEGIN IMMEDIATE")
            page = send(client, hidden, CLOSABLE, outcome="won")
            problem = client.post(
                one(CLOSABLE, "closing"), json={"close": {"outcome": "won"}}, headers={"If-Match": '"1"'}
            )
        assert (page.status_code, problem.status_code) == (503, 503)
        assert page.headers["retry-after"] == "5"
        assert '<html lang="sv"' in page.text
        assert problem.json()["code"] == "store-locked"
        assert hasty.get(CLOSABLE).version == 1
        assert send(client, hidden, CLOSABLE, outcome="won").status_code == 303


def test_database_that_is_gone_is_told(store: Store, caplog: pytest.LogCaptureFixture):
    """503 for whoever asks, and not ready, for reasons that are in the log alone; alive all the same."""
    client = client_of(store)
    with closing(sqlite3.connect(str(store.engine.url.database))) as other:
        other.execute("DROP TABLE quote")

    assert client.get("/").status_code == 503
    answer = client.get("/health/ready").json()
    assert (answer["code"], answer["params"]) == ("store-failed", {"reason": "…"})
    assert "no such table" in caplog.text
    assert client.get("/health/live").status_code == 200


def test_fault_of_ours_is_an_answer_too(store: Store, monkeypatch: pytest.MonkeyPatch, caplog):
    """500 without any of what went wrong inside; the log has the rest."""
    client = client_of(store)
    monkeypatch.setattr(Store, "get", lambda *_: 1 / 0)

    with caplog.at_level(logging.ERROR, "oppi18n.server"):
        page, problem = client.get(f"/opportunities/{BLOCKED}"), client.get(one(BLOCKED, "closability"))

    assert (page.status_code, problem.status_code) == (500, 500)
    assert problem.json()["code"] == "internal"
    assert "division" not in page.text + problem.text
    assert "ZeroDivisionError" in caplog.text


def test_access_log_has_no_personal_data(store: Store, caplog):
    """Method, route, status, language, time: no ids, no words that were searched for, no names, no addresses."""
    client = client_of(store, authenticate=UserHeader("X-User"))
    client.headers["X-User"] = "ann@example.com"

    with caplog.at_level(logging.INFO, "oppi18n.access"):
        client.get("/?q=Packlinje")
        client.get(f"/opportunities/{BLOCKED}")

    lines = [json.loads(each.message) for each in caplog.records if each.name == "oppi18n.access"]
    assert [(each["method"], each["route"], each["status"]) for each in lines] == [
        ("GET", "/", 200),
        ("GET", "/opportunities/{id:path}", 200),
    ]
    for secret in (BLOCKED, "Packlinje", "ann", "127.0.0.1"):
        assert secret not in caplog.text


def test_many_close_at_once_and_one_succeeds(each_store: Store):
    """Each with its own page, all at the same time."""
    store = each_store
    clients = [client_of(store) for _ in range(8)]
    forms = [page_of(each, CLOSABLE)[1] for each in clients]
    found: list[int] = []

    def close(client: TestClient, hidden: dict[str, str]) -> None:
        found.append(send(client, hidden, CLOSABLE, outcome="won").status_code)

    threads = [threading.Thread(target=close, args=each) for each in zip(clients, forms, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(found) == [303, *[409] * 7]
    assert audit(store).count("closed") == 1


# ---- the command ----


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`oppi18n serve` on a free port, which it says itself."""
    command = [sys.executable, "-m", "oppi18n", "serve", "--port", "0", "--locale", "en", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            port = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
            assert port is not None, said + process.stderr.read()
            yield process, int(port[1])
        finally:
            # Its database goes away only if it may tidy up.
            process.terminate()
            process.wait(timeout=30)


def test_demo_is_served_and_stops_gently():
    """One of every state over real HTTP; SIGTERM ends it with status 0, and its database is gone."""
    with running("--demo", "--today", "2026-03-31") as (process, port):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/", headers={"Accept-Language": "ko"})
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        log = json.loads(process.stderr.readlines()[0])
    assert (answer.status, answer.headers["Content-Language"]) == (200, "ko")
    assert re.findall(r'<td class="(\w+)">', content).count("blocked") == 3
    assert (log["route"], log["status"], log["locale"]) == ("/", 200, "ko")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--demo", "--host", "0.0.0.0"], "other machines could reach 0.0.0.0"),
        (["--demo", "--host", "203.0.113.1", "--user-header", "X-User"], "nothing can be served at 203.0.113.1:0"),
        (["--database", "mysql://x"], "is no database that is known"),
        (["--demo", "--pack", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_served_is_told(arguments: list[str], told: str):
    """Exit status 2 and a sentence."""
    command = [sys.executable, "-m", "oppi18n", "serve", "--port", "0", "--locale", "en", *arguments]

    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert found.returncode == 2
    assert told in found.stderr


def test_port_in_use_is_told():
    """Two services at one address."""
    with running("--demo") as (_, port):
        command = [sys.executable, "-m", "oppi18n", "serve", "--demo", "--locale", "en", "--port", str(port)]
        started = time.monotonic()
        found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert found.returncode == 2
    assert f"nothing can be served at 127.0.0.1:{port}" in found.stderr
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("library", ["starlette", "uvicorn", "sqlalchemy"])
def test_extra_that_is_not_installed_is_named(library: str):
    """What to install, instead of a traceback."""
    lines = (
        f"import sys; sys.modules[{library!r}] = None; from oppi18n.cli import run; sys.exit(run(['serve', '--demo']))"
    )

    found = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=60, check=False)

    assert found.returncode == 2
    assert f"{library} is not installed; pip install 'oppi18n[web]' installs it" in found.stderr


# ---- the shortcut ----

pytest.importorskip("uvicorn", reason="uvicorn is absent here")

import uvicorn

from oppi18n.server import shortcut
from oppi18n.server.connection import Connection
from oppi18n.server.judging import at_once
from oppi18n.server.listening import listen

FACTS = json.dumps(
    {
        "opportunity": {
            "id": "o1",
            "state": "open",
            "currency": "KRW",
            "quotes": [{"id": f"q{n}", "number": f"QUO-{n}", "revision": n, "state": "active"} for n in range(3)],
        }
    }
)


def asked(
    body: str = FACTS, *lines: str, first: str = "POST /api/closability HTTP/1.1", **changed: str | None
) -> bytes:
    """A request in one piece; a header that is None is left out."""
    content = body.encode()
    headers: dict[str, str | None] = {
        "Host": "localhost",
        "Accept-Language": "ko",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    head = [first, *(f"{name}: {value}" for name, value in headers.items() if value is not None), *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + content


@contextmanager
def listening(store: Store, kind: type, *, patience: float = 30, **more: Any) -> Iterator[tuple[int, list[str]]]:
    """The service on real sockets in a thread, with one kind of connection; its port, and its access log."""
    log: list[str] = []
    service = Service(store, RULES, today=TODAY, _speakers=SPEAKERS, access=log.append, **more)
    with listen("127.0.0.1", 0) as opened:
        config = uvicorn.Config(
            create_app(service), http=kind, lifespan="off", log_config=None, server_header=False, proxy_headers=False, access_log=False,
            timeout_keep_alive=patience,  # type: ignore[arg-type]
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        try:
            yield opened.getsockname()[1], log
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def connected(port: int) -> Iterator[Callable[..., tuple[int, dict[str, str], bytes]]]:
    """A connection that stays open: what is sent is answered with a status, headers but for the date, and a body."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rb") as file:

        def ask(
            content: bytes, then: Callable[[socket.socket], None] | None = None
        ) -> tuple[int, dict[str, str], bytes]:
            connection.sendall(content)
            if then is not None:
                then(connection)
            status = int(file.readline().split()[1])
            headers = {}
            while line := file.readline().decode("latin-1").strip():
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            headers.pop("date")
            return status, headers, file.read(int(headers["content-length"]))

        yield ask


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that went by the shortcut."""
    found: list[bytes] = []

    def counting(service: Service, locale: str, body: bytes) -> bytes | None:
        content = at_once(service, locale, body)
        if content is not None:
            found.append(body)
        return content

    monkeypatch.setattr(shortcut, "at_once", counting)
    return found


CLOSING = FACTS[:-1] + ', "close": {"outcome": "won", "revenue": "240000.50", "date": "2026-03-31"}}'
BY_SHORTCUT = {
    "as programs ask": asked(),
    "about a closing": asked(CLOSING),
    "another language": asked(Accept_Language="de, zh-TW;q=0.5"),
    "no language": asked(Accept_Language=None),
    "a name and a port": asked(Host="127.0.0.1:8017"),
    "charset": asked(Content_Type="application/json; charset=utf-8"),
    "kept alive": asked(FACTS, "Connection: Keep-Alive"),
    "strange header": asked(FACTS, "X-Strange:\t a: b "),
}
ORDINARILY = {
    "no JSON": asked("{"),
    "nothing": asked(""),
    "twice": asked('{"opportunity": {"state": "open", "state": "won"}}'),
    "wrong value": asked('{"opportunity": {"state": "ajar"}}'),
    "half a character": asked('{"opportunity": {"state": "open", "name": "\\ud800"}}'),
    "byte order mark": asked("\ufeff" + FACTS),
    "long": asked(FACTS + " " * 20_000),
    "two languages": asked(FACTS, "Accept-Language: ja"),
    "cookie": asked(FACTS, "Cookie: oppi18n_lang=ja"),
    "from elsewhere": asked(FACTS, "Origin: http://evil.example"),
    "cross-site": asked(FACTS, "Sec-Fetch-Site: cross-site"),
    "another name": asked(Host="evil.example"),
    "no name": asked(Host=None),
    "form": asked(Content_Type="application/x-www-form-urlencoded"),
    "no type": asked(Content_Type=None),
    "capital type": asked(Content_Type="Application/JSON"),
    "query": asked(first="POST /api/closability?lang=ja HTTP/1.1"),
    "path": asked(first="POST /api/closability/ HTTP/1.1"),
    "method": asked(first="GET /api/closability HTTP/1.1"),
    "length with a sign": asked(Content_Length=f"+{len(FACTS)}"),
    "length with zeros": asked(Content_Length=f"00{len(FACTS)}"),
    "header without a name": asked(FACTS, ": x"),
    "folded header": asked(FACTS, "X: a\r\n b"),
    "bytes in a header": asked(FACTS, "X: \xff"),
    "control in a header": asked(FACTS, "X: a\x01b"),
    "much in a header": asked(FACTS, f"X: {'x' * 40_000}"),
    "in chunks": asked(f"{len(FACTS):x}\r\n{FACTS}\r\n0\r\n\r\n", "Transfer-Encoding: chunked", Content_Length=None),
    "to be closed": asked(FACTS, "Connection: close"),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """The same service twice: with the shortcut, and without."""
    path = tmp_path_factory.mktemp("both") / "crm.db"
    with (
        Store.open(f"sqlite:///{path}", RULES.model) as made,
        listening(made, shortcut.Shortcut) as (short, _),
        listening(made, Connection) as (ordinary, _),
    ):
        yield short, ordinary


@pytest.mark.parametrize("name", [*BY_SHORTCUT, *ORDINARILY])
def test_shortcut_answers_as_the_ordinary_way(both: tuple[int, int], counted: list[bytes], name: str):
    """Status, headers and body are the same to the byte; what is odd in any way does not even take it."""
    question = BY_SHORTCUT.get(name) or ORDINARILY[name]
    with connected(both[0]) as ask:
        short = ask(question)
    taken = len(counted)
    with connected(both[1]) as ask:
        ordinary = ask(question)

    assert short == ordinary
    assert (taken, len(counted)) == (int(name in BY_SHORTCUT), taken)


def test_shortcut_and_ordinary_way_share_a_connection(both: tuple[int, int], counted: list[bytes]):
    """In any order; two requests at once, and one in pieces, are answered in their order."""
    other = asked("", first="GET /health/live HTTP/1.1", Content_Length=None, Content_Type=None)
    with connected(both[0]) as ask:
        statuses = [
            ask(each)[0] for each in (asked(), other, asked("{"), asked(), asked(first="PUT / HTTP/1.1"), asked())
        ]
        assert statuses == [200, 200, 400, 200, 405, 200]
        assert len(counted) == 3
        first, second = ask(asked() + asked(CLOSING)), ask(b"")
        assert [json.loads(each[2])["asked"] for each in (first, second)] == ["record", "closing"]
    with socket.create_connection(("127.0.0.1", both[0]), timeout=30) as connection:
        question = asked(FACTS, "Connection: close")
        for start in range(0, len(question), 40):
            connection.sendall(question[start : start + 40])
            time.sleep(0.001)
        with connection.makefile("rb") as file:
            assert file.read().startswith(b"HTTP/1.1 200 ")


def test_shortcut_is_logged_and_asks_who_it_is(store: Store, counted: list[bytes]):
    """One line with the route, as of any other; without a name nobody is signed in."""
    with (
        listening(store, shortcut.Shortcut, authenticate=UserHeader("X-User")) as (port, log),
        connected(port) as ask,
    ):
        assert ask(asked())[0] == 401
        assert ask(asked(FACTS, "X-User: ann"))[0] == 200

    lines = [json.loads(each) for each in log]
    assert [(each["method"], each["route"], each["status"], each["locale"]) for each in lines] == [
        ("POST", "/api/closability", 401, "ko"),
        ("POST", "/api/closability", 200, "ko"),
    ]
    assert len(counted) == 1
    assert "ann" not in "".join(log)


@pytest.mark.parametrize("kind", [Connection, shortcut.Shortcut])
def test_authenticator_that_fails_is_told_on_either_way(store: Store, kind: type, caplog):
    """500 for whom it cannot judge, and the connection goes on."""

    def picky(request: Any) -> str:
        return {"t1": "ann"}[request.headers["x-token"]]

    with (
        caplog.at_level(logging.CRITICAL, "oppi18n.server"),
        listening(store, kind, authenticate=picky) as (port, _),
        connected(port) as ask,
    ):
        assert [ask(each)[0] for each in (asked(), asked(FACTS, "X-Token: t1"))] == [500, 200]


def test_shortcut_stands_aside_for_middleware_of_others(store: Store, counted: list[bytes], monkeypatch):
    """Whoever has added some sees every request."""

    made = create_app

    def watched(service: Service) -> Starlette:
        app = made(service)
        app.add_middleware(GZipMiddleware)
        return app

    monkeypatch.setattr(sys.modules[__name__], "create_app", watched)
    with listening(store, shortcut.Shortcut) as (port, _), connected(port) as ask:
        assert ask(asked())[0] == 200
    assert counted == []


def test_connection_stays_open_while_it_is_used(store: Store):
    """The clock runs from the last request, whichever way it went; then the connection is closed."""
    with listening(store, shortcut.Shortcut, patience=0.6) as (port, _), connected(port) as ask:
        other = asked("", first="GET /health/live HTTP/1.1", Content_Length=None, Content_Type=None)
        for each in (asked(), asked(), other, asked(), asked()):
            assert ask(each)[0] == 200
            time.sleep(0.4)
        time.sleep(0.6)
        with pytest.raises((IndexError, ConnectionError)):
            ask(asked())


@pytest.mark.parametrize("end", range(0, 240, 12))
def test_question_that_is_not_whole_is_no_question(end: int):
    """However it is cut off, or whatever comes after it."""
    whole, cut = shortcut.split(asked()), shortcut.split(asked()[: -1 - end])

    assert whole is not None
    assert whole.missing == 0
    assert cut is None or cut.missing == 1 + end
    assert shortcut.split(asked() + b"{}"[: 1 + end % 2]) is None


@pytest.mark.parametrize(("pause", "taken"), [(0.005, 1), (0.3, 0)], ids=["at once", "later"])
def test_body_may_come_after_the_headers(both: tuple[int, int], counted: list[bytes], pause: float, taken: int):
    """Many programs send them one after the other; who lets the body wait goes the ordinary way, and is answered too."""
    head, _, body = asked().partition(b"\r\n\r\n")
    with connected(both[0]) as ask, connected(both[1]) as ask_ordinarily:

        def late(connection: socket.socket) -> None:
            time.sleep(pause)
            connection.sendall(body)

        short = ask(head + b"\r\n\r\n", late)
        assert short == ask_ordinarily(asked())
        assert ask(asked())[0] == 200

    assert len(counted) == taken + 1


@pytest.mark.parametrize("end", ["shutdown", "close"])
def test_body_that_never_comes_holds_nobody_up(both: tuple[int, int], counted: list[bytes], end: str):
    """Whoever goes away after the headers is forgotten, and everybody else is answered."""
    head = asked().partition(b"\r\n\r\n")[0] + b"\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", both[0]), timeout=30) as connection:
        connection.sendall(head)
        if end == "shutdown":
            connection.shutdown(socket.SHUT_WR)
            assert not connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    with connected(both[0]) as ask:
        assert ask(asked())[0] == 200
    assert len(counted) == 1
