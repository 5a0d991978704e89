"""A sign of calculation or comparison that was turned around: a minus for a plus, `≤` for `≥`.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Score = A + B", targets=("Skor = A − B",), locale="ms")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('−', '+')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.checks.masking import MARK, THING
from oppi18n.checks.wording import source_of, targets_of
from oppi18n.units.unit import Unit

FAMILY: Final = "meaning"
SEVERITY: Final = ERROR
TEXTS: Final = {"operator": "The source has “{operator}” here."}

_PAIRS: Final = (
    ("+", "-"),
    ("<", ">"),
    ("<=", ">="),
    ("==", "!="),
    ("=", "≠"),
    ("×", "÷"),
    ("&&", "||"),
    ("↑", "↓"),
    ("→", "←"),
)
_OPPOSITES: Final = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_PLAIN: Final = {
    "−": "-",
    "–": "-",
    "＋": "+",
    "－": "-",
    "＜": "<",
    "＞": ">",
    "≤": "<=",
    "≥": ">=",
    "≦": "<=",
    "≧": ">=",
}
_SIDE: Final = rf"\w)\]}}{MARK}{THING}"
_SIGN: Final = re.compile(
    rf"&&|\|\||[=!<>]=|[≤≥≦≧×÷≠↑↓→←＜＞＋]|(?<![\w<>=/-])[<>](?![\w/!]*>)(?=[\s\d{MARK}])"
    rf"|(?<=[{_SIDE}] )(?:[-+−–－=]|\*(?!\*))(?= [\w(\[{{{MARK}{THING}])|(?<![\w+-])[-+−－](?=\d)|(?<=\d)[-+−–](?=\d)"
)
_WORTH: Final = frozenset("+-−–<>=×÷≤≥≦≧≠↑↓→←＜＞＋－|&")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every sign whose opposite the source has in its place."""
    if not unit.source or _WORTH.isdisjoint(unit.source):
        return
    signs = [_plain(match[0]) for match in _SIGN.finditer(source_of(unit))]
    for form, text in targets_of(unit) if signs else ():
        found = list(_SIGN.finditer(text))
        theirs = [_plain(match[0]) for match in found]
        for match, sign in zip(found, theirs, strict=True):
            wanted = _OPPOSITES.get(sign, "")
            if theirs.count(sign) > signs.count(sign) and signs.count(wanted) > theirs.count(wanted):
                yield Finding(
                    unit=unit,
                    code="operator",
                    params={"operator": wanted},
                    form=form,
                    start=match.start(),
                    end=match.end(),
                    suggestion=wanted,
                )


def _plain(sign: str) -> str:
    return _PLAIN.get(sign, sign)
