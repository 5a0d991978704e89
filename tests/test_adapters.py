"""The rules inside FastAPI, Django, Flask and Starlette: the same answers as the service, each in its reader's language."""

from __future__ import annotations

import asyncio
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from oppi18n import CloseRequest, Localizer, Opportunity, Quote, load_rules
from oppi18n.contrib.questions import Questions
from oppi18n.i18n.locales import PRODUCT
from oppi18n.model.facts import DataError
from oppi18n.readers.json_text import parse

ADAPTERS = Path(__file__).parent.parent / "examples" / "adapters"
TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
FACTS = (ADAPTERS.parent / "facts.json").read_bytes()
OPEN = b'{"opportunity": {"id": "o-1", "state": "open", "quotes": []}}'
NOT_LOADED = (
    b'{"opportunity": {"id": "o-1", "state": "open"}, "close": {"outcome": "won", "revenue": 12345678901.2345}}'
)
JSON = "application/json"
THREADS = 16
FRAMEWORKS = ("fastapi", "flask", "starlette")
DJANGO = {"en": "en", "ko": "ko", "zh-hant": "zh-HK", "ja": "ja", "ms": "ms", "sv": "sv"}

Sent = tuple[int, dict[str, str], Any]
Ask = Callable[..., Sent]


@pytest.fixture
def needs(require: Callable[[str, object], None]) -> Callable[[str], None]:
    """Skips where a framework, or what calls it, is absent."""

    def check(framework: str) -> None:
        require(framework, find_spec(framework))
        if framework != "flask":
            require("httpx2", find_spec("httpx2"))

    return check


@cache
def questions() -> Questions:
    """Questions of a fixed day."""
    return Questions(RULES, today=TODAY)


@cache
def asgi(framework: str) -> Any:
    """An application of a framework that has the route, and nothing else."""
    if framework == "fastapi":
        from fastapi import FastAPI

        from oppi18n.contrib.fastapi import Closability

        app = FastAPI()
        app.include_router(Closability(questions()).router())
        return app
    from starlette.applications import Starlette

    from oppi18n.contrib.starlette import closability

    return Starlette(routes=[closability(questions())])


@cache
def ask_of(framework: str) -> Ask:
    """Posts a body, and gives status, headers and JSON."""
    client: Any
    if framework == "flask":
        from flask import Flask

        from oppi18n.contrib.flask import blueprint

        app = Flask(__name__)
        app.register_blueprint(blueprint(questions()))
        client = app.test_client()
    else:
        from starlette.testclient import TestClient

        client = TestClient(asgi(framework))
    name = "data" if framework == "flask" else "content"

    def ask(body: bytes, *, locale: str = "en", media_type: str = JSON, query: str = "") -> Sent:
        headers = {"Accept-Language": locale, "Content-Type": media_type}
        found = client.post(f"/closability{query}", headers=headers, **{name: body})
        return found.status_code, {key.lower(): value for key, value in found.headers.items()}, json.loads(found.text)

    return ask


@pytest.fixture(params=FRAMEWORKS)
def ask(request: pytest.FixtureRequest, needs: Callable[[str], None]) -> Ask:
    """The route inside each framework."""
    needs(request.param)
    return ask_of(request.param)


# ---- the route ----


@pytest.mark.parametrize(
    ("body", "locale"), [*((FACTS, locale) for locale in PRODUCT), (OPEN, "ko"), (NOT_LOADED, "sv")]
)
def test_answer_is_the_one_of_the_rules(ask: Ask, body: bytes, locale: str):
    """Inside a framework nothing is lost: verdict, messages, defaults, what is missing, amounts with all their digits."""
    asked = questions()
    expected = asked.closability(parse(body.decode()), Localizer(locale))

    status, headers, found = ask(body, locale=locale)

    assert (status, found) == (200, expected)
    assert (headers["content-language"], headers["vary"]) == (locale, "Accept-Language")


