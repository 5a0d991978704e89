"""The dialog as HTML: each state as a golden file, and whatever names and descriptions hold, only text comes of it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import Localizer, load_rules
from oppi18n.dialog.form import close_form
from oppi18n.dialog.html import Frame, Link, Post, asset, closed_html, dialog_html
from oppi18n.dialog.records import rows_of
from oppi18n.dialog.typed import Typed, amount, read_typed
from oppi18n.i18n.locales import OFFERED, PRODUCT
from oppi18n.i18n.speech import Text
from oppi18n.model.values import ValueFault

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
SPEAKERS = {locale: Localizer(locale) for locale in OFFERED}
POST = Post("/opportunities/o-1", {"token": "t", "version": "3", "request": "r"}, frozenset({"close-quotes"}))


def facts(*states: str, **fields: Any) -> dict[str, Any]:
    quotes = [
        {"id": f"q-{number}", "number": f"QUO-{number}", "revision": 0, "state": state}
        for number, state in enumerate(states, 1)
    ]
    return {
        "opportunity": {
            "id": "o-1",
            "name": "Ny packlinje",
            "state": "open",
            "currency": "SEK",
            "estimated_revenue": Decimal("240000.5"),
            "quotes": quotes,
            **fields,
        }
    }


UNKNOWN = {"opportunity": {**facts()["opportunity"]}}
del UNKNOWN["opportunity"]["quotes"]

Case = tuple[dict[str, Any], dict[str, str] | None]
STATES: dict[str, Case] = {
    "open": (facts("won"), None),
    "closable": (facts("won"), {"outcome": "won", "date": "2026-03-31"}),
    "blocked": (facts("active", "active", "draft"), None),
    "faults": (facts("active"), {"outcome": "won", "date": "31/3", "revenue": "mycket", "description": "a\r\nb"}),
    "fields": (facts(), {"outcome": "lost", "date": "2026-04-01", "revenue": "-5", "status_reason.lost": "out_sold"}),
    "no-outcome": (facts(), {"date": "2026-03-30"}),
    "undetermined": (UNKNOWN, {"outcome": "lost"}),
    "closed": (facts("closed", state="won", actual_revenue=Decimal(1000), actual_close_date=TODAY), None),
}


def page(case: Case, locale: str, *, frame: Frame | None = None) -> str:
    record, texts = case
    localizer = SPEAKERS[locale]
    typed = read_typed(RULES.model, localizer, texts) if texts is not None else None
    request = typed.request if typed else None
    form = close_form(RULES, localizer, today=TODAY, facts=record, request=request)
    if record["opportunity"]["state"] != "open":
        return closed_html(form, localizer, rows=tuple(rows_of(record, RULES.model, localizer)), frame=frame)
    post = Post(POST.action, POST.hidden, POST.remedies, answered=texts is not None)
    return dialog_html(form, localizer, post=post, typed=typed, frame=frame)


@cache
def known(state: str, locale: str) -> str:
    return page(STATES[state], locale)


@pytest.mark.parametrize("locale", ["en", "sv"])
@pytest.mark.parametrize("state", STATES)
def test_each_state_is_as_approved(state, locale, golden):
    """The page of each state, word for word."""
    golden(f"dialog-html/{state}.{locale}.html", known(state, locale))


class Elements(HTMLParser):
    """Tags with their attributes, and the text of the page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


EVERY = [(state, locale) for state in STATES for locale in OFFERED]


