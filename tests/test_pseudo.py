"""Pseudo-locales show what a translation will do to the program: longer texts, and text from right to left."""

from __future__ import annotations

import json
import re
import string
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import Localizer, load_rules, packs
from oppi18n.cli import run
from oppi18n.i18n.extract import messages_of
from oppi18n.i18n.locales import PSEUDO
from oppi18n.i18n.pseudo import disguised
from oppi18n.i18n.visible import Ours, visible
from oppi18n.templates import faults, placeholders
from oppi18n.widths import display_width

ROOT = Path(__file__).resolve().parents[1]
BLOCKED = str(ROOT / "examples" / "blocked.json")
MARKS = "\u200f\u202e\u202c"
TODAY = ("--today", "2026-11-20")

NAMES = st.sampled_from(["{count}", "{name}", "{{", "}}"])
TEMPLATES = st.lists(st.one_of(NAMES, st.text(string.ascii_letters + " .,'견é", max_size=12))).map("".join)


def plain(text: str, locale: str) -> str:
    """The text without its disguise."""
    if locale == "ar-XB":
        return text.translate(dict.fromkeys(map(ord, MARKS)))
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


@given(TEMPLATES)
def test_placeholders_stay_in_their_order(template):
    """Whatever surrounds them, the same placeholders and braces are there, and nothing is wrong with any."""
    for locale in PSEUDO:
        found = disguised(template, locale)

        names = re.compile(r"\{\{|\}\}|\{\w+\}")
        assert names.findall(found) == names.findall(template)
        assert placeholders(found) == placeholders(template)
        assert not list(faults(found))


@pytest.mark.parametrize("locale", PSEUDO)
def test_faulty_template_stays_as_it_is(locale):
    """Nobody can say what is a placeholder in it; an empty text is empty."""
    assert disguised("{0} and {", locale) == "{0} and {"
    assert disguised("", locale) == ""


def test_en_xa_is_bracketed_accented_and_a_third_longer():
    """Every text of the shipped pack of some length grows by 30 to 40 percent; short ones grow more."""
    sources = [text for each in messages_of(packs.shipped()) for text in (each.msgid, each.msgid_plural) if text]
    grown = []
    for source in sources:
        found = disguised(source, "en-XA")
        bare = re.sub(r"\{\w+\}", "", source)
        assert (found[0], found[-1]) == ("[", "]")
        assert not set(re.sub(r"\{\w+\}", "", found)) & set(string.ascii_letters)
        assert display_width(found) > display_width(source)
        if len(bare) > 30 and "{" not in source:
            grown.append(len(found) / len(source))

    assert len(grown) > 100
    assert all(1.29 < each <= 1.41 for each in grown)


def test_ar_xb_turns_each_word_around():
    """Words run from right to left, and the text between the marks is English."""
    found = disguised("You can't close {count} quotes.", "ar-XB")

    assert plain(found, "ar-XB") == "You can't close {count} quotes."
    assert found.count("\u202e") == found.count("\u202c") == 4
    assert found.startswith("\u200f\u202eYou\u202c\u200f ")


@pytest.mark.parametrize("locale", PSEUDO)
def test_localizer_speaks_a_pseudo_locale(locale):
    """Values come in English formats, isolated from right-to-left text; plurals are those of English."""
    facts = {"opportunity": {"id": "o1", "state": "open", "quotes": [{"id": "q", "number": "Q-1", "state": "active"}]}}
    violation = load_rules().evaluate(facts, today=date(2026, 3, 31)).violations[0]
    localizer = Localizer(locale)

    text = localizer.violation(violation)

    assert text.locale == locale
    assert ("\u2068Q-1\u2069" in text.text) is (locale == "ar-XB")
    assert "1" in text.text
    assert localizer.formats().date(date(2026, 3, 31)) == "March 31, 2026"
    one, many = (
        localizer.text(
            "{count} file",
            plural="{count} files",
            context="x",
            count=count,
            kinds={"count": "integer"},
            values={"count": count},
        )
        for count in (1, 2)
    )
    assert plain(one.text, locale) != plain(many.text, locale)
    assert localizer.not_given() != "(not given)"


@pytest.mark.parametrize("locale", PSEUDO)
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", BLOCKED, "--as", "won", *TODAY),
        ("check", BLOCKED, *TODAY),
        ("dialog", "--facts", BLOCKED, *TODAY),
        ("check", "--help"),
        ("check", "no-such-file.json"),
        ("rules", "lint"),
    ],
)
def test_command_line_speaks_a_pseudo_locale(locale, arguments, capsys, monkeypatch):
    """By option and by environment alike, and no text of ours is made visible like data."""
    outputs = []
    for environ, options in (
        ({}, ("--locale", locale)),
        ({"OPPI18N_LOCALE": locale}, ()),
        ({"LANG": f"{locale.replace('-', '_')}.UTF-8"}, ()),
    ):
        for name in ("OPPI18N_LOCALE", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        run((*arguments, *options))
        outputs.append("".join(capsys.readouterr()))

    assert outputs[0] == outputs[1] == outputs[2]
    assert "\\u20" not in outputs[0]
    assert ("\u202e" if locale == "ar-XB" else "[") in outputs[0]


@pytest.mark.parametrize("locale", PSEUDO)
@pytest.mark.parametrize("arguments", [("check", BLOCKED, "--as", "won"), ("dialog", "--facts", BLOCKED)])
def test_machine_output_is_the_same_but_for_its_texts(locale, arguments, capsys):
    """The locale is named, and nothing that a program reads has changed."""

    def answer(tag: str) -> Any:
        run((*arguments, *TODAY, "--format", "json", "--locale", tag))
        return json.loads(capsys.readouterr().out)

    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            people = {"message", "text", "locale", "dir"}
            return {name: stripped(each) for name, each in value.items() if name not in people}
        return [stripped(each) for each in value] if isinstance(value, list) else value

    found = answer(locale)

    assert found["locale"] == locale
    assert stripped(found) == stripped(answer("en"))


def test_no_text_is_left_in_english(capsys):
    """What the dialog shows in en-XA has not a plain English word outside of data and formats."""
    run(("dialog", "--locale", "en-XA", *TODAY))

    words = set(re.findall(r"\b[A-Za-z]{3,}\b", capsys.readouterr().out))

    assert words <= {"November"}


def test_finished_text_of_ours_is_not_made_visible():
    """Marks in data are shown, marks in a pseudo-locale's text stay when it stands inside another."""
    assert visible("\u202ea") == "\\u202ea"
    assert visible(Ours("\u202ea")) == "\u202ea"
    inner = Localizer("ar-XB").text("Status", context="x").text
    outer = Localizer("ar-XB").text("{a}: {b}", context="x", values={"a": inner, "b": "\u202ex"}).text
    assert inner in outer
    assert "\\u202ex" in outer
