"""One term, and several words for it in the same file.

A reader takes two words for two things. The finding stands where the rarer word is met first, and names all of them.

>>> from dataclasses import replace
>>> from oppi18n.checks.background import Background
>>> from oppi18n.i18n.glossary import Glossary, Term, Word
>>> words = {"ja": Word("ja", "見積もり", forbidden=("見積書",))}
>>> one = Unit(id="1", source="Quotes", targets=("見積もり",), locale="ja")
>>> other = replace(one, id="2", source="Close the quotes.", targets=("見積書をクローズします。",))
>>> [finding.params["words"] for finding in check_document([one, other], Background(Glossary((Term("quote", words=words),))))]
['見積もり, 見積書']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, Finding
from oppi18n.checks.wording import NOUN, VERB, has, is_spaced, mentions, source_of, targets_of, terms_in, word_of, wrong
from oppi18n.i18n.glossary import Term, Word
from oppi18n.units.unit import Unit

FAMILY: Final = "terms"
# Each of the words is a finding of its own already, if it is a wrong one.
SEVERITY: Final = INFO
TEXTS: Final = {"term-variants": "This file has several words for “{term}”: {words}."}

_BEGINNING: Final = 4


class _Use(NamedTuple):
    """A word in a form of a unit."""

    unit: Unit
    form: int
    text: str
    family: str = ""
    place: tuple[int, int] | None = None


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every term with more than one word, once."""
    uses: dict[str, list[_Use]] = defaultdict(list)
    for unit in units:
        source = source_of(unit)
        for term in _terms(background) if terms_in(background, source) else ():
            word = word_of(term, unit.locale) if mentions(term, source) else None
            if word is not None:
                uses[term.name] += _uses(unit, term, word)
    for name, found in uses.items():
        yield from _finding(name, found)


def _terms(background: Background) -> tuple[Term, ...]:
    terms = background.glossary.terms
    return background.once("words", terms, lambda: tuple(term for term in terms if term.part in (NOUN, VERB)))


def _uses(unit: Unit, term: Term, word: Word) -> Iterator[_Use]:
    for form, text in targets_of(unit):
        hits = list(wrong(word, text))
        yield from (_Use(unit, form, hit.text, _family(hit.text, unit.locale), (hit.start, hit.end)) for hit in hits)
        if not hits and has(word, text):
            yield _Use(unit, form, word.text)


def _finding(name: str, uses: Sequence[_Use]) -> Iterator[Finding]:
    families: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        families[use.family].append(use)
    if len(families) < 2:
        return
    # Of two that are as rare, the right one is not the one to tell.
    rarest = min(families.values(), key=lambda found: (len(found), not found[0].family))[0]
    words = ", ".join(dict.fromkeys(each[0].text for each in families.values()))
    start, end = rarest.place or (None, None)
    params = {"term": name, "words": words}
    yield Finding(unit=rarest.unit, code="term-variants", params=params, form=rarest.form, start=start, end=end)


def _family(text: str, locale: str) -> str:
    """What the inflected forms of a wrong word have in common; all right ones are one word."""
    return text[: _BEGINNING if is_spaced(locale) else 1].lower()
