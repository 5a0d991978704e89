"""An image whose alternative text got lost.

Who does not see the image reads that text instead. A picture without one in the source is an ornament.

>>> from oppi18n.checks.background import Background
>>> source, target = "![The dialog](media/close.png)", "![](media/close.png)"
>>> unit = Unit(id="1", source=source, targets=(target,), locale="sv", markup="markdown")
>>> [finding.quote for finding in check(unit, Background())]
['![](media/close.png)']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import alternative, tokens
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "markup"
SEVERITY: Final = WARNING
TEXTS: Final = {"alt-missing": "The image has no alternative text."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The images without a text, where the source has as many images and a text for each."""
    for side in sides(unit):
        if "![" not in side.target:
            continue
        ours = [token for token in tokens(side.source, side.markup) if token.kind == "image"]
        if not all(alternative(token.text) for token in ours):
            continue
        for token in tokens(side.target, side.markup):
            if token.kind == "image" and not alternative(token.text):
                yield Finding(unit=unit, code="alt-missing", form=side.form, start=token.start, end=token.end)