def test_answers_are_blocked_closable_and_undetermined(ask: Ask):
    """What is not loaded never becomes a yes on the way."""
    found = [ask(body)[2]["results"][0] for body in (FACTS, OPEN, NOT_LOADED)]

    assert [each["verdict"] for each in found] == ["blocked", "closable", "undetermined"]
    assert "/opportunity/quotes" in [each["pointer"] for each in found[2]["needs"]]


WRONG = {
    "no JSON": (b'{"opportunity": ', 400, "json-end"),
    "empty": (b"", 400, "empty-file"),
    "null": (b"null", 422, "wrong-type"),
    "twice": (b'{"opportunity": {}, "opportunity": {}}', 400, "duplicate-member"),
    "near": (b'{"opportunity": {"id": "o-1", "staet": "open"}}', 422, "unknown-member-near"),
    "value": (b'{"opportunity": {"id": "o-1", "state": "opne"}}', 422, "unknown-value"),
    "digits": (b'{"opportunity": {"id": "o-1", "state": "open", "actual_revenue": 0.12345}}', 422, "too-many-digits"),
    "null id": (b'{"opportunity": {"id": null, "state": "open"}}', 422, "null-required"),
    "no opportunity": (b'{"close": {"outcome": "won"}}', 422, "absent-member"),
    "one id": (
        b'{"opportunity": {"id": "o-1", "quotes": [{"id": "q", "state": "won"}, {"id": "Q", "state": "won"}]}}',
        422,
        "duplicate-id",
    ),
    "markup": (b'{"opportunity": {"id": "o-1", "<b>\\u202e": 1}}', 422, "unknown-member"),
}


@pytest.mark.parametrize(("body", "status", "code"), WRONG.values(), ids=WRONG.keys())
def test_bad_news_is_a_problem_in_the_language_of_the_reader(ask: Ask, body: bytes, status: int, code: str):
    """The same problem as that of the service, whatever the framework would have said."""
    from oppi18n.server.problems import problem

    with pytest.raises(DataError) as raised:
        questions().facts(parse(body.decode()))
    expected = json.loads(json.dumps(problem(raised.value, Localizer("ko"))))

    found = ask(body, locale="ko")

    assert (found[0], found[2]["code"]) == (status, code)
    assert found[1]["content-type"].startswith("application/problem+json")
    assert found[1]["content-language"] == "ko"
    assert found[2] == expected


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (OPEN, "text/plain", 415, "http-media-type"),
        (OPEN, "", 415, "http-media-type"),
        (OPEN, "Application/JSON; charset=utf-8", 200, ""),
        (b" " * 1_000_001, JSON, 413, "http-body-too-large"),
        (b"\xff\xfe", JSON, 400, "wrong-encoding"),
    ],
)
def test_body_is_json_and_not_too_large(ask: Ask, body: bytes, media_type: str, status: int, code: str):
    """What is no JSON by its own account is not read."""
    found = ask(body, media_type=media_type)

    assert (found[0], found[2].get("code", "")) == (status, code)


@pytest.mark.parametrize(
    ("wish", "query", "locale"),
    [
        ("zh-TW, en;q=0.5", "", "zh-HK"),
        ("zh-CN, sv;q=0.5", "", "sv"),
        ("tlh", "", "en"),
        ("ja", "?lang=ms", "ms"),
        ("ja", "?lang=tlh", "ja"),
    ],
)
def test_locale_is_negotiated_per_request(ask: Ask, wish: str, query: str, locale: str):
    """`?lang=`, then Accept-Language, then English."""
    assert ask(OPEN, locale=wish, query=query)[1]["content-language"] == locale


def test_sixteen_threads_and_six_locales_agree(ask: Ask):
    """Each answer is in the language of its own request, whoever asks at the same time."""
    expected = {locale: ask(FACTS, locale=locale)[2] for locale in PRODUCT}

    def one(number: int) -> bool:
        locale = PRODUCT[number % len(PRODUCT)]
        return bool(ask(FACTS, locale=locale)[2] == expected[locale])

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(one, range(THREADS * len(PRODUCT))))
    assert len({each["results"][0]["violations"][0]["message"] for each in expected.values()}) == len(PRODUCT)


