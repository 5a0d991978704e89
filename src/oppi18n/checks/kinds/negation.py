"""A sentence that denies, and a translation that doesn't; or the other way round.

*You can't close* must not become *you can close*. A negation counts as lost where less in the translation could deny
anything than in the source does, and as gained where more in the translation denies than could be meant in the source.
Pages are translated sentence by sentence, so that words such as *until* and *other* stand for words of the source there.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="You can't close it.", targets=("Du kan stänga den.",), locale="sv")
>>> [finding.code for finding in check(unit, Background())]
['negation-lost']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks import negation
from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.negation import ENGLISH, Negation
from oppi18n.checks.wording import source_of, targets_of
from oppi18n.units.unit import PAGE, Unit

FAMILY: Final = "meaning"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "negation-lost": "The source denies something, the translation doesn't.",
    "negation-gained": "The translation denies something, the source doesn't.",
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Both ways, once in each form."""
    theirs = negation.of(unit.locale)
    if theirs is None or not unit.source:
        return
    for form, text in targets_of(unit):
        source = source_of(unit, form)
        denied = negation.denied_in(source)
        if denied and negation.any_in(theirs, text) - _explained(unit, theirs, source, text) < denied:
            yield Finding(unit=unit, code="negation-lost", form=form)
            continue
        found = negation.clear_in(theirs, text)
        if found and _is_gained(unit, theirs, source, text):
            yield Finding(unit=unit, code="negation-gained", form=form, start=found[0].start(), end=found[0].end())


def _explained(unit: Unit, theirs: Negation, source: str, text: str) -> int:
    """How many of the translation's words that may deny stand for words of a page's source that don't."""
    loose = negation.loose_in(theirs, text) if unit.origin == PAGE else 0
    if not loose:
        return 0
    besides = negation.any_in(ENGLISH, source) - negation.denied_in(source)
    return min(loose, besides + negation.loose_in(ENGLISH, source))


def _is_gained(unit: Unit, theirs: Negation, source: str, text: str) -> bool:
    """Whether more is denied for certain than the source may mean; on a page, what is likely counts on both sides."""
    clear = len(negation.clear_in(theirs, text))
    if unit.origin != PAGE:
        return clear > negation.any_in(ENGLISH, source)
    return max(clear, negation.likely_in(theirs, text)) > negation.likely_in(ENGLISH, source)
