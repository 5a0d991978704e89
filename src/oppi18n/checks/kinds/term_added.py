"""A term of the glossary in the translation, where the source doesn't speak of it.

Either the translator said more than the source does, or the term's word stands for something else as well: in Korean, a
proforma invoice called 견적 송장 looks like a kind of quote. Looked for are published terms that are known to be
confused: those that have a forbidden variant in some locale.

>>> from oppi18n.checks.background import Background, language
>>> from oppi18n.i18n.glossary import Glossary, Term, Word
>>> words = {"ko": Word("ko", "견적", forbidden=("인용",))}
>>> background = Background(Glossary((Term("quote", words=words),)))
>>> unit = Unit(id="1", source="Send the invoice.", targets=("견적 송장을 보냅니다.",), locale="ko")
>>> [(finding.quote, finding.params["term"]) for finding in check(unit, background)]
[('견적', 'quote')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.wording import is_confused, is_spaced, source_of, targets_of
from oppi18n.i18n.glossary import STATUSES, Term, Word
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
_POINTING: Final = re.compile(r"\b(?:its?|th(?:is|at|em|ese|ose|eir)|ones?|what|clos(?:e|ing|ed))\b", re.IGNORECASE)
TEXTS: Final = {"term-added": "The source doesn't speak of “{term}”."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every noun of the glossary that is said without reason."""
    if not unit.source:
        return
    locale = language(unit.locale)
    known = background.once(f"confused in {locale}", background.glossary, lambda: _Confused(background, locale))
    for form, text in targets_of(unit):
        for term, place in known.found(text):
            if not _is_meant(term, source_of(unit, form)) and not _may_expand(unit):
                start, end = place
                yield Finding(unit=unit, code="term-added", params={"term": term.name}, form=form, start=start, end=end)


class _Confused:
    """The terms that are known to be confused, with what finds their words in a locale."""

    def __init__(self, background: Background, locale: str) -> None:
        terms = (
            term
            for term in background.glossary.terms
            if is_confused(term) and _is_published(term) and locale in term.words
        )
        self._terms = [(term, _words(term.words[locale])) for term in terms]
        self._any = re.compile("|".join(words for _, words in self._terms) or "(?!)", re.IGNORECASE)

    def found(self, text: str) -> Iterator[tuple[Term, tuple[int, int]]]:
        """The terms whose words stand in a text, with the first place of each."""
        for term, words in self._terms if self._any.search(text) else ():
            match = re.search(words, text, re.IGNORECASE)
            if match:
                yield term, match.span()


def _may_expand(unit: Unit) -> bool:
    """Whether a message leaves out what its context says, so that a translation may have to say it."""
    return unit.origin == CATALOG and _POINTING.search(source_of(unit)) is not None


def _is_published(term: Term) -> bool:
    return all(word.status == STATUSES[0] for word in term.words.values())


def _is_meant(term: Term, source: str) -> bool:
    """Whether the source has the term, even where it may mean something else, or is about some part of its name."""
    words = (*term.spellings, *term.besides, *term.name.split())
    return any(each.lower() in source.lower() for each in words)


def _words(word: Word) -> str:
    """A pattern for a right spelling, or a short one that a right one begins with."""
    short = [each for each in word.forbidden if any(right.startswith(each) for right in word.right)]
    found = "|".join(map(re.escape, (*word.right, *short)))
    return rf"(?<!\w)(?:{found})(?!\w)" if is_spaced(word.locale) else found
