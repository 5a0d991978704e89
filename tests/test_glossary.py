"""The glossary knows its terms in inflected English, in five languages, and what they must not be called."""

from __future__ import annotations

from pathlib import Path

import pytest

from oppi18n import packs
from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.i18n import glossary, locales
from oppi18n.i18n.glossary import Glossary, Word
from oppi18n.source import Source

TARGETS = locales.PRODUCT[1:]


@pytest.fixture(scope="module")
def terms() -> Glossary:
    return glossary.of_packs([packs.shipped()])


def faults(text: str) -> list[str]:
    found = Diagnostics()
    glossary.read(Source("glossary.yaml", text), found)
    return [f"{each.span.line}:{each.span.column} {each.code}" for each in found]


@pytest.mark.parametrize("locale", TARGETS)
def test_every_term_has_a_word_in_every_locale(terms, locale):
    """No translator is left without an answer."""
    assert [term.name for term in terms.terms if locale not in term.words] == []


@pytest.mark.parametrize(
    ("term", "locale", "word", "status"),
    [
        ("opportunity", "sv", "affärsmöjlighet", "published"),
        ("quote", "ja", "見積もり", "published"),
        ("Lost", "ms", "Kalah", "inferred"),
        ("Out-Sold", "zh-HK", "敗給競爭者", "needs-review"),
        ("close date", "ko", "종료 날짜", "published"),
        ("close date", "sv", "stängningsdatum", "needs-review"),
    ],
)
def test_word_and_its_certainty(terms, term, locale, word, status):
    """A word says whether it was published, inferred or still wants a reader."""
    found = terms[term].words[locale]

    assert (found.text, found.status) == (word, status)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Quotes of two opportunities", ["quote", "opportunity"]),
        ("The quote is closed.", ["quote", "close"]),
        ("Closing it closes all.", ["close"]),
        ("An active quote, then draft quotes", ["active quote", "draft quote"]),
        ("The status reason is not a status.", ["status reason", "status"]),
        ("Won", ["Won"]),
        ("It is closed as won.", ["closed as won"]),
        ("Close opportunity", ["Close opportunity"]),
        ("The close date {quotes} is late.", ["close date"]),
        ("the text has no closing quotation mark", []),
        ("Quotation, enclosed, disclose, quoted", []),
        ("", []),
    ],
)
def test_terms_are_found_in_english(terms, text, names):
    """Inflected words count, placeholders and other meanings do not, the longest term wins."""
    assert [term.name for term in terms.terms_in(text)] == names


@pytest.mark.parametrize(
    ("term", "locale", "translation", "wrong"),
    [
        ("opportunity", "sv", "Affärsmöjligheten är öppen.", []),
        ("opportunity", "sv", "Stäng möjligheten.", ["möjligheten"]),
        ("quote", "ja", "見積もりをクローズする", []),
        ("quote", "ja", "見積りを閉じる", ["見積り", "見積"]),
        ("close", "ja", "見積もりを閉じる", ["閉じる"]),
        ("close", "ko", "영업 기회를 종료합니다.", []),
        ("close", "ko", "마감 날짜", ["마감"]),
        ("Lost", "ms", "Hilang", ["Hilang"]),
        ("Lost", "zh-HK", "未成交", []),
        ("On hold", "sv", "Spärrad", ["Spärrad"]),
    ],
)
def test_forbidden_variant_is_seen(terms, term, locale, translation, wrong):
    """A forbidden variant counts, unless it is a part of a right word."""
    assert terms[term].words[locale].forbidden_in(translation) == wrong


def test_hints_speak_the_translators_language(terms):
    """A hint has the word, what to beware of, and whether it is certain."""
    hints = list(terms.hints("The close date of the opportunity in Dataverse", "sv"))

    assert hints == [
        "glossary: close date = stängningsdatum (needs-review)",
        (
            "glossary: opportunity = affärsmöjlighet (never bare möjlighet; "
            "not möjlighet, möjligheten, möjligheter, möjligheterna, möjlighetens)"
        ),
        "not translated: Dataverse",
    ]
    assert list(terms.hints("Quotes are closed.", "")) == ["glossary: quote, close"]
    assert list(terms.hints("Nothing of that.", "ko")) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("glossary: g\nterms: [{sv: offert}]", "2:9 absent-key"),
        ("glossary: g\nterms:\n  - {term: a, sv: x}\n  - {term: a, sv: y}", "4:12 duplicate-term"),
        ("glossary: g\nterms:\n  - {term: a, part: noum}", "3:21 not-a-choice"),
        ("glossary: g\nterms:\n  - {term: a, notes: x}", "3:15 unknown-key"),
        ("glossary: g\nterms:\n  - {term: a, sv: {text: x, status: sure}}", "3:37 not-a-choice"),
        ("glossary: g\nterms:\n  - {term: a, sv: {text: x, forbidden: [x]}}", "3:41 forbidden-term"),
        ("glossary: g\nterms:\n  - {term: a, sv: {also: [x]}}", "3:19 absent-key"),
        ("glossary: g\nterms:\n  - {term: a, sv: [x]}", "3:19 not-a-mapping"),
        ("glossary: g\nterms: quote", "2:8 not-a-list"),
        ("terms: []", "1:1 absent-key"),
        ("[]", "1:1 not-a-mapping"),
        ("", "1:1 empty-file"),
        ("a: [", "2:1 yaml-syntax"),
    ],
)
def test_wrong_glossary_is_told_with_its_place(text, told):
    """Whatever is wrong is reported at its line and column, and nothing is raised."""
    assert told in faults(text)


def test_pack_adds_and_overrides_terms(tmp_path: Path):
    """The pack named last decides what a term is called."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "locales").mkdir()
    text = "glossary: mine\nnames: [Contoso]\nterms:\n  - {term: quote, sv: anbud}\n  - {term: deal, sv: affär}\n"
    (tmp_path / "locales" / "glossary.yaml").write_text(text, encoding="utf-8")

    found = glossary.of_packs([packs.named(tmp_path)])

    assert found["quote"].words == {"sv": Word("sv", "anbud")}
    assert [term.name for term in found.terms_in("Deals at Contoso")] == ["deal"]
    assert {"Contoso", "Dataverse"} <= set(found.names)


def test_invalid_pack_glossary_is_an_authoring_error(tmp_path: Path):
    """A glossary that is wrong stops whoever needs it, with the place."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "glossary.yaml").write_text("glossary: mine\nterm: []\n", encoding="utf-8")

    with pytest.raises(AuthoringError, match=r"glossary\.yaml:2:1: error\[unknown-key\]"):
        glossary.of_packs([packs.named(tmp_path)])
