"""TBX (ISO 30042:2019, dialect TBX-Basic, style DCA), the format of term bases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.markup import Element, attributes, escaped, inline, parse
from oppi18n.i18n import locales
from oppi18n.i18n.glossary import PARTS, STATUSES, Glossary, Term, Word

NAMESPACE: Final = "urn:iso:std:iso:30042:ed-2"
ENDINGS: Final = (".tbx",)

PREFERRED: Final = "preferredTerm-admn-sts"
ADMITTED: Final = "admittedTerm-admn-sts"
_DEPRECATED: Final = ("deprecatedTerm-admn-sts", "supersededTerm-admn-sts")
_STATUS: Final = "administrativeStatus"
_KIND_OF_WORD: Final = "partOfSpeech"
_SPEECH: Final = {"noun": "noun", "verb": "verb"}
_OTHER: Final = "other"
_NAME: Final = "properNoun"

NOTE: Final = "note"
PART: Final = "part"
FORM: Final = "form"
BESIDES: Final = "besides"
CERTAINTY: Final = "status"
TRANSLATE: Final = "translate"
_CATEGORIES: Final = (NOTE, PART, FORM, BESIDES, CERTAINTY, TRANSLATE)
"""What a term base has no place of its own for stands in notes that begin with one of these words."""
_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Notes = list[tuple[str, str]]


def write_terms(terms: Iterable[Term], names: Iterable[str] = ()) -> bytes:
    """Terms, and names that no language translates, as TBX. Characters that XML cannot hold become U+FFFD.

    >>> term = Term("quote", words={"sv": Word("sv", "offert", forbidden=("anbud",))})
    >>> read_terms(write_terms([term]), "x.tbx") == (term,)
    True
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<tbx{attributes(type='TBX-Basic', style='dca', xml_lang=locales.SOURCE, xmlns=NAMESPACE)}>",
        "  <tbxHeader><fileDesc><sourceDesc><p>oppi18n</p></sourceDesc></fileDesc></tbxHeader>",
        "  <text><body>",
    ]
    number = 0
    for number, term in enumerate(terms, 1):
        lines += _entry(f"c{number}", _concept(term), list(_sections(term)))
    for name in names:
        number += 1
        section = (locales.SOURCE, [_section(name, PREFERRED, speech=_NAME)])
        lines += _entry(f"c{number}", [_note(TRANSLATE, "no")], [section])
    return "\n".join((*lines, "  </body></text>", "</tbx>", "")).encode()


def _entry(name: str, about: list[str], sections: list[tuple[str, list[list[str]]]]) -> Iterator[str]:
    yield f"    <conceptEntry{attributes(id=name)}>"
    yield from (f"      {line}" for line in about)
    for locale, words in sections:
        yield f"      <langSec{attributes(xml_lang=locale)}>"
        for word in words:
            yield "        <termSec>"
            yield from (f"          {line}" for line in word)
            yield "        </termSec>"
        yield "      </langSec>"
    yield "    </conceptEntry>"


def _concept(term: Term) -> list[str]:
    source = [f'<admin type="source">{_text(term.source)}</admin>'] if term.source else []
    notes = [_note(PART, term.part)] if term.part not in _SPEECH else []
    notes += [_note(FORM, form) for form in term.forms] + [_note(BESIDES, word) for word in term.besides]
    return source + notes + ([_note(NOTE, term.note)] if term.note else [])


def _sections(term: Term) -> Iterator[tuple[str, list[list[str]]]]:
    speech = _SPEECH.get(term.part, _OTHER)
    other = [_section(form, ADMITTED, speech=speech) for form in term.forms if form != term.name]
    yield locales.SOURCE, [_section(term.name, PREFERRED, speech=speech), *other]
    for locale, word in term.words.items():
        notes = [_note(CERTAINTY, word.status)] + ([_note(NOTE, word.note)] if word.note else [])
        found = [[*_section(word.text, PREFERRED, speech=speech), *notes]]
        found += [_section(each, ADMITTED, speech=speech) for each in word.also]
        found += [_section(each, _DEPRECATED[0], speech=speech) for each in word.forbidden]
        yield locale, found


def _section(text: str, status: str, *, speech: str) -> list[str]:
    return [
        f"<term>{_text(text)}</term>",
        f'<termNote type="{_KIND_OF_WORD}">{speech}</termNote>',
        f'<termNote type="{_STATUS}">{status}</termNote>',
    ]


def _note(category: str, text: str) -> str:
    return f"<note>{category}: {_text(text)}</note>"


def _text(text: str) -> str:
    return escaped(_UNSPEAKABLE.sub("\ufffd", text))