@pytest.mark.parametrize("framework", ["fastapi", "starlette"])
def test_requests_of_one_event_loop_do_not_mix(needs: Callable[[str], None], framework: str):
    """A hundred requests under way at once in one loop, good and bad ones, each in its own language."""
    needs(framework)
    from httpx2 import ASGITransport, AsyncClient

    async def all_at_once() -> list[Any]:
        async with AsyncClient(transport=ASGITransport(asgi(framework)), base_url="http://test") as client:

            async def one(number: int) -> tuple[str, str, int]:
                locale = PRODUCT[number % len(PRODUCT)]
                headers = {"Accept-Language": locale, "Content-Type": JSON}
                found = await client.post("/closability", content=FACTS if number % 4 else b"[]", headers=headers)
                return locale, found.headers["content-language"], found.status_code

            return await asyncio.gather(*(one(number) for number in range(THREADS * len(PRODUCT))))

    found = asyncio.run(all_at_once())

    assert all(asked == answered for asked, answered, _ in found)
    assert [status for _, _, status in found] == [200 if number % 4 else 422 for number in range(len(found))]


def test_each_module_needs_its_own_framework_only():
    """Flask and Django come without Starlette, and nobody needs the database."""
    found = [each for each in ("flask", "django") if find_spec(each)]
    code = "import sys; from importlib import import_module\n"
    code += f"for each in {found}: import_module(f'oppi18n.contrib.{{each}}')\n"
    code += "print(sorted({'fastapi', 'pydantic', 'sqlalchemy', 'starlette'} & sys.modules.keys()))"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


# ---- Pydantic ----


def test_pydantic_judges_values_as_readers_do(require: Callable[[str, object], None]):
    """Whatever a reader refuses, the model refuses, save for ids that occur twice; the rest reads the same."""
    require("pydantic", find_spec("pydantic"))
    from pydantic import ValidationError

    from oppi18n.contrib.pydantic import facts_model

    facts, asked = facts_model(RULES.model), questions()
    for body, _, code in WRONG.values():
        if code in ("json-end", "empty-file", "duplicate-member", "duplicate-id"):
            continue
        with pytest.raises(ValidationError):
            facts.model_validate(parse(body.decode()))
    for body in (FACTS, OPEN, NOT_LOADED):
        raw = parse(body.decode())
        dumped = facts.model_validate(raw).model_dump(exclude_unset=True)
        assert asked.facts(dumped).record == asked.facts(raw).record


def test_openapi_names_rules_fields_and_problems(needs: Callable[[str], None]):
    """The description follows from the model and the ruleset."""
    needs("fastapi")

    found = asgi("fastapi").openapi()

    schemas, responses = found["components"]["schemas"], found["paths"]["/closability"]["post"]["responses"]
    assert schemas["Close"]["properties"]["outcome"]["enum"] == ["won", "lost", None]
    assert schemas["Quote"]["additionalProperties"] is False
    assert schemas["Violation"]["properties"]["rule"]["enum"] == [each.id for each in RULES.rules]
    assert {"200", "400", "413", "415", "422"} == responses.keys()
    assert list(responses["422"]["content"]) == ["application/problem+json"]


# ---- Django ----


@pytest.fixture
def form(require: Callable[[str, object], None]) -> Any:
    """The form class; the settings are those of the example, since Django has one set in a process."""
    require("django", find_spec("django"))
    runpy.run_path(str(ADAPTERS / "django_app.py"), run_name=DJANGO_APP)
    from oppi18n.contrib.django import closing_form

    return closing_form(questions())


DJANGO_APP = "oppi18n_example_django"


