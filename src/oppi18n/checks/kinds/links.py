"""A link or an address that the source has and the translation has not, or that leads elsewhere.

The locale in an address may change, as in `/en-us/` and `/sv-se/`, and so may the order of links.

>>> from oppi18n.checks.background import Background
>>> source, target = "See [Quotes](quotes.md).", "Mer finns i [Offerter](quote.md)."
>>> unit = Unit(id="1", source=source, targets=(target,), locale="sv", markup="markdown")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('quote.md', 'quotes.md')]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.checks.addresses import Address, addresses
from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "markup"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "link-missing": "The link to {address} is missing.",
    "link-differs": "This link leads elsewhere than that of the source.",
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The links of the source that the translation lacks, and those that it has besides."""
    for side in sides(unit):
        if not side.source or not _may_hold(side.source + side.target):
            continue
        ours = tuple(addresses(side.source, side.markup))
        theirs = tuple(addresses(side.target, side.markup))
        missing, added = _beyond(ours, theirs), _beyond(theirs, ours)
        if not missing and not added:
            missing = _beyond(_links(ours), _links(theirs))
        for number, each in enumerate(added):
            better = missing[number].text if number < len(missing) else None
            yield Finding(
                unit=unit,
                code="link-differs",
                form=side.form,
                start=each.start,
                end=each.end,
                suggestion=better,
            )
        for each in missing[len(added) :]:
            yield Finding(unit=unit, code="link-missing", params={"address": each.text}, form=side.form)


def _may_hold(text: str) -> bool:
    return "](" in text or ":" in text or "@" in text


def _links(found: Iterable[Address]) -> list[Address]:
    """The addresses behind words: `[quotes] (quotes.md)` is no link, for all that it looks like one."""
    return [each for each in found if not each.is_bare]


def _beyond(these: Iterable[Address], those: Iterable[Address]) -> list[Address]:
    """The addresses that are not among those, counted."""
    left = Counter(each.same for each in those)
    found = []
    for each in these:
        left[each.same] -= 1
        if left[each.same] < 0:
            found.append(each)
    return found
