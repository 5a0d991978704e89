"""Code that is not that of the source: what stands between backticks, and options such as `--locale`.

What a program reads is not translated; what it stands for, in words, stands outside of it.

>>> from oppi18n.checks.background import Background
>>> source, target = "Run `oppi18n check`.", "Kör `oppi18n kontrollera`."
>>> unit = Unit(id="1", source=source, targets=(target,), locale="sv", markup="markdown")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('`oppi18n kontrollera`', '`oppi18n check`')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import masked, tokens
from oppi18n.checks.sides import sides
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "markup"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "code-differs": "The code isn't that of the source.",
    "backtick": "This backtick has no partner.",
}


_OPTION: Final = re.compile(r"(?<![\w-])--[a-zà-ÿ][a-zà-ÿ0-9-]+")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The pieces of code that the source does not have, or that are missing."""
    for side in sides(unit):
        if not side.source or ("`" not in side.source + side.target and "--" not in side.source + side.target):
            continue
        ours, theirs = _pieces(side.source, side.markup), _pieces(side.target, side.markup)
        missing, added = _beyond(ours, theirs), _beyond(theirs, ours)
        if "`" in side.seen and "`" not in side.seen_source:
            at = side.seen.index("`")
            yield Finding(unit=unit, code="backtick", form=side.form, start=at, end=at + 1)
        elif len(added) == len(missing):
            for (better, _), (text, start) in zip(missing, added, strict=True):
                end = start + len(text)
                yield Finding(unit=unit, code="code-differs", form=side.form, start=start, end=end, suggestion=better)
        # An option may be named again where English leaves it to be understood.
        elif missing or not all(text.startswith("--") for text, _ in added):
            yield Finding(unit=unit, code="code-differs", form=side.form)


def _pieces(text: str, markup: str) -> list[tuple[str, int]]:
    """The pieces of code in a text, with their places."""
    found = [(token.text, token.start) for token in tokens(text, markup) if token.kind == "code"]
    if markup != MARKDOWN:
        found += [(match[0], match.start()) for match in _OPTION.finditer(masked(text, markup))]
    return sorted(found, key=itemgetter(1))


def _beyond(these: list[tuple[str, int]], those: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The pieces that are not among those, counted."""
    left = Counter(text for text, _ in those)
    found = []
    for each in these:
        left[each[0]] -= 1
        if left[each[0]] < 0:
            found.append(each)
    return found