def record(*quotes: str, loaded: bool = True) -> dict[str, Any]:
    """An opportunity whose quotes have these states."""
    found = [{"id": f"q-{n}", "number": f"QUO-{n}", "revision": 0, "state": state} for n, state in enumerate(quotes)]
    root = {"id": "o-1", "name": "Ny packlinje", "state": "open", "currency": "SEK", "estimated_revenue": Decimal(5)}
    return {"opportunity": {**root, **({"quotes": found} if loaded else {})}}


@pytest.mark.parametrize(("language", "locale"), DJANGO.items())
def test_form_speaks_the_active_language(form: Any, language: str, locale: str):
    """Labels, options and errors, in the language that Django calls so; and nothing else was switched."""
    from django.utils.translation import get_language, override

    words = Localizer(locale)
    with override(language):
        found = form({"outcome": "won"}, facts=record("active"))
        errors = found.non_field_errors()
        assert get_language() == language

    decision = RULES.evaluate(record("active"), request={"outcome": "won"}, today=TODAY)
    blocking = next(each for each in decision.violations if each.rule == "no-active-quotes")
    assert found.lang == locale
    assert list(errors) == [words.message(blocking)]
    assert found["date"].label == words.label(RULES.model, "close", "date").text
    assert [label for _, label in found.fields["outcome"].widget.choices] == [
        words.value(RULES.model, RULES.model.records["close"].fields["outcome"].of, each).text
        for each in ("won", "lost")
    ]


def test_form_is_valid_only_for_what_may_be_closed(form: Any):
    """A valid form has the request with its defaults; data that is missing is no yes."""
    good = form({"outcome": "won"}, facts=record())
    unknown = form({"outcome": "won"}, facts=record(loaded=False))

    assert good.is_valid()
    assert bool(good.decision)
    assert good.cleaned_data["revenue"] == Decimal(5)
    assert good.cleaned_data["date"] == TODAY
    assert not unknown.is_valid()
    assert unknown.decision is None
    assert list(unknown.non_field_errors()) == [
        "Data is missing to tell whether this opportunity can be closed as won."
    ]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"outcome": "won", "revenue": "5x"}, "revenue", "'5x' is not an amount such as 240,000.5."),
        ({"outcome": "won", "date": "31/3"}, "date", "'31/3' is not a date such as 2026-03-31."),
        ({"outcome": "win"}, "outcome", "'win' is not known here; the values are won and lost"),
        ({}, "outcome", "Choose whether the opportunity is closed as won or as lost."),
        (
            {"outcome": "won", "status_reason": "canceled"},
            "status_reason",
            "The status reason “Canceled” can't be used when the status is “Won”.",
        ),
        ({"outcome": "win\x00<b>"}, "outcome", "'win<b>' is not known here; the values are won and lost"),
    ],
)
def test_what_is_wrong_stands_with_its_field(form: Any, typed: dict[str, str], field: str, message: str):
    """One complaint for each field, in words of the rules, what was typed told back."""
    found = form(typed, facts=record())

    assert not found.is_valid()
    assert list(found.errors[field]) == [message]


def test_amounts_are_read_as_the_language_writes_them(form: Any):
    """A decimal comma is one in Swedish, and none in English; a prefix changes nothing."""
    from django.utils.translation import override

    with override("sv"):
        swedish = form({"a-outcome": "won", "a-revenue": "1 234,50"}, facts=record(), prefix="a")
        assert swedish.is_valid(), swedish.errors
    assert swedish.cleaned_data["revenue"] == Decimal("1234.50")
    assert not form({"outcome": "won", "revenue": "1 234,50"}, facts=record()).is_valid()


def test_form_takes_typed_records(form: Any):
    """An `Opportunity` will do as well; what is asked for is judged as everywhere else."""
    facts = Opportunity(id="o-1", state="open", quotes=[Quote(id="q-1", state="closed")])
    found = form({"outcome": "lost", "status_reason": "canceled"}, facts=facts)

    assert found.is_valid() == bool(
        RULES.evaluate(facts, request=CloseRequest("lost", status_reason="canceled", date=TODAY), today=TODAY)
    )
    assert found.is_valid()