@pytest.mark.parametrize(("state", "locale"), EVERY)
def test_page_can_be_read_without_seeing_it(state, locale):
    """Ids are unique, what is referred to exists, whatever is filled in has a label, one heading stands first."""
    found = Elements(known(state, locale))

    ids = [attributes["id"] for _, attributes in found.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {each["for"] for each in found.all("label")}
    seen = [each for each in found.all("input") if each.get("type") != "hidden"] + found.all("textarea")
    assert {each["id"] for each in seen} == labelled
    named = "aria-labelledby", "aria-describedby"
    references = [each for _, tag in found.found for name in named for each in tag.get(name, "").split()]
    links = [each["href"][1:] for each in found.all("a") if each.get("href", "").startswith("#")]
    assert {*references, *links} <= set(ids)
    assert len(found.all("h1")) == 1
    assert found.all("html") == [{"lang": locale, "dir": "rtl" if locale == "ar-XB" else "ltr"}]


@pytest.mark.parametrize(("state", "locale"), EVERY)
def test_nothing_runs_and_nothing_is_styled_inline(state, locale):
    """The strict policy breaks nothing: no scripts, no styles, no handlers in the page."""
    found = Elements(known(state, locale))

    assert not found.all("script")
    assert not found.all("style")
    assert not [name for _, tag in found.found for name in tag if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("locale", PRODUCT)
def test_summary_says_the_same_words_as_the_field(locale):
    """Each error stands in the summary as a link to its field, and with the field, word for word."""
    content = known("fields", locale)

    links = re.findall(r'<li><a href="#([\w-]+)">(.*?)</a></li>', content)
    assert [target for target, _ in links] == ["revenue", "date"]
    for target, words in links:
        assert f'<div class="error" id="{target}-error">\n<p>{words}</p>' in content


def test_error_of_the_reason_leads_to_what_is_on_show():
    """The link goes to the reasons of the chosen outcome, not to those of the other one, which are hidden."""
    # Nobody is offered this one, but what was chosen before may have gone.
    typed = Typed({}, {"outcome": "lost", "status_reason": "won"}, {})
    form = close_form(RULES, SPEAKERS["en"], today=TODAY, facts=facts(), request=typed.request)

    assert '<a href="#status_reason-lost-canceled">' in dialog_html(form, SPEAKERS["en"], post=POST, typed=typed)


def test_what_is_wrong_takes_the_focus_once_a_form_was_sent():
    """The panel is focused and announced in an answer, and quiet on a page that was only opened."""
    assert "autofocus" in known("fields", "en")
    assert "autofocus" not in known("blocked", "en")
    assert "autofocus" not in page(STATES["closable"], "en")


def test_enter_never_presses_a_remedy():
    """The first button of the form, which the Enter key presses, is OK."""
    buttons = Elements(known("blocked", "en")).all("button")

    assert buttons[0] == {"type": "submit", "name": "press", "value": "ok", "hidden": ""}
    assert [each["value"] for each in buttons[1:]] == ["close-quotes", "ok"]


def test_remedy_that_is_no_button_is_told():
    """Where nobody can press it, the way out is told in a sentence."""
    form = close_form(RULES, SPEAKERS["en"], today=TODAY, facts=facts("active"))

    content = dialog_html(form, SPEAKERS["en"], post=Post("/", {}))

    assert "What would help: Close all active and draft quotes" in content
    assert 'name="remedy"' not in content


def test_what_cannot_be_read_is_never_called_closable():
    """A date that is none makes the answer no, although the rules would be content without it."""
    content = page((facts("won"), {"outcome": "won", "date": "tomorrow"}), "en")

    assert "This opportunity can&#39;t be closed as won." in content
    assert 'class="panel blocked"' in content
    assert 'value="tomorrow"' in content


@pytest.mark.parametrize("locale", PRODUCT)
def test_amount_in_the_field_can_be_sent_back(locale):
    """What is filled in is written as the locale does, with the decimals of its currency, and is read as the same."""
    content = page((facts(), {"outcome": "won"}), locale)

    shown = re.search(r'name="revenue" value="([^"]*)"', content)
    assert shown is not None
    assert shown[1].endswith("50")
    assert amount(shown[1], SPEAKERS[locale].formats()) == Decimal("240000.5")


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        ("en", "1,234.5", "1234.5"),
        ("en", "1234.5", "1234.5"),
        ("en", " -1,234,567 ", "-1234567"),
        ("sv", "1 234,5", "1234.5"),
        ("sv", "1\u00a0234,5", "1234.5"),
        ("sv", "\u22121\u202f234", "-1234"),
        ("ja", "２４０，０００", "240000"),
        ("ko", "0.0001", "0.0001"),
    ],
)
def test_amounts_are_read_as_they_are_written(locale, text, value):
    """With or without grouping, whatever the space, whatever the width of the digits."""
    assert amount(text, SPEAKERS[locale].formats()) == Decimal(value)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "1.234,5"),
        ("en", "1,23"),
        ("en", "12,34,567"),
        ("sv", "1.234"),
        ("sv", "1234.5"),
        ("en", "1e5"),
        ("en", "NaN"),
        ("en", "$5"),
        ("en", "1.23456"),
        ("en", "1" * 16),
        ("en", "٣"),
        ("en", ""),
    ],
)
def test_amounts_of_elsewhere_are_refused(locale, text):
    """What another language writes so could mean another amount: nobody guesses."""
    with pytest.raises(ValueFault):
        amount(text, SPEAKERS[locale].formats())


