"""A small letter where a capital one belongs: at the beginning of a text, or in one of two labels side by side.

*Won or Lost* is *Vunnen eller Förlorad* or *vunnen eller förlorad*, and never *vunna eller Förlorade*. Names, and what
the source writes differently too, are let alone: *iPhone*, `model.json`.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="closed as Won or Lost", targets=("stängs som vunna eller Förlorade",), locale="sv")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('vunna eller Förlorade', 'Vunna eller Förlorade')]
>>> unit = Unit(id="1", source="Close it.", targets=("stäng den.",), locale="sv")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('s', 'S')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import MARK, THING
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import Unit

FAMILY: Final = "words"
SEVERITY: Final = {"sv": WARNING, "ms": WARNING}
TEXTS: Final = {
    "case-pattern": "One of these labels begins with a capital letter, the other doesn't.",
    "first-letter": "The source begins with a capital letter, the translation doesn't.",
}

_PAIR: Final = rf"(?<![\w/-])([^\W\d_]{{{{2,}}}})({MARK}*) (?:{{words}}) ({MARK}*)([^\W\d_]{{{{2,}}}})(?![\w/-])"
_SOURCE: Final = re.compile(_PAIR.format(words="or|and"))
_FIRST: Final = re.compile(rf"[^\w{THING}]*([^\W\d_])[\w.-]*")
_REACH: Final = 60
_AFTER_WORD: Final = re.compile(r"(?<![\w])[^\W\d_A-ZÅÄÖ]+ \Z")
_TARGETS: Final = {
    "sv": re.compile(_PAIR.format(words="eller|och|samt")),
    "ms": re.compile(_PAIR.format(words="atau|dan")),
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The first letter, and the pairs of words that begin differently where all pairs of the source begin alike."""
    pattern = _TARGETS[language(unit.locale)]
    for side in sides(unit):
        yield from _beginning(unit, side)
        matches = tuple(_SOURCE.finditer(side.seen_source))
        kinds = {(match[1][0].isupper(), match[4][0].isupper()) for match in matches}
        if (True, True) not in kinds or (True, False) in kinds or (False, True) in kinds:
            continue
        for match in pattern.finditer(side.seen):
            at = _start(side.seen, match)
            second = match.start(4)
            if at is not None and side.seen[at].isupper() != side.seen[second].isupper() and not _is_name(side, match):
                start, end = min(at, match.start()), match.end()
                better = side.target[start:end]
                small = at if side.seen[second].isupper() else second
                better = better[: small - start] + better[small - start].upper() + better[small - start + 1 :]
                yield Finding(unit=unit, code="case-pattern", form=side.form, start=start, end=end, suggestion=better)


def _beginning(unit: Unit, side: Side) -> Iterator[Finding]:
    """A text that begins small and whose source doesn't."""
    wanted, found = _FIRST.match(side.seen_source), _FIRST.match(side.seen)
    if wanted is None or found is None or wanted[1].islower() or not found[1].islower():
        return
    start, end = found.span(1)
    word = side.seen[start : found.end()].rstrip(".-")
    # What has a stop inside is the name of a file, and an ending may follow what the source has.
    is_kept = "." in word or not word.islower() or word.partition("-")[0] in side.source.split()
    if not is_kept and word not in side.source:
        better = found[1].upper()
        yield Finding(unit=unit, code="first-letter", form=side.form, start=start, end=end, suggestion=better)


def _start(text: str, match: re.Match[str]) -> int | None:
    """Where the first label begins: with its word, or where its emphasis does; None if nobody knows."""
    if match[2] and match[3]:
        before = text.rfind(MARK, 0, match.start())
        return before + 1 if before >= 0 and text[before + 1].isalpha() else None
    if match[2] or match[3]:
        return None
    if match[1][0].isupper():
        # A label of several words begins with a capital letter, and only with one: `Spara och kör`.
        return match.start() if _AFTER_WORD.search(text[max(0, match.start() - _REACH) : match.start()]) else None
    return match.start()


def _is_name(side: Side, match: re.Match[str]) -> bool:
    """Whether one of the words is not translated."""
    return match[1] in side.source or match[4] in side.source