def read_terms(content: bytes, path: str) -> tuple[Term, ...]:
    """The terms in a TBX file, in its order; see `read_glossary`."""
    return read_glossary(content, path).terms


def read_glossary(content: bytes, path: str) -> Glossary:
    """The terms and the untranslated names in a TBX file, also of other tools: DCA, DCT, and version 2 (`martif`).

    An entry needs an English term; one without is passed over. What a term is called in a language is the preferred
    term there, else the first that is not deprecated.
    Raises InputError: those of `markup.parse`, `exchange-incomplete`.
    """
    root = parse(content, path)
    text = root.first("text")
    body = text.first("body") if text is not None else None
    if root.name not in ("tbx", "martif") or body is None:
        raise InputError("exchange-incomplete", path=path, line=root.line, name="body")
    terms: dict[str, Term] = {}
    names: dict[str, None] = {}
    for entry in body.elements("conceptEntry", "termEntry"):
        term, is_name = _read_entry(entry)
        if is_name and term is not None:
            names[term.name] = None
        elif term is not None:
            terms.setdefault(term.name, term)
    return Glossary(tuple(terms.values()), tuple(names))


class _Written:
    """A term as it stands in a file: its text, its standing, its notes."""

    def __init__(self, section: Element) -> None:
        group = section.first("termGrp") or section
        term = group.first("term")
        self.text = (inline(term) or "").strip() if term is not None else ""
        self.standing = ADMITTED
        self.speech = ""
        self.notes = _notes(section)
        for each in group.elements():
            # In the style DCT, a category is the name of an element.
            category, value = each.get("type") or each.name, (inline(each) or "").strip()
            if category == _STATUS:
                self.standing = value
            elif category == _KIND_OF_WORD:
                self.speech = value

    def first(self, category: str) -> str:
        """The first note of a category; empty if there is none."""
        return next((text for name, text in self.notes if name == category), "")


def _read_entry(entry: Element) -> tuple[Term | None, bool]:
    """The term of an entry, and whether it is a name that stays as it is."""
    found: dict[str, list[_Written]] = {}
    for section in entry.elements("langSec", "langSet"):
        locale = _locale(section.get("xml:lang"))
        words = map(_Written, section.elements("termSec", "tig", "ntig"))
        if locale:
            found.setdefault(locale, []).extend(word for word in words if word.text)
    english = _ranked(found.pop(locales.SOURCE, []))
    if not english:
        return None, False
    notes = _notes(entry)
    first = english[0]
    part = next((text for name, text in notes if name == PART and text in PARTS), first.speech)
    is_name = (TRANSLATE, "no") in notes
    bare = Term(first.text, part=part if part in PARTS else PARTS[0] if first.speech != _OTHER else "phrase")
    sources = (each for each in entry.elements() if (each.get("type") or each.name) == "source")
    return Term(
        bare.name,
        part=bare.part,
        forms=_forms(bare, english[1:], notes),
        besides=tuple(text for name, text in notes if name == BESIDES),
        source=next((inline(each) or "" for each in sources), ""),
        note="; ".join(text for name, text in notes if name == NOTE),
        words={locale: _word(locale, _ranked(words), words) for locale, words in found.items() if _ranked(words)},
    ), is_name


def _forms(term: Term, others: list[_Written], notes: Notes) -> tuple[str, ...]:
    given = tuple(text for name, text in notes if name == FORM)
    synonyms = tuple(each.text for each in others)
    return given or ((*term.spellings, *synonyms) if synonyms else ())


def _word(locale: str, right: list[_Written], all_words: list[_Written]) -> Word:
    first = right[0]
    status = first.first(CERTAINTY)
    return Word(
        locale,
        first.text,
        status=status if status in STATUSES else STATUSES[1],
        also=tuple(each.text for each in right[1:]),
        forbidden=tuple(each.text for each in all_words if each.standing in _DEPRECATED),
        note="; ".join(text for name, text in first.notes if name == NOTE),
    )


def _ranked(words: list[_Written]) -> list[_Written]:
    """The words that may be used, the preferred ones first."""
    return sorted(
        (each for each in words if each.standing not in _DEPRECATED), key=lambda each: each.standing != PREFERRED
    )


def _notes(element: Element) -> Notes:
    found: Notes = []
    for note in element.elements("note"):
        category, mark, text = (inline(note) or "").partition(": ")
        is_ours = bool(mark) and category in _CATEGORIES
        found.append((category, text) if is_ours else (NOTE, f"{category}{mark}{text}"))
    return found


def _locale(tag: str) -> str:
    """A locale as a glossary names it: without a region where we know the language in one form alone."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in locales.PRODUCT else locales.canonical(tag) or tag
