"""Violations, labels and errors become text: translated, or in the source language and marked as such."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest

from oppi18n import CloseRequest, DataError, InputError, Localizer, load_rules
from oppi18n.diagnostics import Diagnostic, Span
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.phrases import OFTEN
from oppi18n.i18n.speech import Text
from oppi18n.model.values import PartialList
from oppi18n.texts.diagnostics import TEXTS

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")


def quote(number: str, state: str = "active", **more: object) -> dict[str, object]:
    return {"id": number.lower(), "number": number, "revision": 0, "state": state, **more}


def facts(*quotes: dict[str, object], **more: object) -> dict[str, object]:
    return {"opportunity": {"id": "o1", "state": "open", "currency": "SEK", "quotes": list(quotes), **more}}


def sentence(locale: str, rule: str, found: dict[str, object], request: CloseRequest | None = None) -> Text:
    decision = RULES.evaluate(found, today=TODAY, request=request)
    text: Text = Localizer(locale).violation(next(each for each in decision.violations if each.rule == rule))
    return text


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["Q1"], "You can't close this opportunity while 1 active quote is associated with it: Q1 rev. 0."),
        (
            ["Q2", "Q1"],
            "You can't close this opportunity while 2 active quotes are associated with it: Q1 rev. 0 and Q2 rev. 0.",
        ),
    ],
)
def test_the_form_follows_the_count(numbers, expected):
    """One and many are two sentences; quotes are listed in the order of their numbers."""
    assert sentence("en", "no-active-quotes", facts(*map(quote, numbers))) == Text(expected, "en")


def test_a_truncated_list_is_said_to_be_one():
    """What was seen is counted, and the sentence says at least."""
    found = facts()
    found["opportunity"]["quotes"] = PartialList([quote("Q1")])  # type: ignore[index]

    assert "at least 1 active quote is" in sentence("en", "no-active-quotes", found).text


@pytest.mark.parametrize("locale", PRODUCT)
def test_every_locale_answers_in_its_own_words(locale):
    """No catalog leaves the main sentence in English."""
    found = sentence(locale, "no-active-quotes", facts(quote("Q1"), quote("Q2")))

    assert found.locale == locale
    assert "Q1" in found.text
    assert "Q2" in found.text
    assert "2" in found.text


def test_the_example_sentences_read_as_they_were_agreed():
    """The two sentences of the style sheet, in all locales."""
    active = facts(quote("Q1"), quote("Q2"))
    late = CloseRequest("won", date=date(2026, 4, 1), revenue=Decimal(1))
    found = {locale: sentence(locale, "close-date-not-in-future", facts(), late).text for locale in PRODUCT}

    assert found["ko"] == "종료 날짜 2026년 4월 1일이 오늘(2026년 3월 31일)보다 늦습니다."
    assert found["ja"] == "クローズ日 (2026年4月1日) が今日 (2026年3月31日) より後の日付になっています。"
    assert found["zh-HK"] == "關閉日期 (2026年4月1日) 晚於今天 (2026年3月31日)。"
    assert found["ms"] == "Tarikh penutupan, 1 April 2026, adalah selepas tarikh hari ini, 31 Mac 2026."
    assert found["sv"] == "Stängningsdatumet 1 april 2026 infaller efter dagens datum, 31 mars 2026."
    assert sentence("sv", "no-active-quotes", active).text.startswith(
        "Du kan inte stänga affärsmöjligheten så länge 2 aktiva offerter är kopplade till den:"
    )


def test_a_missing_value_is_said_to_be_missing():
    """A currency that is not known is not given; the sentence stands."""
    found = facts(currency=None)
    request = CloseRequest("won", revenue=Decimal("-1.5"), date=TODAY)
    decision = RULES.evaluate(found, today=TODAY, request=request)
    text = Localizer("en").message(next(each for each in decision.violations if each.rule == "revenue-not-negative"))

    assert text == "The actual revenue can't be negative. You entered -1.5."


def test_the_first_uses_and_the_compiled_ones_read_the_same():
    """A template is compiled after some uses; nobody can tell."""
    localizer = Localizer("ko")
    violation = RULES.evaluate(facts(quote("Q1"), quote("Q7")), today=TODAY).violations[0]

    assert len({localizer.message(violation) for _ in range(OFTEN * 2)}) == 1


def test_values_cannot_forge_text():
    """Control characters and directions inside a name stay inside it."""
    text = sentence("en", "no-active-quotes", facts(quote("Q\n\x1b[31m"), quote("שלום"))).text

    assert "\n" not in text
    assert "\x1b" not in text
    assert "\u2068שלום\u2069 rev. 0" in text


def test_braces_in_values_are_only_braces():
    """A value that looks like a placeholder is a value."""
    assert "{count} rev. 0" in sentence("en", "no-active-quotes", facts(quote("{count}"))).text


def test_errors_are_worded_too():
    """Problems of data files have sentences in the catalogs."""
    with pytest.raises(DataError) as caught:
        RULES.evaluate({"opportunity": {"id": "o1", "stat": "open"}}, today=TODAY)

    assert Localizer("en").error(caught.value.problems[0]).text == "'stat' is not known here; did you mean 'state'?"


def test_an_unknown_locale_is_refused_with_the_nearest():
    """Nobody gets a language silently that was not asked for."""
    with pytest.raises(InputError, match="nearest of en, ko, zh-HK, ja, ms, and sv is ko"):
        Localizer("korean")


def test_threads_do_not_mix_languages():
    """Sixteen threads speak six languages from one decision."""
    violation = RULES.evaluate(facts(quote("Q1")), today=TODAY).violations[0]
    expected = {locale: Localizer(locale).message(violation) for locale in PRODUCT}
    localizers = {locale: Localizer(locale) for locale in PRODUCT}
    wrong: list[str] = []

    def speak(number: int) -> None:
        locale = PRODUCT[number % len(PRODUCT)]
        for _ in range(200):
            if localizers[locale].message(violation) != expected[locale]:
                wrong.append(locale)

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_bad_news_inside_bad_news_is_said_in_the_same_language():
    """A diagnostic that quotes another one does not fall back into English for it."""
    place = Span("r.yaml", 1, 1, 1, 2)
    inner = Diagnostic("unknown-field", place, {"record": "quote", "name": "staet"})
    said = Localizer("sv").coded("diagnostic", "bad-default", TEXTS["bad-default"], {"name": "x", "problem": inner})

    assert Localizer("sv").coded("diagnostic", inner.code, inner.template, inner.params).text in said.text
    assert inner.message not in said.text
    assert inner.message in Diagnostic("bad-default", place, {"name": "x", "problem": inner}).message
