"""A text that does not end as its source does.

A sentence ends with a stop, a question with a question mark, and what announces a list with a colon. Marks of any
width are the same. Korean and Japanese may close with a stop where English has a colon; in a page, a Korean noun
phrase may stand for a sentence, and a sentence for a heading.

>>> from oppi18n.checks.background import Background, language
>>> unit = Unit(id="1", source="Close the quote.", targets=("Stäng offerten",), locale="sv")
>>> [finding.suggestion for finding in check(unit, Background())]
['.']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import ELLIPSIS, HABITS, MARKS, STOP, Habits
from oppi18n.checks.masking import MARK
from oppi18n.checks.sides import sides
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = dict.fromkeys(HABITS, WARNING)
TEXTS: Final = {"end-mark": "The text doesn't end with the same kind of mark as the source."}

_BLANK: Final = MARK + " \u00a0\u3000\t\r\n"
_CLOSERS: Final = _BLANK + ")）]］\"”’」』'»›】〉》"
_SHORT: Final = re.compile(
    r"\b(?:etc|inc|ltd|corp|co|e\.g|i\.e|vs|no|[ap]\.m|u\.s|jr|dll|dsb|o\.s\.v|m\.m|t\.ex|osv|mm)\.\Z", re.IGNORECASE
)
_EITHER: Final = "either"
_ASCII: Final = {MARKS[mark]: mark for mark in ".?!:,;"} | {ELLIPSIS: "…"}
_LONGEST: Final = 9
_PHRASE: Final = 80
_VERBS: Final = tuple("다오요까죠")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose translation ends with another kind of mark, or with none, or with one where the source has none."""
    known = HABITS[language(unit.locale)]
    for side in sides(unit):
        shown = side.seen.rstrip(_BLANK)
        expected, found = _end(side.seen_source), _end(shown)
        if not side.source or not shown or _is_usual(unit, shown, (expected, found), known):
            continue
        at = len(shown)
        start = at - 1 if shown[-1] in MARKS else at
        mark = _ASCII.get(expected, "")
        better = known.width.get(mark, mark)
        yield Finding(unit=unit, code="end-mark", form=side.form, start=start, end=at, suggestion=better)


@lru_cache(maxsize=1 << 15)
def _end(shown: str) -> str:
    """The kind of mark that a text ends with; empty if with none."""
    text = shown.rstrip(_BLANK)
    if text.endswith("..."):
        return ELLIPSIS
    kind = MARKS.get(text[-1:]) or MARKS.get(text.rstrip(_CLOSERS)[-1:], "")
    # The stop of an abbreviation may be that of the sentence too.
    return _EITHER if kind == STOP and _SHORT.search(text[-_LONGEST:]) else kind


def _is_usual(unit: Unit, shown: str, ends: tuple[str, str], known: Habits) -> bool:
    """Whether the language may end so."""
    if ends[0] == ends[1] or (_EITHER in ends and {*ends} <= {_EITHER, STOP, ""}):
        return True
    if ends not in known.ends:
        return False
    if STOP not in ends or "" not in ends:
        return True
    is_phrase = len(unit.source or "") <= _PHRASE and not shown.rstrip(_CLOSERS).endswith(_VERBS)
    return unit.origin != CATALOG and (ends[0] == "" or is_phrase)
