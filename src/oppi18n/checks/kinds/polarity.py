"""The translation says the opposite of one of the source's words: *No* for *Yes*, *after* for *before*.

A pair of opposites is told where the source has one of the two, and the translation has the other and none of the words
that could stand for the first.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Yes", targets=("Tidak",), locale="ms")
>>> [(finding.quote, finding.params["word"]) for finding in check(unit, Background())]
[('Tidak', 'Yes')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.negation import ENGLISH, clear_in, of
from oppi18n.checks.opposites import Side, opposite_in, sides_in
from oppi18n.checks.wording import source_of, targets_of
from oppi18n.units.unit import Unit

FAMILY: Final = "meaning"
SEVERITY: Final = WARNING
# What is not allowed is forbidden: where the source denies, both sides may be said.
_NEGATABLE: Final = frozenset(
    (
        "allow",
        "enable",
        "valid",
        "success",
        "active",
        "show",
        "required",
        "more than",
        "before",
        "start",
        "include",
        "open",
    )
)
TEXTS: Final = {"polarity": "The source says “{word}”, this is the opposite."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every pair that is turned around, once in each form."""
    for form, text in targets_of(unit) if unit.source else ():
        source = source_of(unit, form)
        for this, opposite in sides_in(source):
            found = opposite_in(this, opposite, text, unit.locale)
            if found and not _is_denied(this, opposite, source, _without(found, text), unit.locale):
                params = {"word": this.english[0]}
                yield Finding(
                    unit=unit, code="polarity", params=params, form=form, start=found.start(), end=found.end()
                )


def _without(found: re.Match[str], text: str) -> str:
    """The text without the opposite, which may deny by itself."""
    return f"{text[: found.start()]} {text[found.end() :]}"


def _is_denied(this: Side, opposite: Side, source: str, text: str, locale: str) -> bool:
    """Whether one of the texts denies something, so that either side can be meant."""
    if _NEGATABLE.isdisjoint((this.english[0], opposite.english[0])):
        return False
    theirs = of(locale)
    return bool(clear_in(ENGLISH, source)) or (theirs is not None and bool(clear_in(theirs, text)))