@given(st.decimals(-(10**15) + 1, 10**15 - 1, places=4), st.sampled_from(PRODUCT))
def test_every_amount_comes_back(value, locale):
    """Writing and reading are inverse in every language."""
    formats = SPEAKERS[locale].formats()

    assert amount(formats.decimal(value), formats) == value


TRICKY = st.text(st.sampled_from("<>&\"'\x00\x1b\r\n\t\u202e\u2066\u2069\ud7ff\ufffeא가a }{%"), max_size=12)


@settings(max_examples=25)
@given(name=TRICKY, number=TRICKY, typed=TRICKY, locale=st.sampled_from(["en", "ko", "ar-XB"]))
def test_text_from_elsewhere_stays_text(name, number, typed, locale):
    """Names, numbers and what is typed make no elements and no attributes, and turn nothing around outside a field."""
    record = facts("active", name=name or "x")
    record["opportunity"]["quotes"][0]["number"] = number or "x"
    texts = dict.fromkeys(("date", "revenue", "competitor", "description"), typed)

    found = Elements(page((record, {"outcome": "lost", **texts}), locale))
    plain = Elements(page((facts("active"), {"outcome": "lost", "date": "x", "revenue": "x"}), locale))

    assert {tag for tag, _ in found.found} <= {tag for tag, _ in plain.found}
    allowed = {name for _, attributes in plain.found for name in attributes}
    assert {name for _, attributes in found.found for name in attributes} <= allowed
    outside = Elements(
        re.sub(r"<textarea.*?</textarea>", "", page((record, {"outcome": "lost"}), locale), flags=re.DOTALL)
    )
    # The mirrored pseudo-locale turns our own texts around on purpose.
    assert not re.search("[\x00\x1b\r]" if locale == "ar-XB" else "[\x00\x1b\r\u202e]", outside.text)


@settings(max_examples=25)
@given(TRICKY)
def test_what_was_typed_stays_in_its_field(typed):
    """A text comes back as it was typed; only line ends are made one, and what no keyboard types is left out."""
    found = read_typed(RULES.model, SPEAKERS["en"], {"outcome": "lost", "description": typed})

    content = page((facts(), {"outcome": "lost", "description": typed}), "en")
    box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", content, re.DOTALL)
    assert box is not None
    assert Elements(f"<p>{box[1]}</p>").text == found.texts["description"]


@pytest.mark.parametrize(
    "texts", [{"outcome": "maybe"}, {"outcome": ""}, {"status_reason.won": "won"}, {"outcome.won": "x"}]
)
def test_options_that_were_not_offered_choose_nothing(texts):
    """A forged option is no choice."""
    assert read_typed(RULES.model, SPEAKERS["en"], texts).request == {}


def test_text_in_another_language_says_so():
    """What has no translation carries its own language; languages are named in themselves."""
    frame = Frame(
        home=Link("/", Text("Opportunities", "en")),
        languages=(Link("?lang=ja", Text("日本語", "ja"), "ja"),),
        languages_label=Text("Språk", "sv"),
        done=Text("Done", "en"),
        alarm=Text("Fel", "sv"),
    )

    content = page(STATES["blocked"], "sv", frame=frame)

    assert '<a href="/"><span lang="en" dir="ltr">Opportunities</span></a>' in content
    assert '<a href="?lang=ja" lang="ja" hreflang="ja" dir="ltr">日本語</a>' in content
    assert '<p class="banner done" role="status"><span lang="en" dir="ltr">Done</span></p>' in content
    assert '<p class="banner alarm" role="alert">Fel</p>' in content
    assert Elements(content).all("a")[-1] == {"class": "button", "href": "/"}


@pytest.mark.parametrize("locale", OFFERED)
def test_style_names_fonts_for_each_language(locale):
    """Han characters have the shapes of their language."""
    assert f":lang({locale.partition('-')[0]})" in asset("dialog.css").decode()
