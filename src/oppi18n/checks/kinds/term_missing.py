"""A term of the source that the translation leaves out, or calls something else than the glossary does.

Titles and descriptions are where words get lost most: a page about *closing* an opportunity becomes one about
opportunities. Endings, prefixes and compounds of the right word count as the word.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.i18n.glossary import Glossary, Term, Word
>>> background = Background(Glossary((Term("quote", words={"ko": Word("ko", "견적")}),)))
>>> unit = Unit(id="1", source="Close all quotes.", targets=("모두 종료합니다.",), locale="ko")
>>> [finding.params["word"] for finding in check(unit, background)]
['견적']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.wording import LABEL, PHRASE, has, source_of, targets_of, terms_in, word_of, wrong
from oppi18n.i18n.glossary import Term
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"term-missing": "“{term}” isn't translated as “{word}”."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every term whose right words are all absent; a forbidden one in their place is told by another check."""
    for term in _terms(unit, background):
        word = word_of(term, unit.locale)
        # A label alone on a page may be any product's, and a phrase may be put in other words there.
        if word is None or (term.part in (LABEL, PHRASE) and unit.origin != CATALOG):
            continue
        for form, text in targets_of(unit):
            if not has(word, text) and not any(wrong(word, text)):
                params = {"term": term.name, "word": word.text}
                yield Finding(unit=unit, code="term-missing", params=params, form=form)


def _terms(unit: Unit, background: Background) -> tuple[Term, ...]:
    return terms_in(background, source_of(unit), is_ours=unit.origin == CATALOG)
