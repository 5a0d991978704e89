"""A space where the language has none beside a mark, or none where it has one.

No language here puts a space before a stop, a comma or a colon, full-width marks bring their own, and where words
stand apart a comma is followed by one. Chinese and Japanese put one outside of parentheses, Korean none before them.
What the source writes in the same way, as `a : b` in names, stays.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Drafts, quotes", targets=("Utkast ,offerter",), locale="sv")
>>> [(finding.code, finding.mended) for finding in check_document([unit], Background())]
[('space-added', 'Utkast,offerter'), ('space-missing', 'Utkast , offerter')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.custom import lowered
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.checks.habits import HABITS, HAN, HANGUL, KANA
from oppi18n.checks.masking import MARK, THING
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import PAGE, Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = dict.fromkeys(HABITS, WARNING)
TEXTS: Final = {
    "space-added": "No space belongs here.",
    "space-missing": "A space belongs here.",
}

_BLANKS: Final = " \u00a0\u3000"
_BEFORE: Final = re.compile(
    rf"([{_BLANKS}](?<=[^\s|>].)[{_BLANKS}]*+){MARK}*+(?:[,;，。、；：！？](?!{THING})|[.:!?](?![\w.{THING}/-]))"
)
_AFTER: Final = re.compile(rf"[，。、；：！？]([ \u3000]+)(?=[^\s{MARK}{THING}–—-])")
# A Swedish ending follows a colon: `API:er`.
_ABSENT: Final = re.compile(
    r"[ ,;:!?](?:(?<=[^\W\d_] )[,;](?=[^\W\d_])|(?<=[^\W\d_][,;])(?=[^\W\d_])"
    r"|(?<=[^\W\d_][^\W\d_A-ZÅÄÖ][:!?])(?=[^\W\d_]{2}))"
)
_INSIDE: Final = re.compile(r"(?<=\() +(?=\w)|(?<=\w) +(?=\))")
_BEFORE_BRACKET: Final = re.compile(rf"(?<=[{HANGUL}]) (?=\([^)]*[{HANGUL}][^)]*\)(?! ))")
_LETTER: Final = f"[{HAN}{KANA}]"
_OUTSIDE: Final = re.compile(rf"(?<={_LETTER})(?=\([^)]{{2}})|(?<=[^(]{{2}}\))(?={_LETTER})")
_UNSPACED: Final = ("ja", "zh-HK")
_TIGHT: Final = re.compile(rf"(?<=[^\s|]){MARK}*[:：](?![\w.{THING}/-])")
_PERHAPS: Final = "perhaps"
_FEW: Final = 2
_USUAL: Final = 2


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Spaces beside marks that the language does not put there, and absent ones."""
    found = [finding for unit in units for finding in _findings(unit)]
    colons = [each for each in found if each.severity == _PERHAPS]
    # Some pages have a blank before every colon; where the others have none, it is a slip.
    is_slip = 0 < len(colons) <= _FEW and _tight(units) >= _USUAL * len(colons)
    severity = "" if is_slip else INFO
    yield from lowered(replace(each, severity=severity) if each.severity == _PERHAPS else each for each in found)


def _tight(units: Sequence[Unit]) -> int:
    """How many colons stand without a blank before them."""
    return sum(len(_TIGHT.findall(side.seen)) for unit in units for side in sides(unit))


def _findings(unit: Unit) -> Iterator[Finding]:
    spoken = language(unit.locale)
    for side in sides(unit):
        for match in _BEFORE.finditer(side.seen):
            if match[0].replace(MARK, "") not in side.source:
                severity = _severity(side, match, spoken) if unit.origin == PAGE else ""
                yield _added(unit, side, match.span(1), severity)
        after, absent = (_AFTER, None) if spoken in _UNSPACED else (None, _ABSENT)
        for match in after.finditer(side.seen) if after else ():
            yield _added(unit, side, match.span(1))
        if "(" in side.seen or ")" in side.seen:
            yield from _around_brackets(unit, side, spoken)
        yield from _missing(unit, side, absent) if absent else ()


def _around_brackets(unit: Unit, side: Side, spoken: str) -> Iterator[Finding]:
    for match in _BEFORE_BRACKET.finditer(side.seen) if spoken == "ko" else ():
        yield _added(unit, side, match.span())
    for match in _INSIDE.finditer(side.seen):
        if "( " not in side.source and " )" not in side.source:
            yield _added(unit, side, match.span())
    if spoken in _UNSPACED:
        yield from _missing(unit, side, _OUTSIDE)


def _severity(side: Side, match: re.Match[str], spoken: str) -> str:
    """Less where published pages have it so often that it is good to know, and no more.

    Those are blanks before a Japanese or Malay colon, at the end of a link, and behind a Latin word in Chinese.
    """
    is_colon = match[0][-1] in ":："
    if spoken in ("ja", "ms") and is_colon:
        return _PERHAPS
    before = side.seen[match.start() - 1]
    is_often = spoken in _UNSPACED and (MARK in match[0] or before == MARK or before.isascii())
    return INFO if is_often and not is_colon else ""


def _added(unit: Unit, side: Side, span: tuple[int, int], severity: str = "") -> Finding:
    return Finding(
        unit=unit,
        code="space-added",
        form=side.form,
        start=span[0],
        end=span[1],
        suggestion="",
        is_safe=True,
        severity=severity,
    )


def _missing(unit: Unit, side: Side, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for match in pattern.finditer(side.seen):
        start, end = match.span()
        if side.target[start - 1 : end + 1] not in side.source:
            yield Finding(
                unit=unit, code="space-missing", form=side.form, start=end, end=end, suggestion=" ", is_safe=True
            )
