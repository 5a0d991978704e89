"""A translation that is far shorter or longer than translations of such texts are.

What is usual was measured on published pages, by language and by the length of the source; short texts vary much,
long ones little. Something may have been left out, or stand here that belongs elsewhere. A whole text that stands here several
times is too long whatever its length.

>>> from oppi18n.checks.background import Background, language
>>> source = "You can close all active and draft quotes of an opportunity at the same time."
>>> unit = Unit(id="1", source=source, targets=("Du kan stänga.",), locale="sv")
>>> [finding.code for finding in check(unit, Background())]
['short']
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import HABITS
from oppi18n.checks.masking import THING, plain
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import Unit
from oppi18n.widths import display_width

FAMILY: Final = "length"
SEVERITY: Final = dict.fromkeys(HABITS, WARNING)
TEXTS: Final = {
    "short": "The translation is much shorter than usual.",
    "long": "The translation is much longer than usual.",
}

_BOUNDS: Final = ((128, 0.62, 2.0), (64, 0.55, 2.3), (32, 0.45, 2.8), (16, 0.3, 3.4), (8, 0.18, 4.5))
"""columns of the source from which on it holds, the least and the most that a translation has of its usual width."""

_BEGIN: Final = 2
_LONG: Final = 12


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A form of a translation whose width is out of bounds."""
    usual = HABITS[language(unit.locale)].ratio
    for side in sides(unit):
        if side.source == side.target:
            continue
        code = _code(side, usual)
        if code:
            yield Finding(unit=unit, code=code, form=side.form)


def _code(side: Side, usual: float) -> str:
    source = _width(side.source, side.markup)
    bounds = next((each for each in _BOUNDS if source >= each[0]), None)
    if bounds is not None:
        ratio = _width(side.target, side.markup) / source / usual
        if ratio < bounds[1] or ratio > bounds[2]:
            return "short" if ratio < 1 else "long"
    return "long" if _is_repeated(side.target) and not _is_repeated(side.source) else ""


def _is_repeated(text: str) -> bool:
    """Whether a text is another one thrice, or a longer one twice.

    >>> _is_repeated("Stäng den. Stäng den. Stäng den."), _is_repeated("lama lama")
    (True, False)
    """
    begin = text[:_BEGIN]
    if len(text) < 3 * _BEGIN or text.find(begin, _BEGIN) < 0:
        return False
    for whole in (text, f"{text} "):
        period = (whole + whole).find(whole, 1)
        if len(whole) >= period * (2 if period > _LONG else 3) and begin.strip():
            return True
    return False


@lru_cache(maxsize=1 << 15)
def _width(text: str, markup: str) -> int:
    """How wide a text is for its reader."""
    return display_width(plain(text, markup).replace(THING, "x"))
