"""A mark of the wrong width for the language.

Chinese and Japanese texts have full-width stops and commas, and half-width parentheses; Chinese has a full-width
colon, Japanese a half-width one. Korean, Malay and Swedish texts have no full-width marks at all. Marks inside
numbers, names and code are let alone.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Quotes, drafts", targets=("報價,草稿",), locale="zh-HK")
>>> [(finding.quote, finding.suggestion) for finding in check_document([unit], Background())]
[(',', '，')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.custom import lowered
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import HABITS, Habits
from oppi18n.checks.masking import MARK
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = dict.fromkeys(HABITS, WARNING)
TEXTS: Final = {"mark-width": "This mark has the wrong width for this language."}


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """The marks of a translation that the language writes in the other width."""
    yield from lowered(finding for unit in units for finding in _findings(unit))


def _findings(unit: Unit) -> Iterator[Finding]:
    spoken = language(unit.locale)
    known, pattern = HABITS[spoken], _PATTERNS[spoken]
    for side in sides(unit):
        for match in pattern.finditer(side.seen):
            mark, (start, end) = match[0], match.span()
            if _is_after_letter(side.seen, start, known) if mark.isascii() else mark not in side.source:
                yield Finding(
                    unit=unit,
                    code="mark-width",
                    form=side.form,
                    start=start,
                    end=end,
                    suggestion=known.width[mark],
                    is_safe=True,
                )


def _is_after_letter(text: str, at: int, known: Habits) -> bool:
    """Whether a mark follows a letter of the language, brackets and markup between them not counted.

    The stop at the end follows whatever the text ends with.
    """
    if text[at] == "." and not text[at + 1 :].strip(MARK):
        return text[at - 1 : at] not in ("", ".") and known.has_letters(text)
    before = text[:at].rstrip(_BETWEEN)
    return known.has_letters(before[-1:])


def _pattern(known: Habits) -> re.Pattern[str]:
    """The full-width marks anywhere, and the half-width ones not inside `.json`, `10:30` and `...`."""
    wide = "".join(mark for mark in known.width if not mark.isascii())
    narrow = "".join(mark for mark in known.width if mark in ",;?!")
    names = "".join(mark for mark in known.width if mark in ".:")
    return re.compile(
        f"[{wide}]" + (f"|[{narrow}](?![0-9])" if narrow else "") + (f"|[{names}](?![A-Za-z0-9./])" if names else "")
    )


_BETWEEN: Final = MARK + ')]）」』”"'
_PATTERNS: Final = {locale: _pattern(known) for locale, known in HABITS.items()}
