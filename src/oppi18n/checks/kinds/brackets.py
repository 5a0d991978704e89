"""A bracket that opens and does not close, or closes and was not opened.

Where the source leaves one open too, as a list that continues in the next sentence, nothing is said.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Status (draft)", targets=("Status (utkast",), locale="sv")
>>> [finding.quote for finding in check(unit, Background())]
['(']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = WARNING
TEXTS: Final = {"bracket": "This bracket has no partner."}

_PARTNERS: Final = dict(zip(")]}」』】〉》", "([{「『【〈《", strict=True))
_OPENERS: Final = frozenset(_PARTNERS.values())
# Both widths may make a pair; which one is right is another check.
_NARROW: Final = str.maketrans("（）［］｛｝", "()[]{}")
_ALL: Final = _OPENERS | frozenset(_PARTNERS) | frozenset("（）［］｛｝")
_MARK: Final = re.compile(f"[{re.escape(''.join(sorted(_ALL)))}]")
_ITEM: Final = re.compile(r"\s*\w{1,2}\Z")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The brackets of a translation without a partner."""
    for side in sides(unit):
        places = [] if _ALL.isdisjoint(side.target) else list(_alone(side.seen))
        if places and next(_alone(side.seen_source), None) is not None:
            continue
        for at in places:
            yield Finding(unit=unit, code="bracket", form=side.form, start=at, end=at + 1)


def _alone(text: str) -> Iterator[int]:
    """The places of brackets without a partner; a list such as `a)` needs none."""
    waiting: list[tuple[str, int]] = []
    for match in _MARK.finditer(text):
        at, mark = match.start(), match[0].translate(_NARROW)
        if mark in _OPENERS:
            waiting.append((mark, at))
        elif mark in _PARTNERS:
            if waiting and waiting[-1][0] == _PARTNERS[mark]:
                waiting.pop()
            elif not _is_item(text, at):
                yield at
    yield from (at for _, at in waiting)


def _is_item(text: str, at: int) -> bool:
    """Whether this closes the number of an item: `1)`, `a)`."""
    return text[at] in ")）" and _ITEM.match(text[:at]) is not None
