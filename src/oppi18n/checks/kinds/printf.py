"""Formats of the `printf` kind that differ: `%s`, `%d`, `%1$s`, `%(name)s`.

Each of them takes a value, in the order in which they stand. A translation may change the order only where they carry
a number or a name.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="%d of %s", targets=("%s av %d",), locale="sv")
>>> [(finding.code, finding.params["name"]) for finding in check(unit, Background())]
[('printf', '%d')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "placeholders"
SEVERITY: Final = ERROR
TEXTS: Final = {"printf": "The format {name} is missing, or stands in another place than in the source."}

_FORMAT: Final = re.compile(
    r"%(?:%|(?:(?P<name>\([^()\s]+\))|(?P<number>\d+\$))?[-+#0]*(?:\d+)?(?:\.\d+)?(?:hh?|ll?|[zjtL])?[sdiufFeEgGxXocp@])"
)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose formats would take the wrong values, or none."""
    source = unit.source or ""
    if unit.markup == MARKDOWN or ("%" not in source and "%" not in (unit.plural or "")):
        return
    wanted = [_formats(text) for text in (source, unit.plural) if text is not None]
    for form, text in enumerate(unit.targets):
        found = _formats(text)
        # A plural form for one number may be made from either.
        if not any(_agree(each, found) for each in wanted):
            yield Finding(unit=unit, code="printf", params={"name": _culprit(wanted[-1], found)}, form=form)


def _formats(text: str) -> list[tuple[str, str]]:
    """The formats of a text: by which name, number or order each takes its value, and how it is written."""
    found: list[tuple[str, str]] = []
    for match in _FORMAT.finditer(text):
        # A percent sign before a blank is one: “100 % sant”.
        if match[0] != "%%":
            key = match["name"] or match["number"] or f"{sum(not each[0].strip('0123456789') for each in found) + 1}"
            found.append((key.rstrip("$"), match[0]))
    return found


def _agree(wanted: list[tuple[str, str]], found: list[tuple[str, str]]) -> bool:
    return Counter(_kinds(wanted)) == Counter(_kinds(found))


def _kinds(formats: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(key, written[-1]) for key, written in formats]


def _culprit(wanted: list[tuple[str, str]], found: list[tuple[str, str]]) -> str:
    """The first format that the translation does not have where it should, else the first that it has in excess."""
    left = Counter(_kinds(found))
    for key, written in wanted:
        if not left[key, written[-1]]:
            return written
        left[key, written[-1]] -= 1
    return next(written for key, written in found if left[key, written[-1]])
