"""The shipped catalogs are complete, sound, and keep to the glossary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from oppi18n import packs
from oppi18n.i18n import glossary, locales, po_reader
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.extract import messages_of
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.templates import faults, placeholders
from oppi18n.upkeep import update as upkeep

pytestmark = pytest.mark.usefixtures("checkout")


@pytest.fixture(scope="module")
def messages() -> list[Entry]:
    return messages_of(packs.shipped())


@pytest.fixture(scope="module", params=locales.PRODUCT[1:])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return po_reader.read(upkeep.path_of(packs.shipped(), request.param), request.param)


def texts(catalog: Catalog) -> Iterator[tuple[Entry, int, str]]:
    """Each translated form of each live entry."""
    for entry in catalog.entries:
        if not entry.obsolete:
            yield from ((entry, index, text) for index, text in enumerate(entry.translations) if text)


def test_there_is_a_catalog_for_each_locale():
    """Every locale of the product but the source has a catalog, and nothing else has."""
    assert upkeep.locales_of(packs.shipped()) == list(locales.PRODUCT[1:])


def test_catalog_reads_without_a_fault(catalog):
    """Header, plural forms and every entry are as the strict reader wants them."""
    assert [str(each) for each in catalog.diagnostics] == []


def test_catalog_is_up_to_date(catalog, messages):
    """`oppi18n catalog update` has nothing to do."""
    assert upkeep.is_current(packs.shipped(), upkeep.update(packs.shipped(), catalog.locale, messages))


def test_every_message_is_translated(catalog, messages):
    """Nobody is answered in English by oversight."""
    done = {entry.key: entry for entry in catalog.entries if not entry.obsolete and entry.is_translated}

    assert [message.key for message in messages if message.key not in done] == []


def test_every_form_is_there(catalog):
    """A plural message has as many forms as CLDR says."""
    forms = plural_forms(catalog.locale)
    assert forms is not None

    wrong = [
        entry.key
        for entry in catalog.entries
        if not entry.obsolete and len(entry.translations) != (1 if entry.msgid_plural is None else forms[0])
    ]
    assert wrong == []


def test_placeholders_are_those_of_the_source(catalog):
    """None is invented or mistyped; only the count may be left out, in a form that is for one number."""
    wrong = []
    for entry, index, text in texts(catalog):
        known = {*placeholders(entry.msgid), *placeholders(entry.msgid_plural or "")}
        missing = known - set(placeholders(text))
        spared = {"count"} if index < len(entry.translations) - 1 else set()
        if list(faults(text)) or set(placeholders(text)) - known or missing - spared:
            wrong.append((entry.key, text))

    assert wrong == []


def test_terms_keep_to_the_glossary(catalog):
    """Where the source has a term, its forbidden variants do not occur."""
    terms = glossary.of_packs([packs.shipped()])
    wrong = []
    for entry, _, text in texts(catalog):
        for term in terms.terms_in(f"{entry.msgid}\n{entry.msgid_plural or ''}" if entry.msgid_plural else entry.msgid):
            word = term.words.get(catalog.locale)
            wrong += [(entry.key, text, each) for each in (word.forbidden_in(text) if word else ())]

    assert wrong == []


def test_labels_are_the_words_of_the_glossary(catalog):
    """A label that is a term has the term's word, or another right spelling of it."""
    terms = {term.name: term for term in glossary.of_packs([packs.shipped()]).terms if term.part == "label"}
    wrong = []
    for entry, _, text in texts(catalog):
        word = terms[entry.msgid].words[catalog.locale] if entry.msgid in terms else None
        if word is not None and text not in word.right:
            wrong.append((entry.key, text, word.text))

    assert wrong == []


def test_uncertain_terms_are_marked_for_review(catalog):
    """A label whose term has no published translation asks for a second reader."""
    terms = {term.name.lower(): term for term in glossary.of_packs([packs.shipped()]).terms}
    wrong = []
    for entry, _, _ in texts(catalog):
        term = terms.get(entry.msgid.lower())
        if term and term.words[catalog.locale].status == glossary.NEEDS_REVIEW and not entry.needs_review:
            wrong.append(entry.key)

    assert wrong == []


def test_names_are_not_translated(catalog):
    """Names of products stay as they are."""
    known = glossary.of_packs([packs.shipped()])

    wrong = [
        (entry.key, text, name)
        for entry, _, text in texts(catalog)
        for name in known.names_in(entry.msgid)
        if name not in text
    ]
    assert wrong == []


def test_texts_are_composed(catalog):
    """Texts are in NFC and have no space at either end."""
    wrong = [entry.key for entry, _, text in texts(catalog) if unicodedata.normalize("NFC", text) != text.strip()]

    assert wrong == []
