"""Expressions and tags of Jinja2 and its relatives that differ: `{{ name }}`, `{% if … %}`.

They are code, and stay as they are; their order may change.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Hello {{ user.name }}", targets=("Hej {{ användare.namn }}",), locale="sv")
>>> [finding.params["name"] for finding in check(unit, Background())]
['{{ user.name }}']
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.units.unit import TEMPLATE, Unit

FAMILY: Final = "placeholders"
SEVERITY: Final = ERROR
TEXTS: Final = {"jinja": "The template code {name} is missing or was changed."}

_CODE: Final = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}%]*%\}")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose template code is not that of its source."""
    source = unit.source or ""
    if unit.markup == TEMPLATE or not _CODE.search(source):
        return
    wanted = Counter(map(_bare, _CODE.findall(source)))
    for form, text in enumerate(unit.targets):
        found = Counter(map(_bare, _CODE.findall(text)))
        for name in (wanted - found) or (found - wanted):
            yield Finding(unit=unit, code="jinja", params={"name": name}, form=form)


def _bare(code: str) -> str:
    """The code without blanks that mean nothing."""
    return f"{code[:2]} {' '.join(code[2:-2].split())} {code[-2:]}"