def test_forms_in_sixteen_threads_do_not_mix(form: Any):
    """Each thread has its language, and each form the one that was active when it was made."""
    from django.utils.translation import override

    def one(number: int) -> tuple[str, str]:
        language = list(DJANGO)[number % len(DJANGO)]
        with override(language):
            found = form({"outcome": "won"}, facts=record("active"))
        # Outside, where another language is active, the form still speaks its own.
        return DJANGO[language], found.non_field_errors()[0]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(one, range(THREADS * len(DJANGO) // 2)))

    by_locale = {locale: {message for each, message in found if each == locale} for locale in PRODUCT}
    assert all(len(messages) == 1 for messages in by_locale.values())
    assert len(set.union(*by_locale.values())) == len(PRODUCT)


# ---- the examples ----


@pytest.mark.parametrize("framework", ["fastapi", "flask", "starlette"])
def test_example_answers_in_korean(needs: Callable[[str], None], framework: str):
    """What its docstring says can be tried."""
    needs(framework)
    if framework == "starlette":
        pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")
    app = runpy.run_path(str(ADAPTERS / f"{framework}_app.py"))["app"]
    headers = {"Accept-Language": "ko", "Content-Type": JSON}

    if framework == "flask":
        client = app.test_client()
        found = json.loads(client.post("/closability", data=FACTS, headers=headers).text)
        messages = json.loads(client.post("/messages", data=FACTS, headers=headers).text)
        refused = client.post("/messages", data=b"[]", headers=headers)
    else:
        from starlette.testclient import TestClient

        # The service answers its own machine only.
        caller: dict[str, Any] = {"client": ("127.0.0.1", 50000)} if framework == "starlette" else {}
        with TestClient(app, base_url="http://localhost", **caller) as client:
            found = client.post("/closability", content=FACTS, headers=headers).json()
            if framework == "starlette":
                page = client.get("/crm/", headers=headers)
                assert page.status_code == 200
                assert '<html lang="ko"' in page.text
                return
            messages = client.post("/messages", content=FACTS, headers=headers).json()
            refused = client.post("/messages", content=b"[]", headers=headers)

    result = found["results"][0]
    assert (found["locale"], result["verdict"]) == ("ko", "blocked")
    assert messages == [each["message"] for each in result["violations"]]
    assert (refused.status_code, refused.headers["Content-Language"]) == (422, "ko")


@pytest.mark.parametrize(
    ("wish", "locale"), [("en", "en"), ("ko", "ko"), ("zh-HK", "zh-HK"), ("ja", "ja"), ("ms-MY", "ms"), ("sv", "sv")]
)
def test_django_example_follows_the_language_of_the_request(form: Any, wish: str, locale: str):
    """Django's own middleware chooses the language; form, errors and answer follow."""
    from django.test import Client, override_settings

    assert form
    module = runpy.run_path(str(ADAPTERS / "django_app.py"), run_name=DJANGO_APP)
    words = Localizer(locale)
    with override_settings(ROOT_URLCONF=tuple(module["urlpatterns"]), ALLOWED_HOSTS=["testserver"]):
        client = Client(headers={"accept-language": wish})
        shown = client.get("/?facts=closable")
        blocked = client.post("/?facts=blocked", {"outcome": "won"})
        closed = client.post("/?facts=closable", {"outcome": "lost", "status_reason": "canceled"})

    assert [each.status_code for each in (shown, blocked, closed)] == [200, 422, 200]
    assert f'<html lang="{locale}"' in shown.content.decode()
    assert words.label(RULES.model, "close", "date").text in shown.content.decode()
    assert (
        words.text("This opportunity can't be closed as won.", context="oppi18n/dialog").text.replace("'", "&#x27;")
        in blocked.content.decode()
    )
    assert "<form" not in closed.content.decode()
