"""A word that the glossary forbids for a term of the source.

A forbidden word is one that readers of the product know as something else: *Hilang* is what happens to an umbrella, a
deal is *Kalah*. The same word elsewhere is no finding, nor is one inside a right word.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.i18n.glossary import Glossary, Term, Word
>>> words = {"sv": Word("sv", "affärsmöjlighet", forbidden=("möjlighet", "möjligheten"))}
>>> background = Background(Glossary((Term("opportunity", words=words),)))
>>> unit = Unit(id="1", source="Close the opportunity.", targets=("Stäng möjligheten.",), locale="sv")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, background)]
[('möjligheten', 'affärsmöjligheten')]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.wording import LABEL, mentions, source_of, targets_of, terms_in, word_of, wrong
from oppi18n.i18n.glossary import Term
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"forbidden-term": "“{found}” isn't the word for “{term}”."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every forbidden word, each place once."""
    seen: set[tuple[int, int, int]] = set()
    for term in _terms(unit, background) if unit.source else ():
        word = word_of(term, unit.locale)
        for form, text in targets_of(unit) if word is not None and word.forbidden else ():
            for hit in wrong(word, text) if word is not None else ():
                if (form, hit.start, hit.end) not in seen:
                    seen.add((form, hit.start, hit.end))
                    params = {"found": hit.text, "term": term.name}
                    yield Finding(
                        unit=unit,
                        code="forbidden-term",
                        params=params,
                        form=form,
                        start=hit.start,
                        end=hit.end,
                        suggestion=hit.better,
                    )


def _terms(unit: Unit, background: Background) -> Iterator[Term]:
    """The terms of the source; in the product's own texts, its states and fields count inside a sentence, too."""
    source = source_of(unit)
    yield from terms_in(background, source, is_ours=unit.origin == CATALOG)
    if unit.origin == CATALOG:
        yield from (term for term in _labels(background) if mentions(term, source))


def _labels(background: Background) -> tuple[Term, ...]:
    terms = background.glossary.terms
    return background.once("label terms", terms, lambda: tuple(term for term in terms if term.part == LABEL))
