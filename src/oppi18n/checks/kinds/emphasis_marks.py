"""Emphasis that is shown as asterisks, or that got lost.

Markdown takes `**` for emphasis only where it leans on a word. Behind a bracket or a stop it must not touch the next
letter, and in Korean, Chinese and Japanese a particle often does. Published pages put a blank there.

>>> from oppi18n.checks.background import Background
>>> source, target = "Choose **Quote (draft)**.", "**견적(초안)**을 선택합니다."
>>> unit = Unit(id="1", source=source, targets=(target,), locale="ko", markup="markdown")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('**', '** ')]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import category

from oppi18n.checks.background import Background
from oppi18n.checks.emphasis import emphasis
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.sides import sides
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "markup"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "emphasis-shown": "These marks are shown as they are; they don't emphasize anything.",
    "emphasis-differs": "The emphasis isn't that of the source.",
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Marks that fail to emphasize where those of the source succeed, and emphasis in another number."""
    for side in sides(unit) if unit.markup == MARKDOWN else ():
        ours, theirs = emphasis(side.source), emphasis(side.target)
        if len(theirs.shown) > len(ours.shown):
            start, end = _culprit(side.target, theirs.shown)
            better = _apart(side.target, start, end)
            yield Finding(unit=unit, code="emphasis-shown", form=side.form, start=start, end=end, suggestion=better)
        elif side.source and not ours.shown and (ours.strong, ours.light) != (theirs.strong, theirs.light):
            yield Finding(unit=unit, code="emphasis-differs", form=side.form)


def _culprit(text: str, shown: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """The marks between punctuation and a letter, if there are any; else the first ones."""
    return next((place for place in shown if _apart(text, *place) is not None), shown[0])


def _apart(text: str, start: int, end: int) -> str | None:
    """The marks with the blank that lets them emphasize."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() and after and _is_punctuation(after):
        return f" {text[start:end]}"
    return f"{text[start:end]} " if after.isalnum() and before and _is_punctuation(before) else None


def _is_punctuation(character: str) -> bool:
    return category(character)[0] in "PS"
