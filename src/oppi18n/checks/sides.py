"""A translation in several plural forms is looked at form by form, each beside the source text that it says."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from oppi18n.checks.masking import masked
from oppi18n.units.unit import Unit


class Side(NamedTuple):
    """A source and a translation of it; of unknown sources the text is empty.

    `seen_source` and `seen` are the two with MARK and THING for what is no word of them.
    """

    form: int
    source: str
    target: str
    markup: str
    seen_source: str
    seen: str


def sides(unit: Unit) -> tuple[Side, ...]:
    """The forms of a unit. The first of several says the singular, the others and an only one the plural.

    >>> unit = Unit(id="1", source="{n} quote", plural="{n} quotes", targets=("{n}개 견적",), locale="ko")
    >>> [(side.source, side.target) for side in sides(unit)]
    [('{n} quotes', '{n}개 견적')]
    """
    return _sides(unit.source, unit.plural, unit.targets, unit.markup)


# Thirty checks ask for them, one check after the other.
@lru_cache(maxsize=1 << 16)
def _sides(source: str | None, plural: str | None, targets: tuple[str, ...], markup: str) -> tuple[Side, ...]:
    found = []
    for form, target in enumerate(targets):
        is_singular = plural is None or (form == 0 and len(targets) > 1)
        text = (source if is_singular else plural) or ""
        found.append(Side(form, text, target, markup, masked(text, markup), masked(target, markup)))
    return tuple(found)
