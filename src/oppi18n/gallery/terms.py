"""Terms of the glossary are found again in a text, so that readers of the gallery see them where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from oppi18n.gallery.parts import Run, TermNote
from oppi18n.i18n import locales
from oppi18n.i18n.glossary import NEEDS_REVIEW, Glossary, Term

_SCRIPTS: Final = ("Hans", "Hant", "Jpan", "Kore")
"""Those in which nothing shows where a word ends."""

_UNSPACED: Final = "({words})"
_WHOLE: Final = r"(?<!\w)({words})(?!\w)"
_INFLECTED: Final = r"(?<!\w)({words})(?:(?<=\w{{5}})\w{{1,4}})?(?!\w)"
"""Longer words may have an ending that the glossary does not list: affärsmöjlighet, affärsmöjligheten."""


def notes_of(terms: Iterable[Term], locale: str) -> Iterator[TermNote]:
    """What a translator into a language should know about some terms.

    >>> term = Term("quote")
    >>> list(notes_of([term], "sv"))
    []
    """
    for term in terms:
        word = term.words.get(locale)
        if word is not None:
            notes = [note for note in (term.note, word.note) if note]
            notes += [NEEDS_REVIEW] if word.status == NEEDS_REVIEW else []
            notes += [f"not {', '.join(word.forbidden)}"] if word.forbidden else []
            yield TermNote(term.name, word.text, "; ".join(notes))


class Marker:
    """Cuts texts of one language, and their English, at the terms of a glossary."""

    def __init__(self, glossary: Glossary, locale: str) -> None:
        self.glossary = glossary
        self.locale = locale

    def terms(self, source: str) -> list[Term]:
        """The terms of an English text that have a word in the language."""
        return [each for each in self.glossary.terms_in(source) if self.locale in each.words]

    def said(self, text: str, terms: Sequence[Term], locale: str) -> tuple[Run, ...]:
        """A text in the language; the title of each term is what it is called in English."""
        if locale != self.locale:
            return self.source(text, terms)
        titles = {word: term.name for term in terms for word in term.words[locale].right}
        return cut(text, titles, _UNSPACED if locales.script(locale) in _SCRIPTS else _INFLECTED)

    def source(self, text: str, terms: Sequence[Term]) -> tuple[Run, ...]:
        """An English text; the title of each term is what it is called in the language."""
        titles = {form: term.words[self.locale].text for term in terms for form in term.spellings}
        return cut(text, titles, _WHOLE)


def cut(text: str, titles: dict[str, str], shape: str = _INFLECTED) -> tuple[Run, ...]:
    """A text cut at some words, which get their titles; `shape` says what may stand around a word.

    >>> cut("Till offerten.", {"offert": "quote"})
    (Run(text='Till ', title=''), Run(text='offerten', title='quote'), Run(text='.', title=''))
    """
    if not titles:
        return (Run(text),)
    folded = {word.casefold(): title for word, title in titles.items()}
    words = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
    runs, end = [], 0
    for match in re.finditer(shape.format(words=words), text, re.IGNORECASE):
        runs += [Run(text[end : match.start()]), Run(match[0], folded.get(match[1].casefold(), ""))]
        end = match.end()
    return tuple(run for run in (*runs, Run(text[end:])) if run.text)
