"""Japanese or Chinese and Latin letters or digits that touch.

Product texts and most pages put one space between them: `Dynamics 365 の設定`. Many Japanese pages forget it so often
that it is good to know, and no more; where a page has it everywhere else, the exception is told.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="1 draft", targets=("1份草稿",), locale="zh-HK")
>>> [finding.mended for finding in check_document([unit], Background())]
['1 份草稿']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.custom import lowered
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.checks.habits import HABITS
from oppi18n.checks.masking import MARK
from oppi18n.checks.sides import sides
from oppi18n.units.unit import PAGE, Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = {locale: WARNING for locale, known in HABITS.items() if known.is_spaced}
TEXTS: Final = {"script-spacing": "A space belongs here."}

_PATTERNS: Final = {
    locale: re.compile(f"(?<=[{known.letters}]){MARK}*(?=[A-Za-z0-9])|(?<=[A-Za-z0-9]){MARK}*(?=[{known.letters}])")
    for locale, known in HABITS.items()
    if known.is_spaced
}
_JAPANESE: Final = f"[{HABITS['ja'].letters}]"
_SPACED: Final = re.compile(
    f"(?<={_JAPANESE}){MARK}* {MARK}*(?=[A-Za-z0-9])|(?<=[A-Za-z0-9]){MARK}* {MARK}*(?={_JAPANESE})"
)
_CUSTOM: Final = 5
_LATIN: Final = re.compile("[A-Za-z0-9]")


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """The places where two scripts touch, unless they do so in the source."""
    found = [finding for unit in units for finding in _findings(unit)]
    yield from lowered(replace(each, severity=INFO) if _is_often(found, each, units) else each for each in found)


def _is_often(found: Sequence[Finding], each: Finding, units: Sequence[Unit]) -> bool:
    """Whether a Japanese page has more such places than one text in which they slipped through."""
    if each.unit.origin != PAGE or language(each.unit.locale) != "ja":
        return False
    return len({other.unit.key for other in found}) > 1 or not _is_custom(units)


def _is_custom(units: Sequence[Unit]) -> bool:
    """Whether a page has the space often enough for a custom."""
    spaces = (match for unit in units for side in sides(unit) for match in _SPACED.finditer(side.seen))
    return next(islice(spaces, _CUSTOM - 1, None), None) is not None


def _findings(unit: Unit) -> Iterator[Finding]:
    spoken = language(unit.locale)
    for side in sides(unit):
        if _LATIN.search(side.target) is None:
            continue
        for match in _PATTERNS[spoken].finditer(side.seen):
            start, end = match.span()
            if side.target[start - 1 : end + 1] not in side.source:
                yield Finding(
                    unit=unit,
                    code="script-spacing",
                    form=side.form,
                    start=end,
                    end=end,
                    suggestion=" ",
                    is_safe=True,
                )
