"""A word that stands twice in a row.

What is said twice on purpose is known: Swedish *det det*, Korean 또 또. In Japanese and Chinese, particles and whole
words are looked at. Emphasis between the two makes them two things: *välj **Välj mall***.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close the quote", targets=("Stäng stäng offerten",), locale="sv")
>>> [finding.quote for finding in check(unit, Background())]
['Stäng stäng']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import HAN
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "words"
SEVERITY: Final = WARNING
TEXTS: Final = {"doubled-word": "This word stands twice."}

_WORDS: Final = re.compile(r"(?<![\w'’-])([^\W\d_]+)[ \u00a0\n]+\1(?![\w'’-])", re.IGNORECASE)
_LATIN: Final = re.compile(r"(?<![\w'’-])([A-Za-z]+)[ \u00a0\n]+\1(?![\w'’-])")
_KATAKANA: Final = "\u30a1-\u30fa\u30fc"
_UNSPACED: Final = re.compile(
    rf"(?<![{_KATAKANA}])([{_KATAKANA}]{{2,}}|[{_KATAKANA}]+(?: [{_KATAKANA}]+)+) ?\1(?![{_KATAKANA}])"
    rf"|([{HAN}]{{2,6}}) ?\2"
    # Particles, but not as in までです, できる, ものの, とともに, 目的的, 在在處處.
    r"|([をがへに])\3|(?<!ま)(で)\4(?![きす])|(?<!も)(の)\5|(は)\6(?![じっなんわ])|(と)\7(?![もきこの])"
    r"|(?<![目標])(的)\8|([將和與])\9|(?<!成)(為)\10|(在)\11(?![處都])|(是)\12(?!非)"
)
_USUAL: Final = {
    "sv": frozenset(("det", "den", "är", "var", "har")),
    "ko": frozenset(("각", "또", "더", "꼭", "한", "그", "아주", "매우", "점점", "하나")),
    "en": frozenset(("that", "had", "is")),
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The words of a translation that stand twice, unless the source has one twice too."""
    spoken = language(unit.locale)
    patterns = (_UNSPACED, _LATIN) if spoken in ("ja", "zh-HK") else (_WORDS,)
    for side in sides(unit):
        if patterns == (_WORDS,) and not _may_repeat(side.seen):
            continue
        for match in (match for pattern in patterns for match in pattern.finditer(side.seen)):
            word = match[match.lastindex or 0]
            if word.lower() not in _USUAL.get(spoken, ()) and not _WORDS.search(side.seen_source):
                half = match[0][: len(word)]
                yield Finding(
                    unit=unit,
                    code="doubled-word",
                    form=side.form,
                    start=match.start(),
                    end=match.end(),
                    suggestion=half,
                )


def _may_repeat(text: str) -> bool:
    """Whether a word may stand twice: cheaper than the pattern, and no stricter."""
    words = text.lower().split()
    return any(after.startswith(word) or (word[-1] in after and not word.isalpha()) for word, after in pairwise(words))
