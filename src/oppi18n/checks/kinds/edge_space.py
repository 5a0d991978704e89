"""Space at the beginning or the end that differs from the source.

A message that ends in a space is glued to something by the program; a translation without it runs two words together,
and one with a space too many leaves a gap.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Stäng ",), locale="sv")
>>> [finding.mended for finding in check(unit, Background())]
['Stäng']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.i18n import locales
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"edge-space": "The space at the beginning or the end differs from the source."}

# What the next text needs between it and this one, these scripts do not.
_UNSPACED: Final = ("Hant", "Jpan")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose edges are not those of its source; line breaks are another check's."""
    if unit.source is None or not unit.source.strip():
        return
    # In Markdown, spaces around a text belong to the lines of the page.
    source = unit.source if unit.markup != MARKDOWN else unit.source.strip()
    lead, tail = _lead(source), _tail(source)
    for form, text in enumerate(unit.targets):
        if not text.strip():
            continue
        found = _lead(text)
        if found != lead and not _is_needless(unit, found, lead):
            yield _finding(unit, form, 0, len(found), lead)
        found = _tail(text)
        if found != tail and not (unit.markup == MARKDOWN and "\n" in text) and not _is_needless(unit, found, tail):
            yield _finding(unit, form, len(text) - len(found), len(text), tail)


def _finding(unit: Unit, form: int, start: int, end: int, better: str) -> Finding:
    return Finding(unit=unit, code="edge-space", form=form, start=start, end=end, suggestion=better, is_safe=True)


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t\u00a0\u3000"))]


def _tail(text: str) -> str:
    return text[len(text.rstrip(" \t\u00a0\u3000")) :]


def _is_needless(unit: Unit, found: str, wanted: str) -> bool:
    """Whether the source has a space that this script does not need."""
    return not found and bool(wanted) and locales.script(unit.locale) in _UNSPACED
